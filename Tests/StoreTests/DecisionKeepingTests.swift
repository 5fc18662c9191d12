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

    @Test func `Of a corrected application the newest decided revision counts`() async throws {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store)
        var ids = [first.metadata.itemId]
        for key in ["a", "b"] {
            let last = try #require(ids.last)
            let new = try fixture.item(store, supersedes: try await store.item(last))
            ids.append(
                try await store.correct(last, try request(key)) { _, _ in
                    Result<Correction, Refused>.success(.save(new))
                }.get().itemId)
            _ = try await store.nextBatch(maxItems: 10, maxBytes: 1_000_000)
            try await store.markSent([new.item.metadata.itemId])
        }
        func decide(_ id: ItemID, _ label: String) async throws -> [String: Int]? {
            let decision = KeptDecision(itemId: id, label: label, at: fixture.clock.now)
            try await store.keepDecisions([decision], cursor: "c-\(label)")
            let summary = try await store.summary()
            return summary.decisions?.byLabel
        }
        #expect(try await decide(ids[0], "supplement") == ["supplement": 1])
        #expect(try await decide(ids[2], "granted") == ["granted": 1])
    }
}
