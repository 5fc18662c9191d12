import Foundation
import GRDB
import People
import StationCore
import Testing

@testable import Store

/// Problems that the point reports upward.
struct IssueTests {
    private let lan = OperatorID("lan")!

    @Test func `A problem is kept in order and stands in the audit with its item, without its words`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        let first = try await store.note(.network, "Mất mạng", about: nil, since: nil, by: lan)
        #expect(first.since == first.at)
        let since = fixture.clock.now.adding(.seconds(-3_600))
        let second = try await store.note(
            .populationData, "Sai nơi cư trú", about: item.metadata.itemId, since: since, by: lan)
        #expect(second.sequence == 2 && second.since == since)
        #expect(try await store.issues(after: 0) == [first, second])
        #expect(try await store.issues(after: 1) == [second])
        let notes = try await store.auditEntries(after: 0, limit: 10).map(\.note).suffix(2)
        #expect(notes.map(\.action.text) == ["issue.noted", "issue.noted"])
        #expect(notes.map(\.object?.text) == ["issue:1", "issue:2"])
        #expect(notes.map(\.detail?.text) == ["network", "population-data"])
        #expect(notes.map(\.itemSequence) == [nil, item.metadata.sequence])
        #expect(notes.allSatisfy { $0.actor.text == "op:lan" })
        try await store.close()
        let again = try await fixture.open()
        #expect(try await again.issues(after: 0) == [first, second])
        try await again.close()
    }

    @Test func `An application that is not here is refused and leaves no row`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = ItemID(at: fixture.clock.now, random: SystemRandomSource())
        await #expect(throws: Failure(.applicationUnknown)) {
            try await store.note(.card, "x", about: id, since: nil, by: lan)
        }
        #expect(try await store.issues(after: 0).isEmpty)
        #expect(try await store.auditHead() == .empty)
        try await store.close()
    }

    @Test func `A rebuilt spool keeps the problems that can be read`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let kept = try await store.note(.power, "Mất điện", about: nil, since: nil, by: lan)
        _ = try await store.note(.other, "x", about: nil, since: nil, by: lan)
        try await store.close()
        try fixture.tamper("UPDATE issue SET category = 'no such word' WHERE sequence = 2")
        let again = try await fixture.openRebuilding()
        #expect(again.recovery != nil)
        #expect(try await again.issues(after: 0) == [kept])
        try await again.close()
    }
}
