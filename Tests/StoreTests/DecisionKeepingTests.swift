import StationCore
import Testing

@testable import Store

/// Upstream's decisions come by two ways, and the later word stands.
struct DecisionKeepingTests {
    @Test func `An answer that was under way is no newer than what the list has told since`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = try await fixture.save(store).metadata.itemId
        let now = fixture.clock.now
        func keep(_ label: String, _ seconds: Int64, cursor: String?) async throws {
            let decision = KeptDecision(itemId: id, label: label, at: now.adding(.seconds(seconds)))
            try await store.keepDecisions([decision], cursor: cursor)
        }
        func label() async throws -> String? { try await store.item(id)?.summary.decision?.label }
        try await keep("received", 0, cursor: nil)
        try await keep("approved", 10, cursor: "c1")
        try await keep("received", 0, cursor: nil)
        #expect(try await label() == "approved")
        try await keep("printed", 10, cursor: nil)
        #expect(try await label() == "printed")
        // In the list each word follows the one before it, whatever upstream's clock was set to.
        try await keep("revoked", 5, cursor: "c2")
        #expect(try await label() == "revoked")
    }

    @Test func `A decision on what is not here moves the cursor`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let stranger = ItemID(at: fixture.clock.now, random: fixture.random)
        try await store.keepDecisions(
            [KeptDecision(itemId: stranger, label: "approved", at: fixture.clock.now)], cursor: "c1")
        #expect(try await store.decisionCursor() == "c1")
    }
}
