import StationCore
import Testing

@testable import Store

struct SaveTests {
    @Test func `A saved item is there after closing and opening, byte for byte`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let new = try fixture.item(store, sealed: fixture.random.bytes(40_000))
        let saved = try await store.save(new, answering: try request("k-1"))
        #expect(!saved.replayed && saved.state == .saved && saved.sequence == 1)
        try await store.close()

        let again = try await fixture.open()
        let batch = try await again.nextBatch(maxItems: 10, maxBytes: 1_000_000)
        #expect(batch == [new.item])
        let record = try #require(try await again.item(new.item.metadata.itemId))
        #expect(record.metadata == new.item.metadata)
        #expect(record.sha256 == new.item.sha256)
        #expect(record.signature == new.item.signature)
        try await again.close()
    }

    @Test(arguments: [true, false])
    func `The same key and body get the first answer, also after a restart`(unlocked: Bool) async throws {
        let fixture = try StoreFixture()
        let key = unlocked ? try dataKey() : nil
        var store = try await fixture.open(key: key)
        let first = try fixture.item(store)
        let saved = try await store.save(first, answering: try request("k-1"))
        try await store.close()
        store = try await fixture.open(key: key)
        let second = try fixture.item(store)
        let repeated = try await store.save(second, answering: try request("k-1"))
        #expect(repeated.replayed)
        #expect(repeated.itemId == saved.itemId)
        #expect(repeated.answer == first.answer)
        let looked = try await store.answer(to: try request("k-1"))
        #expect(looked == repeated)
        #expect(try await store.summary().counts == [.saved: 1])
        #expect(try await store.item(second.item.metadata.itemId) == nil)
        try await store.close()
    }

    @Test(arguments: [true, false])
    func `The same key with another body is refused and saves nothing`(unlocked: Bool) async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: unlocked ? try dataKey() : nil)
        _ = try await store.save(try fixture.item(store), answering: try request("k-1"))
        let other = try request("k-1", body: "other")
        // The key of a shift is gone after a boot; the comparison must not need it.
        if unlocked { store.lock() }
        await expectFailure(.idempotencyKeyReused) {
            _ = try await store.save(try fixture.item(store), answering: other)
        }
        await expectFailure(.idempotencyKeyReused) { _ = try await store.answer(to: other) }
        #expect(try await store.answer(to: try request("k-2")) == nil)
        #expect(try await store.summary().counts == [.saved: 1])
    }

    @Test func `A refusal inside the transaction saves nothing, and the repetition decides anew`() async throws {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let question = DuplicateQuestion(
            personalNumber: Redacted("070123456789"), phone: Redacted(nil), day: fixture.clock.now.vietnamDay)
        let key = try request("k-1")
        let refused = try await store.save(key, asking: question) { _ in Result<NewItem, Refused>.failure(Refused()) }
        #expect(throws: Refused.self) { try refused.get() }
        #expect(try await store.summary().counts.isEmpty)
        #expect(try await store.auditHead() == .empty)
        let new = try fixture.item(store)
        let saved = try await store.save(key, asking: question) { _ in Result<NewItem, Refused>.success(new) }
        #expect(try saved.get().itemId == new.item.metadata.itemId)
        let repeated = try await store.save(key, asking: question) { _ in
            Issue.record("a repetition decides nothing")
            return Result<NewItem, Refused>.failure(Refused())
        }
        #expect(try repeated.get().replayed)
    }

    @Test func `Of an idempotency key only a hash is stored`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let key = "key-of-a-client-4711"
        _ = try await store.save(try fixture.item(store), answering: try request(key))
        try await store.close()
        #expect(try !contains(fixture.path, Array(key.utf8)))
        #expect(try !contains(fixture.path, sha256(Array("body".utf8))))
    }

    @Test func `Sequence numbers rise over restarts and are never used twice`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        _ = try store.reserveSequence()
        let saved = try await fixture.save(store)
        #expect(saved.metadata.sequence == 2)
        try await store.close()
        store = try await fixture.open()
        #expect(try store.reserveSequence() == 3)
        try await store.close()
        // The audit alone remembers a number whose rows were lost.
        try fixture.tamper("DELETE FROM item; DELETE FROM payload")
        store = try await fixture.open()
        #expect(try store.reserveSequence() == 3)
    }

    @Test func `An item that is not what its digest says is refused`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let good = try fixture.item(store).item
        let wrong = SealedItem(
            metadata: good.metadata, sealed: good.sealed + [0], sha256: good.sha256, signingKeyId: good.signingKeyId,
            signature: good.signature)
        await expectFailure(.internalFault) { _ = try await store.save(NewItem(item: wrong, actor: name("op-7"))) }
        #expect(try await store.summary().counts.isEmpty)
    }

    @Test func `An identity is used once`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let new = try fixture.item(store)
        _ = try await store.save(new)
        await expectFailure(.internalFault) { _ = try await store.save(new) }
        #expect(try await store.summary().counts == [.saved: 1])
        #expect(try await store.auditHead().sequence == 1)
        #expect(store.poison == nil)
    }

    @Test func `A correction names what it corrects, both ways`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store)
        let record = try #require(try await store.item(first.metadata.itemId))
        let correction = try fixture.item(store, supersedes: record)
        _ = try await store.save(correction)
        let corrected = try #require(try await store.item(first.metadata.itemId))
        #expect(corrected.supersededBy == [correction.item.metadata.itemId])
        let fresh = try #require(try await store.item(correction.item.metadata.itemId))
        #expect(fresh.summary.revision == 2 && fresh.summary.supersedes == first.metadata.itemId)
    }

    @Test func `Many saves at once each get their own answer`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = try (0..<40).map { (try fixture.item(store), try request("k-\($0)")) }
        let sequences = try await withThrowingTaskGroup(of: Int64.self) { group in
            for (item, key) in items { group.addTask { try await store.save(item, answering: key).sequence } }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(sequences == Set(1...40))
        #expect(try await store.verifyAudit() == .intact(try await store.auditHead()))
    }

    @Test func `A cancelled task does not undo a save half-way`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try fixture.item(store)
        let task = Task { try await store.save(item) }
        task.cancel()
        let saved = try await task.value
        #expect(try await store.item(saved.itemId)?.summary.state == .saved)
    }

    @Test func `Accesses run off the cooperative pool, on the connection's own queue`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let threads = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await store.read { _ in threadQueueLabel() } } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(threads.allSatisfy { $0.contains("station.store") } && !threads.isEmpty)
    }

    @Test func `The log is carried into the database when it has grown`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        #expect(try await store.checkpointIfQuiet() == false)
        try await fixture.save(store)
        #expect(try await store.checkpointIfQuiet())
        let bytes = Limits.Store.checkpointPages * 4_096
        for _ in 0..<(4 * bytes / 400_000) { try await fixture.save(store, sealed: fixture.random.bytes(400_000)) }
        #expect(try fileSize(fixture.path + "-wal") < 2 * Int(Limits.Store.walBytes))
        #expect(try fileSize(fixture.path) > 2 * bytes)
    }
}
