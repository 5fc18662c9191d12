import GRDB
import StationCore
import Testing

@testable import Store

struct OutboxTests {
    private func ids(_ items: [SealedItem]) -> [ItemID] { items.map(\.metadata.itemId) }

    @Test func `A batch takes corrections first, then the oldest, within its limits`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [
            try await fixture.save(store), try await fixture.save(store), try await fixture.save(store),
        ]
        let record = try #require(try await store.item(items[2].metadata.itemId))
        let correction = try fixture.item(store, supersedes: record)
        _ = try await store.save(correction)

        #expect(ids(try await store.nextBatch(maxItems: 2, maxBytes: 1_000_000)) == ids([correction.item, items[0]]))
        // 600 bytes each: two fit into 1,300.
        #expect(Set(ids(try await store.nextBatch(maxItems: 10, maxBytes: 1_300))) == Set(ids([items[1], items[2]])))
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 1_000).isEmpty)
        #expect(try await store.summary().counts == [.batched: 4])
    }

    @Test func `An excluded item makes room for the one behind it, whatever the size of both`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store)
        let second = try await fixture.save(store)
        let batch = try await store.nextBatch(maxItems: 1, maxBytes: 700, excluding: first.metadata.itemId)
        #expect(batch == [second])
        #expect(try await store.summary().counts == [.saved: 1, .batched: 1])
    }

    @Test func `An item of unknown fate without its payload is set aside and blocks nobody`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let lost = try await fixture.save(store)
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 1_000)
        try await store.markSent([lost.metadata.itemId])
        _ = try await store.apply([(lost.metadata.itemId, .unknown(after: .zero, problem: .constant("no-answer")))])
        try await store.queue.write { try $0.execute(sql: "DELETE FROM payload") }
        #expect(try await store.unknownItems().isEmpty)
        #expect(try await store.workload().unknown == 0)
        #expect(try await store.summary().counts == [.quarantined: 1])
    }

    @Test func `A batch leaves although a stick's receipt settled one of its items meanwhile`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)]
        _ = try await store.nextBatch(maxItems: 2, maxBytes: 10_000)
        try await store.apply([(items[0].metadata.itemId, .accepted(receipt(items[0])))])
        try await store.markSent(ids(items))
        #expect(try await store.summary().counts == [.accepted: 1, .sent: 1])
    }

    @Test func `What is said about each item counts towards the batch's size`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<6 { try await fixture.save(store, sealed: fixture.random.bytes(1_000)) }
        #expect(try await store.chooseBatch(maxItems: 9, maxBytes: 3_000, overheadPerItem: 500).count == 1)
        #expect(try await store.chooseBatch(maxItems: 9, maxBytes: 3_500, overheadPerItem: 500).count == 2)
        #expect(try await store.chooseBatch(maxItems: 9, maxBytes: 3_000).count == 3)
    }

    @Test func `Large items take the room of several applications`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        #expect(store.applications(in: 3_000, items: 3) == 3)
        #expect(store.applications(in: 10 * 1_024 * 1_024, items: 3) > 80)
    }

    @Test func `An item larger than a batch travels alone`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let large = try await fixture.save(store, sealed: fixture.random.bytes(5_000))
        try await fixture.save(store)
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 1_000) == [large])
    }

    @Test(arguments: [
        "UPDATE payload SET sealed = zeroblob(600) WHERE sequence = 1",
        "UPDATE payload SET sealed = substr(sealed, 2) WHERE sequence = 1",
        "UPDATE payload SET sealed = NULL WHERE sequence = 1",
        "UPDATE payload SET sha256 = zeroblob(32) WHERE sequence = 1",
        "UPDATE payload SET item_id = (SELECT item_id FROM payload WHERE sequence = 2) WHERE sequence = 1",
        "UPDATE payload SET key_id = 'not a name' WHERE sequence = 1",
        "UPDATE payload SET captured_at = 'yesterday' WHERE sequence = 1",
        "UPDATE payload SET revision = 1e300 WHERE sequence = 1",
        "UPDATE payload SET item_id = x'00' WHERE sequence = 1",
        "DELETE FROM payload WHERE sequence = 1",
        """
        UPDATE payload SET sealed = (SELECT sealed FROM payload WHERE sequence = 2),
            sha256 = (SELECT sha256 FROM payload WHERE sequence = 2),
            item_id = (SELECT item_id FROM payload WHERE sequence = 2) WHERE sequence = 1
        """,
    ])
    func `A wrong payload is quarantined, and the next one travels`(sql: String) async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let bad = try await fixture.save(store)
        let good = try await fixture.save(store)
        try await store.close()
        try fixture.tamper(sql)
        store = try await fixture.open()
        // One at a time, so that the bad one alone makes the first try empty.
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000_000) == [good])
        let summary = try #require(try await store.items(state: .quarantined).first)
        #expect(summary.itemId == bad.metadata.itemId)
        #expect(["payload-damaged", "payload-missing"].contains(summary.problem?.text))
    }

    @Test(arguments: [
        "DELETE FROM payload WHERE sequence = 1", "UPDATE payload SET sha256 = 7 WHERE sequence = 1",
    ])
    func `An item of unknown fate whose payload is damaged ends neither the question nor a late receipt`(
        sql: String
    ) async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)]
        _ = try await store.nextBatch(maxItems: 2, maxBytes: 1_000_000)
        try await store.markSent(ids(items))
        try await store.close()
        try fixture.tamper(sql)
        store = try await fixture.open()
        let late = try await store.apply([(items[0].metadata.itemId, .accepted(receipt(items[0])))])
        #expect(late == [items[0].metadata.itemId: .quarantined])
        #expect(try await store.unknownItems().map(\.itemId) == [items[1].metadata.itemId])
        try await store.close()
        try fixture.tamper("UPDATE item SET state = 'unknown' WHERE sequence = 1")
        store = try await fixture.open()
        fixture.clock.advance(Limits.Uplink.rebootSpread)
        #expect(try await store.unknownItems().map(\.itemId) == [items[1].metadata.itemId])
        #expect(try await store.items(state: .quarantined).map(\.itemId) == [items[0].metadata.itemId])
    }

    @Test func `Outcomes lead where they should, each with its audit row`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<7 { items.append(try await fixture.save(store)) }
        _ = try await store.nextBatch(maxItems: 7, maxBytes: 1_000_000)
        try await store.markSent(ids(Array(items.prefix(6))))
        let outcomes: [ItemOutcome] = [
            .accepted(receipt(items[0])), .rejected(receipt(items[1]), problem: name("content-invalid")),
            .retry(after: .seconds(30), problem: name("upstream-busy")),
            .unknown(after: .seconds(10), problem: name("network-timeout")), .notStored,
            .quarantined(problem: name("digest-conflict")), .unsent,
        ]
        let expected: [ItemState] = [.accepted, .rejected, .deferred, .unknown, .saved, .quarantined, .saved]
        let states = try await store.apply(zip(items, outcomes).map { ($0.metadata.itemId, $1) })
        #expect(items.map { states[$0.metadata.itemId] } == expected)
        for (item, state) in zip(items, expected) {
            let record = try #require(try await store.item(item.metadata.itemId))
            #expect(record.summary.state == state)
            #expect(record.history.count == (item == items[6] ? 3 : 4))
        }
        let accepted = try #require(try await store.item(items[0].metadata.itemId))
        #expect(accepted.receipt == receipt(items[0]))
        #expect(accepted.summary.problem == nil && accepted.summary.attempts == 1)
        let deferred = try #require(try await store.item(items[2].metadata.itemId)).summary
        #expect(deferred.retryIn == .seconds(30) && deferred.problem == name("upstream-busy"))
        #expect(try await store.verifyAudit() == .intact(try await store.auditHead()))
        await expectFailure(.transitionRefused) {
            let actor = name("op-7")
            try await store.perform(.cancel, on: items[4].metadata.itemId, actor: actor, reason: actor)
        }
    }

    @Test func `A receipt over another digest never accepts`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)]
        _ = try await store.nextBatch(maxItems: 2, maxBytes: 1_000_000)
        try await store.markSent(ids(items))
        let states = try await store.apply([
            (items[0].metadata.itemId, .accepted(receipt(items[1]))),
            (items[1].metadata.itemId, .rejected(receipt(items[0]), problem: name("content-invalid"))),
        ])
        #expect(Set(states.values) == [.unknown])
        let record = try #require(try await store.item(items[0].metadata.itemId))
        #expect(record.receipt == nil)
        #expect(record.summary.problem == name("upstream-answer-contradicts"))
    }

    @Test func `What was accepted stays accepted, whatever is said later`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        let id = item.metadata.itemId
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 1_000)
        try await store.markSent([id])
        try await store.apply([(id, .accepted(receipt(item)))])
        let rows = try await store.auditHead().sequence
        let late: [ItemOutcome] = [
            .accepted(receipt(item)), .rejected(receipt(item), problem: name("x")), .notStored, .unsent,
            .retry(after: .seconds(1), problem: name("x")), .unknown(after: .seconds(1), problem: name("x")),
            .quarantined(problem: name("x")),
        ]
        for outcome in late { #expect(try await store.apply([(id, outcome)]) == [id: .accepted]) }
        let other = VerifiedReceipt(receiptId: name("another"), sha256: item.sha256, json: Array("[]".utf8))
        for outcome in [ItemOutcome.accepted(other), .rejected(other, problem: name("x"))] {
            try await store.apply([(id, outcome)])
        }
        let kept = try #require(try await store.item(id)?.receipt)
        #expect(kept.receiptId == receipt(item).receiptId, "the first receipt stands")
        #expect(try await store.auditHead().sequence == rows)
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000).isEmpty)
    }

    @Test func `Outcomes for unknown ids are ignored`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let stranger = ItemID(at: fixture.clock.now, random: fixture.random)
        #expect(try await store.apply([(stranger, .notStored)]).isEmpty)
    }

    @Test func `What the last process left half-way is settled at the start`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)]
        #expect(try await store.nextBatch(maxItems: 2, maxBytes: 1_000_000).count == 2)
        try await store.markSent([items[0].metadata.itemId])
        try await store.close()
        store = try await fixture.open()
        #expect(try await store.summary().counts == [.unknown: 1, .saved: 1])
        let unknown = try await store.unknownItems()
        #expect(unknown == [UnknownItem(itemId: items[0].metadata.itemId, sha256: items[0].sha256)])
    }

    @Test func `Delays pass by the boot-time clock, outlive the process, and end with the boot`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        #expect(try await store.timeUntilDue() == nil)
        let item = try await fixture.save(store)
        let id = item.metadata.itemId
        #expect(try await store.timeUntilDue() == .zero)

        func postpone(_ store: Store) async throws {
            _ = try await store.nextBatch(maxItems: 1, maxBytes: 1_000)
            try await store.markSent([id])
            try await store.apply([(id, .retry(after: .seconds(60), problem: name("upstream-busy")))])
        }
        try await postpone(store)
        #expect(try await store.timeUntilDue() == .seconds(60))
        fixture.clock.advance(.seconds(59))
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000).isEmpty)
        fixture.clock.advance(.seconds(1))
        #expect(try await store.timeUntilDue() == .zero)
        try await postpone(store)
        try await store.close()
        // Another process of the same boot: the delay goes on where it was.
        store = try await fixture.open(epoch: 7)
        try await store.close()
        store = try await fixture.open(epoch: 7)
        let spread = try #require(try await store.timeUntilDue())
        #expect(spread <= Limits.Uplink.rebootSpread)
        fixture.clock.advance(spread)
        try await postpone(store)
        try await store.close()
        fixture.clock.advance(.seconds(20))
        store = try await fixture.open(epoch: 7)
        #expect(try await store.timeUntilDue() == .seconds(40))
        try await store.close()
        // Another boot: due at once, within the spread.
        store = try await fixture.open(epoch: 8)
        let again = try #require(try await store.timeUntilDue())
        #expect(again <= Limits.Uplink.rebootSpread)
        fixture.clock.advance(again)
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000) == [item])
        #expect(try await store.item(id)?.summary.attempts == 3)
    }

    @Test func `An unknown item is asked about when its time has come, and sent again when it is not there`()
        async throws
    {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        let id = item.metadata.itemId
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 1_000)
        try await store.markSent([id])
        try await store.apply([(id, .unknown(after: .seconds(5), problem: name("network-timeout")))])
        #expect(try await store.unknownItems().isEmpty)
        fixture.clock.advance(.seconds(5))
        #expect(try await store.unknownItems().map(\.itemId) == [id])
        try await store.apply([(id, .unknown(after: .seconds(9), problem: name("network-unreachable")))])
        #expect(try await store.unknownItems().isEmpty)
        #expect(try await store.item(id)?.summary.problem == name("network-unreachable"))
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000).isEmpty)
        try await store.apply([(id, .notStored)])
        #expect(try await store.nextBatch(maxItems: 1, maxBytes: 1_000) == [item])
    }

    @Test func `The listing pages by sequence number, of one state or of all`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<5 { items.append(try await fixture.save(store)) }
        let actor = name("op-7")
        try await store.perform(.hold, on: items[1].metadata.itemId, actor: actor, reason: actor)
        #expect(try await store.items(limit: 2).map(\.sequence) == [1, 2])
        #expect(try await store.items(after: 2, limit: 2).map(\.sequence) == [3, 4])
        #expect(try await store.items(state: .saved, limit: 2).map(\.sequence) == [1, 3])
        #expect(try await store.items(state: .saved, after: 3).map(\.sequence) == [4, 5])
        #expect(try await store.items(state: .held).map(\.itemId) == [items[1].metadata.itemId])
        #expect(try await store.items(state: .purged).isEmpty)
        let summary = try await store.summary()
        #expect(summary.oldestPendingSequence == 1 && summary.oldestPending == items[0].metadata.capturedAt)
    }
}
