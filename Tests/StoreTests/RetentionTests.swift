import StationCore
import Testing

@testable import Store

struct RetentionTests {
    @Test func `A payload goes after its receipt and its time; tombstone, receipt and audit stay`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store, sealed: fixture.random.bytes(50_000))
        let waiting = try await fixture.save(store)
        let id = item.metadata.itemId
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 100_000)
        try await store.markSent([id])
        try await store.apply([(id, .accepted(receipt(item)))])
        #expect(try await store.purge(olderThan: .seconds(3_600)).purged.isEmpty)
        fixture.clock.advance(.seconds(3_600))
        #expect(try await store.purge(olderThan: .seconds(3_600)) == PurgeResult(purged: [id], clockRefused: false))
        let record = try #require(try await store.item(id))
        #expect(record.summary.state == .purged)
        #expect(record.sha256 == item.sha256 && record.metadata == item.metadata)
        #expect(record.receipt != nil)
        #expect(record.history.last?.note.action == name("item.purge"))
        let query = "SELECT sealed FROM payload WHERE sequence = 1"
        let sealed = try await store.read { try $0.row(query)?.optionalBytes("sealed") }
        #expect(sealed == nil)
        #expect(try await store.nextBatch(maxItems: 9, maxBytes: 100_000) == [waiting])
        try await store.close()
        let again = try await fixture.open()
        #expect(try again.reserveSequence() == 3)
    }

    @Test func `The purged bytes are gone from the database file`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store, sealed: fixture.random.bytes(50_000))
        let actor = name("op-7")
        let needle = Array(item.sealed[20_000..<20_032])
        try await store.checkpointIfQuiet()
        #expect(try contains(fixture.path, needle))
        try await store.perform(.cancel, on: item.metadata.itemId, actor: actor, reason: actor)
        #expect(try await store.purge(olderThan: .zero).purged.count == 1)
        try await store.close()
        #expect(try contains(fixture.path, needle) == false)
    }

    @Test func `Neither waiting nor rejected nor quarantined payloads go, however old`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<3 { items.append(try await fixture.save(store)) }
        _ = try await store.nextBatch(maxItems: 3, maxBytes: 100_000)
        for _ in 0..<2 { items.append(try await fixture.save(store)) }
        try await store.markSent(items.prefix(3).map(\.metadata.itemId))
        try await store.apply([
            (items[0].metadata.itemId, .rejected(receipt(items[0]), problem: name("content-invalid"))),
            (items[1].metadata.itemId, .quarantined(problem: name("digest-conflict"))),
            (items[2].metadata.itemId, .unknown(after: .zero, problem: name("network-timeout"))),
        ])
        try await store.perform(.hold, on: items[3].metadata.itemId, actor: name("op-7"), reason: name("asked"))
        fixture.clock.advance(.seconds(100_000_000))
        #expect(try await store.purge(olderThan: .zero).purged.isEmpty)
        // A person's decision, with a reason, is what lets a rejected one go.
        try await store.perform(.close, on: items[0].metadata.itemId, actor: name("op-7"), reason: name("withdrawn"))
        #expect(try await store.purge(olderThan: .zero).purged == [items[0].metadata.itemId])
    }

    @Test func `Accepted without a receipt over our digest does not go`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let item = try await fixture.save(store)
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 100_000)
        try await store.markSent([item.metadata.itemId])
        try await store.apply([(item.metadata.itemId, .accepted(receipt(item)))])
        try await store.close()
        try fixture.tamper("UPDATE receipt SET sha256 = zeroblob(32)")
        store = try await fixture.open()
        fixture.clock.advance(.seconds(100))
        #expect(try await store.purge(olderThan: .zero).purged.isEmpty)
    }

    @Test func `A suspect clock decides no age`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        try await store.perform(.cancel, on: item.metadata.itemId, actor: name("op-7"), reason: name("asked"))
        fixture.clock.advance(.seconds(100))
        fixture.clock.doubt()
        #expect(try await store.purge(olderThan: .zero) == PurgeResult(purged: [], clockRefused: true))
    }

    @Test func `What was settled under a suspect clock has its days from when there is a better one`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        fixture.clock.doubt()
        let id = try await fixture.save(store).metadata.itemId
        try await store.perform(.cancel, on: id, actor: name("op-7"), reason: name("asked"))
        fixture.clock.advance(.seconds(100))
        fixture.clock.vouch()
        #expect(try await store.purge(olderThan: .seconds(60)).purged.isEmpty)
        fixture.clock.advance(.seconds(61))
        #expect(try await store.purge(olderThan: .seconds(60)).purged == [id])
    }

    @Test func `What is kept of a citizen under a clock that was months behind does not go when the clock is right`()
        async throws
    {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        fixture.clock.doubt()
        let data = FollowUp(
            personalNumber: Redacted("070123456789"), phone: Redacted("0912345678"), name: Redacted("Điểu Thị Hồng Nhung"),
            hamlet: Redacted(nil), keepUntil: fixture.clock.now.adding(.seconds(100)))
        _ = try await store.save(try fixture.item(store, followUp: data))
        fixture.clock.advance(.seconds(5_000))
        fixture.clock.vouch()
        try await store.audit(AuditNote(actor: .station, action: name("station.started")))
        let right = fixture.clock.now
        _ = try await store.purgeFollowUps()
        #expect(try await store.followUpCount() == 1)
        fixture.clock.advance(.seconds(99))
        _ = try await store.purgeFollowUps()
        #expect(try await store.followUpCount() == 1)
        fixture.clock.advance(.seconds(2))
        #expect(try await store.purgeFollowUps() == 1)
        #expect(try await store.followUpCount() == 0 && fixture.clock.now > right)
    }

    @Test func `Events are numbered for good, kept up to their limit, and announced`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var news = store.eventNews().makeAsyncIterator()
        #expect(try await store.appendEvent(kind: name("reader"), json: Array("{}".utf8)) == 1)
        #expect(await news.next() == 1)
        let kept = Int64(Limits.Local.keptEvents)
        try await store.write { db in
            for _ in 0..<kept { try store.addEvent(kind: name("reader"), item: nil, json: [], db) }
        }
        #expect(await news.next() == kept + 1)
        let page = try await store.events(after: 0, limit: 2)
        #expect(page.events.map(\.sequence) == [2, 3])
        #expect(page.oldest == 2 && page.newest == kept + 1)
        try await store.close()
        #expect(await news.next() == nil)
        let again = try await fixture.open()
        #expect(try await again.appendEvent(kind: name("reader"), json: []) == kept + 2)
    }

    @Test func `A refused transaction announces nothing`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        await expectFailure(.cardMute) {
            try await store.write { db in
                try store.addEvent(kind: name("reader"), item: nil, json: [], db)
                throw Failure(.cardMute)
            }
        }
        var news = store.eventNews().makeAsyncIterator()
        #expect(try await store.appendEvent(kind: name("reader"), json: []) == 1)
        #expect(await news.next() == 1)
    }
}
