import GRDB
import GRDBSQLite
import StationCore
import Testing

@testable import Store

struct ScheduleTests {
    private func choose(
        _ store: Store, _ count: Int, correctionsOnly: Bool = false, retriedFirst: Bool = false
    ) async throws -> [Int64] {
        try await store.chooseBatch(
            maxItems: count, maxBytes: 1_000_000, correctionsOnly: correctionsOnly, retriedFirst: retriedFirst
        ).map(\.metadata.sequence)
    }

    private func fail(_ store: Store, _ sequences: [Int64], after delay: Duration = .zero) async throws {
        let ids = try await store.items(state: .batched).filter { sequences.contains($0.sequence) }.map(\.itemId)
        try await store.markSent(ids)
        try await store.apply(ids.map { ($0, .retry(after: delay, problem: name("upstream-busy"))) })
    }

    @Test func `Old and fresh take turns, so that neither waits for the other`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<60 { try await fixture.save(store) }
        let first = try await choose(store, 10)
        #expect(Set(first) == Set([1, 2, 3, 4, 5, 56, 57, 58, 59, 60]))
        // One saved while the backlog goes out is in the very next batch, and so is the oldest.
        let fresh = try await fixture.save(store)
        let second = try await choose(store, 4)
        #expect(second.contains(fresh.metadata.sequence) && second.contains(6))
    }

    @Test func `Batches of one take turns as well`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<20 { try await fixture.save(store) }
        var taken: [Int64] = []
        for _ in 0..<6 { taken += try await choose(store, 1) }
        #expect(taken.count { $0 <= 4 } >= 2 && taken.count { $0 >= 17 } >= 2, "\(taken)")
    }

    @Test func `What was put off gets its share beside old and fresh, longest due first`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<30 { try await fixture.save(store) }
        let refused = try await choose(store, 6)
        try await fail(store, refused)
        fixture.clock.advance(.seconds(1))
        let next = try await choose(store, 6)
        #expect(next.count { refused.contains($0) } == 2, "a third of the places: \(next) of \(refused)")
        let hunted = try await choose(store, 4, retriedFirst: true)
        #expect(hunted.allSatisfy { refused.contains($0) }, "a culprit is looked for where it was")
    }

    @Test func `What has begun to arrive goes on before the rest, once it is due`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<30 { try await fixture.save(store) }
        let sent = try await choose(store, 6)
        let ids = try await store.items(state: .batched).map(\.itemId)
        let begun = try #require(ids.last)
        try await fail(store, sent, after: .seconds(60))
        func next() async throws -> ItemID? {
            try await store.chooseBatch(maxItems: 1, maxBytes: 1_000_000, begun: [begun]).first?.metadata.itemId
        }
        #expect(try await next() != begun, "it waits")
        fixture.clock.advance(.seconds(61))
        #expect(try await next() == begun)
        #expect(try await next() != begun, "it is under way")
    }

    @Test func `Corrections go first, and alone where only they may`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<9 { try await fixture.save(store) }
        #expect(try await choose(store, 5, correctionsOnly: true).isEmpty)
        #expect(try await store.workload().urgent == 0)
        let first = try #require(try await store.items(limit: 1).first)
        let record = try #require(try await store.item(first.itemId))
        _ = try await store.save(try fixture.item(store, supersedes: record))
        #expect(try await store.workload().urgent == 1)
        #expect(try await choose(store, 5, correctionsOnly: true) == [10])
    }

    @Test func `A payload that is damaged after it was chosen is quarantined and not handed out`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        _ = try await choose(store, 1)
        try await store.markSent([item.metadata.itemId])
        #expect(try await store.payloads(of: [item.metadata.itemId]) == [item.sealed])
        try await store.queue.write { try $0.execute(sql: "UPDATE payload SET sealed = zeroblob(600)") }
        #expect(try await store.payloads(of: [item.metadata.itemId]) == [nil])
        #expect(try await store.summary().counts == [.quarantined: 1])
    }

    @Test func `After a reboot what waited is due within the spread, and not all at one moment`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open(epoch: 1)
        for _ in 0..<40 { try await fixture.save(store) }
        try await fail(store, try await choose(store, 40), after: .seconds(3_600))
        try await store.close()
        store = try await fixture.open(epoch: 2)
        let waits = try await store.items().map { $0.retryIn ?? .zero }
        #expect(waits.allSatisfy { $0 <= Limits.Uplink.rebootSpread })
        #expect(Set(waits.map { $0.components.seconds / 5 }).count >= 5, "spread over half a minute")
    }

    @Test func `What upstream demanded to wait outlives the process, and ends soon after a reboot`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open(epoch: 1)
        #expect(try await store.upstreamWait() == nil)
        try await store.keepUpstreamWait(.seconds(1_800))
        try await store.close()
        fixture.clock.advance(.seconds(600))
        store = try await fixture.open(epoch: 1)
        #expect(try await store.upstreamWait() == .milliseconds(1_200_001))
        // A newer one takes the place of the older.
        try await store.keepUpstreamWait(.seconds(3_600))
        #expect(try await store.upstreamWait() == .seconds(3_600))
        try await store.close()
        var waits: Set<Duration> = []
        for epoch in 2...9 as ClosedRange<Int64> {
            store = try await fixture.open(epoch: epoch)
            let wait = try await store.upstreamWait() ?? .zero
            #expect(wait <= Limits.Uplink.rebootSpread)
            waits.insert(wait)
            try await store.close()
        }
        #expect(waits.count > 4, "stations that come up together do not call together")
        store = try await fixture.open(epoch: 9)
        try await store.keepUpstreamWait(nil)
        #expect(try await store.upstreamWait() == nil)
        // A row that nobody can have written holds nothing up for longer than upstream may ask.
        try await store.keepUpstreamWait(.seconds(1))
        try await store.close()
        try fixture.tamper("UPDATE upstream_wait SET until = 9223372036854775807")
        store = try await fixture.open(epoch: 9)
        #expect(try await store.upstreamWait() == Limits.Uplink.retryAfterLongest)
    }

    @Test func `A row without a time is given one when the store opens`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open(epoch: 1)
        let item = try await fixture.save(store)
        try await store.close()
        try fixture.tamper("UPDATE item SET state = 'deferred', due_at = NULL, due_epoch = NULL")
        store = try await fixture.open(epoch: 1)
        #expect(try await choose(store, 1) == [item.metadata.sequence])
    }

    /// Two items that wait for their times: the first of unknown fate, the second put off.
    private func twoWaiting() async throws -> (Store, [ItemID]) {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)].map(\.metadata.itemId)
        _ = try await choose(store, 2)
        try await store.markSent(items)
        try await store.apply([
            (items[0], .unknown(after: .seconds(60), problem: name("x"))),
            (items[1], .retry(after: .seconds(600), problem: name("upstream-busy"))),
        ])
        return (store, items)
    }

    @Test func `A person's flush ends the waits of what is unknown and of what was put off`() async throws {
        let (store, items) = try await twoWaiting()
        #expect(try await store.timeUntilDue() == .seconds(60))
        try await store.makeAllDue()
        #expect(try await store.unknownItems().map(\.itemId) == [items[0]])
        #expect(try await store.workload().due == 1)
    }

    @Test func `What a person wants tried now is tried now, put off or unknown, and not forgotten`() async throws {
        let (store, items) = try await twoWaiting()
        for item in items { try await store.makeDue(item, actor: name("op-1")) }
        let work = try await store.workload()
        #expect(work.due == 1 && work.unknown == 1)
        #expect(try await store.unknownItems().map(\.itemId) == [items[0]])
        #expect(try await choose(store, 2) == [2])
    }

    @Test func `Every question of the scheduler is answered from an index`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for query in ScheduleQuery.all {
            let plan = try await store.queue.read { db in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
                let values: [String: any DatabaseValueConvertible] = [
                    "lane": 1, "limit": 10, "elapsed": 5, "state": "deferred",
                ]
                let names = values.filter { query.contains(":\($0.key)") }
                return try Row.fetchAll(statement, arguments: StatementArguments(names)).map { $0["detail"] as String }
            }
            #expect(
                plan.allSatisfy { !$0.contains("SCAN item") && !$0.contains("TEMP B-TREE") }
                    && plan.contains { $0.contains("USING") && $0.contains("INDEX item_") },
                "\(query): \(plan)")
        }
    }

    @Test func `The purge looks at nothing but what is old enough`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let plan = try await store.queue.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(Store.dueForPurge)")
            return try Row.fetchAll(statement, arguments: StatementArguments([5, 10])).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("SEARCH i USING INDEX item_settled (since<?)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
    }

    /// What the plan says, counted: the pages that a question looks at do not grow with the spool.
    @Test func `The workload of 20,000 items is as cheap as that of 20`() async throws {
        var steps: [Int] = []
        for count in [20, 20_000] {
            let fixture = try StoreFixture()
            let store = try await fixture.open()
            try await fixture.save(store)
            try await store.queue.write { db in
                try db.execute(
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                        INSERT INTO item SELECT i, randomblob(16), CASE i % 3 WHEN 0 THEN 'saved' WHEN 1 THEN 'deferred'
                            ELSE 'unknown' END, 1, 1, NULL, 0, 600, 0, 'synchronized', 0, 0, 1,
                            CASE WHEN i % 3 = 0 THEN NULL ELSE 1000000 + i END, NULL FROM n
                        """)
            }
            let counter = Counter()
            try await store.queue.write { db in
                sqlite3_progress_handler(
                    db.sqliteConnection, 1,
                    { pointer in
                        Unmanaged<Counter>.fromOpaque(pointer!).takeUnretainedValue().steps += 1
                        return 0
                    }, Unmanaged.passUnretained(counter).toOpaque())
            }
            _ = try await store.workload()
            _ = try await store.unknownItems()
            steps.append(counter.steps)
            try await store.queue.write { db in sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
        }
        #expect(steps[0] > 0 && steps[1] <= 2 * steps[0], "virtual machine steps: \(steps)")
    }

    private final class Counter: @unchecked Sendable {
        // Written only on the connection's queue, read after the access that wrote.
        var steps = 0
    }
}
