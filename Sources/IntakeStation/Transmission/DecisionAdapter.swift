import Store
import Uplink

/// The store as whoever follows upstream's decisions sees it.
struct DecisionAdapter: DecisionPort {
    let store: Store
    let changed: @Sendable () -> Void

    func decisionCursor() async throws -> String? { try await store.decisionCursor() }

    func record(_ page: DecisionPage) async throws {
        try await store.keepDecisions(
            page.items.map { KeptDecision(itemId: $0.itemId, label: $0.label, at: $0.at) }, cursor: page.next)
        changed()
    }

    func forgetDecisionCursor() async throws { try await store.forgetDecisionCursor() }
}
