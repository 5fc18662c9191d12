import StationCore
import Testing

@testable import Store

struct ItemStateTests {
    @Test func `Every state can be reached from saved, and nothing leaves purged`() {
        var reached: Set<ItemState> = [.saved]
        var frontier = reached
        while !frontier.isEmpty {
            frontier = Set(frontier.flatMap(\.successors)).subtracting(reached)
            reached.formUnion(frontier)
        }
        #expect(reached == Set(ItemState.allCases))
        #expect(ItemState.purged.successors.isEmpty)
    }

    @Test func `A payload is purged only after a receipt or a person's decision`() {
        let before = ItemState.allCases.filter { $0.successors.contains(.purged) }
        #expect(Set(before) == [.accepted, .cancelled, .closed])
    }

    @Test func `An accepted item is never sent, rejected or cancelled again`() {
        #expect(ItemState.accepted.successors == [.purged])
    }

    @Test func `Cancelling is refused once the item left the station`() {
        #expect(ItemTransition.cancel.target(from: .deferred, wasSent: false) == .cancelled)
        #expect(ItemTransition.cancel.target(from: .deferred, wasSent: true) == nil)
        #expect(ItemTransition.cancel.target(from: .sent, wasSent: true) == nil)
    }

    @Test func `Only a batch about to leave becomes sent`() {
        #expect(ItemTransition.send.sources == [.batched])
    }

    @Test(arguments: ItemTransition.allCases)
    func `A transition has a place in the table and an action for the audit`(transition: ItemTransition) {
        #expect(!transition.sources.isEmpty)
        #expect(transition.auditAction.text == "item.\(transition.rawValue)")
        for state in ItemState.allCases where !transition.sources.contains(state) {
            #expect(transition.target(from: state, wasSent: false) == nil)
        }
    }

    @Test func `The store refuses what the table refuses, and changes nothing`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        let id = item.metadata.itemId
        await expectFailure(.transitionRefused) {
            try await store.perform(.release, on: id, actor: name("op-7"), reason: name("test"))
        }
        await expectFailure(.transitionRefused) { try await store.markSent([id]) }
        await expectFailure(.applicationUnknown) {
            let other = ItemID(at: fixture.clock.now, random: fixture.random)
            try await store.perform(.hold, on: other, actor: name("op-7"), reason: name("test"))
        }
        let record = try #require(try await store.item(id))
        #expect(record.summary.state == .saved)
        #expect(record.history.map(\.note.action.text) == ["item.saved"])
    }

    @Test func `A person holds, releases and cancels, each with an audit row and an event`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = try await fixture.save(store).metadata.itemId
        for (verb, state) in [(OperatorVerb.hold, ItemState.held), (.release, .saved), (.cancel, .cancelled)] {
            let now = try await store.perform(verb, on: id, actor: name("op-9"), reason: name("asked"))
            #expect(now == state)
        }
        let record = try #require(try await store.item(id))
        let actions = record.history.map(\.note.action.text)
        #expect(actions == ["item.saved", "item.hold", "item.release", "item.cancel"])
        #expect(record.history.last?.note.actor == name("op-9"))
        #expect(record.history.last?.note.detail == name("asked"))
        let events = try await store.events(after: 0).events
        #expect(events.map(\.sequence) == [1, 2, 3, 4])
        #expect(String(decoding: events[3].json, as: UTF8.self).contains("\"state\":\"cancelled\""))
        try await store.close()
    }
}
