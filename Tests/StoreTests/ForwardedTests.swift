import StationCore
import Testing

@testable import Store

/// What leaves by stick, and what other stations' sticks bring.
struct ForwardedTests {
    private let bundle = RequestID("6f1c2e0a-7c61-4a52-9c39-0d7b7a8e5f10")!

    private func foreign(
        _ fixture: StoreFixture, sequence: Int64 = 1, bytes: Int = 300, supersedes: ItemID? = nil
    ) -> SealedItem {
        let sealed = fixture.random.bytes(bytes)
        return SealedItem(
            metadata: ItemMetadata(
                stationId: name("station-2"), itemId: ItemID(at: fixture.clock.now, random: fixture.random),
                sequence: sequence, revision: supersedes == nil ? 1 : 2, supersedes: supersedes, keyId: name("key-1"),
                suite: name("of-key"), capturedAt: fixture.clock.now,
                clockQuality: .unsynchronized),
            sealed: sealed, sha256: sha256(sealed), signingKeyId: name("signer-2"),
            signature: fixture.random.bytes(64))
    }

    private func state(_ store: Store, _ id: ItemID) async throws -> ItemState? {
        try await store.item(id)?.summary.state
    }

    @Test func `An export pages through what waits and marks it only when told`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var ids: [ItemID] = []
        for _ in 0..<5 { ids.append(try await fixture.save(store).metadata.itemId) }
        try await store.perform(.hold, on: ids[4], actor: name("op-1"), reason: name("asked"))
        #expect(try await store.exportVolume(again: false) == ExportVolume(items: 4, bytes: 2_400))
        var found: [ItemID] = []
        var position: Int64?
        while true {
            let page = try await store.exportPage(after: position, again: false, maxItems: 10, maxBytes: 1_300)
            guard let next = page.next else { break }
            #expect(page.items.count <= 2)
            found += page.items.map(\.metadata.itemId)
            position = next
        }
        #expect(found == Array(ids[..<4]))
        #expect(try await state(store, ids[0]) == .saved)
        #expect(try await store.markExported(found, in: bundle, actor: name("op-1")) == 4)
        let record = try #require(try await store.item(ids[0]))
        #expect(record.summary.state == .exported && record.summary.problem == nil)
        #expect(record.history.last?.note.action.text == "item.export")
        #expect(record.history.last?.note.detail?.text == bundle.text)
        #expect(try await store.exportVolume(again: false).items == 0)
        #expect(try await store.exportVolume(again: true).items == 4)
        // It has left: it cannot be taken back, and it is not sent of its own accord.
        await expectFailure(.transitionRefused) {
            try await store.perform(.cancel, on: ids[0], actor: name("op-1"), reason: name("asked"))
        }
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 100_000).isEmpty)
    }

    @Test func `What was sent meanwhile is not marked, and a receipt by stick settles what is exported`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [try await fixture.save(store), try await fixture.save(store)]
        let ids = items.map(\.metadata.itemId)
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 100_000)
        try await store.markSent([ids[0]])
        #expect(try await store.markExported(ids, in: bundle, actor: name("op-1")) == 1)
        #expect(try await state(store, ids[0]) == .sent)
        let states = try await store.apply(items.map { ($0.metadata.itemId, .accepted(receipt($0))) })
        #expect(states == [ids[0]: .accepted, ids[1]: .accepted])
    }

    @Test func `What a stick settles and a person closes while its batch is framed stays closed`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = try await fixture.save(store)
        let id = item.metadata.itemId
        _ = try await store.markExported([id], in: bundle, actor: name("op-1"))
        _ = try await store.recallExported(actor: name("op-1"))
        _ = try await store.apply([(id, .notStored)])
        _ = try await store.nextBatch(maxItems: 1, maxBytes: 100_000)
        _ = try await store.apply([(id, .rejected(receipt(item), problem: name("policy")))])
        try await store.perform(.close, on: id, actor: name("op-1"), reason: name("duplicate"))
        try await store.markSent([id])
        #expect(try await state(store, id) == .closed)
        // What never left has no such excuse.
        let other = try await fixture.save(store).metadata.itemId
        await expectFailure(.transitionRefused) { try await store.markSent([other]) }
    }

    @Test func `Recalled and released exports are asked about before they are sent`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let ids = [try await fixture.save(store), try await fixture.save(store)].map(\.metadata.itemId)
        _ = try await store.markExported(ids, in: bundle, actor: name("op-1"))
        #expect(try await store.perform(.release, on: ids[0], actor: name("op-1"), reason: name("x")) == .unknown)
        #expect(try await store.recallExported(actor: name("op-1")) == 1)
        #expect(try await store.recallExported(actor: name("op-1")) == 0)
        #expect(try await store.unknownItems().map(\.itemId) == ids)
        _ = try await store.apply([(ids[0], .notStored)])
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 100_000).map(\.metadata.itemId) == [ids[0]])
    }

    @Test func `What was read for a medium may be on it: it is taken back no more, and its withdrawal is a message`()
        async throws
    {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = try await fixture.save(store).metadata.itemId
        _ = try await store.exportPage(after: nil, again: false, maxItems: 10, maxBytes: 100_000)
        await expectFailure(.transitionRefused) {
            try await store.perform(.cancel, on: id, actor: name("op-1"), reason: name("asked"))
        }
        let outcome = try await store.correct(id, try request("k")) { predecessor, _ -> Result<Correction, Refused> in
            #expect(predecessor.hasLeft)
            return .failure(Refused())
        }
        #expect(throws: Refused.self) { try outcome.get() }
        #expect(try await state(store, id) == .saved)
    }

    @Test func `A damaged payload is left out of an export and quarantined`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let ids = [try await fixture.save(store), try await fixture.save(store)].map(\.metadata.itemId)
        try await store.close()
        try fixture.tamper("UPDATE payload SET sealed = zeroblob(600) WHERE sequence = 1")
        store = try await fixture.open()
        let page = try await store.exportPage(after: nil, again: false, maxItems: 10, maxBytes: 100_000)
        #expect(page.items.map(\.metadata.itemId) == [ids[1]] && page.next == 2)
        #expect(try await state(store, ids[0]) == .quarantined)
    }

    @Test func `Another station's items are sent as they were captured and never counted as ours`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let own = try await fixture.save(store)
        let items = [foreign(fixture, sequence: 1), foreign(fixture, sequence: 900)]
        var count = try await store.takeForwarded(items, from: bundle, actor: name("admin"))
        #expect(count.taken == 2 && count.known == 0)
        count = try await store.takeForwarded(items, from: bundle, actor: name("admin"))
        #expect(count.taken == 0 && count.known == 2)
        try await store.close()
        store = try await fixture.open()
        let summary = try await store.summary()
        #expect(summary.counts == [.saved: 1] && summary.forwarded == [.saved: 2])
        #expect(summary.oldestPendingSequence == own.metadata.sequence)
        #expect(try await store.items().map(\.itemId) == [own.metadata.itemId])
        #expect(try await store.items(state: .saved).map(\.itemId) == [own.metadata.itemId])
        #expect(try store.reserveSequence() == own.metadata.sequence + 1)
        let batch = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        #expect(Set(batch) == Set([own] + items))
        try await store.markSent(batch.map(\.metadata.itemId))
        _ = try await store.apply(batch.map { ($0.metadata.itemId, .unknown(after: .zero, problem: name("x"))) })
        let unknown = try await store.unknownItems()
        #expect(unknown.count { $0.stationId == name("station-2") } == 2)
        #expect(unknown.count { $0.stationId == nil } == 1)
        let events = try await store.events(after: 0).events
        #expect(events.filter(\.isOwnApplication).allSatisfy { $0.itemId == own.metadata.itemId })
        await expectFailure(.applicationUnknown) {
            try await store.perform(
                .cancel, on: items[0].metadata.itemId, actor: name("op-1"), reason: name("asked"))
        }
        #expect(try await store.verifyAudit() == .intact(try await store.auditHead()))
    }

    @Test func `Foreign bytes never take the place of what is here`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let own = try await fixture.save(store)
        let forged = fixture.random.bytes(50)
        let item = SealedItem(
            metadata: own.metadata, sealed: forged, sha256: sha256(forged), signingKeyId: name("signer-2"),
            signature: fixture.random.bytes(64))
        let count = try await store.takeForwarded([item, own], from: bundle, actor: name("admin"))
        #expect(count.conflicting == 1 && count.known == 1 && count.taken == 0)
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 100_000) == [own])
    }

    @Test func `A forged copy makes room for the genuine one once upstream has disproved it, and not before`()
        async throws
    {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let genuine = foreign(fixture)
        let id = genuine.metadata.itemId
        let bytes = fixture.random.bytes(70)
        let forged = SealedItem(
            metadata: genuine.metadata, sealed: bytes, sha256: sha256(bytes), signingKeyId: name("signer-2"),
            signature: fixture.random.bytes(64))
        func take(_ item: SealedItem) async throws -> [Int] {
            let count = try await store.takeForwarded([item], from: bundle, actor: name("admin"))
            return [count.taken, count.known, count.conflicting]
        }
        #expect(try await take(forged) == [1, 0, 0])
        #expect(try await take(genuine) == [0, 0, 1])
        let refusal = VerifiedReceipt(receiptId: name("r-1"), sha256: forged.sha256, json: Array("{}".utf8))
        _ = try await store.apply([(id, .rejected(refusal, problem: name("policy-refused")))])
        #expect(try await take(genuine) == [0, 0, 1])
        // Upstream says another time what it found.
        try await store.write { db in
            var row = try #require(try ItemRow.find(id, db))
            try store.change(&row, by: .release, actor: name("admin"), at: Moment(fixture.clock), db)
        }
        _ = try await store.apply([(id, .rejected(refusal, problem: name("signature-invalid")))])
        #expect(try await take(genuine) == [1, 0, 0])
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 100_000) == [genuine])
        let record = try #require(try await store.item(id))
        #expect(record.summary.sequence == -2 && record.receipt == nil)
        #expect(try await take(genuine) == [0, 1, 0])
    }

    @Test func `Receipts go back until they were written, and a later one goes back again`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = foreign(fixture)
        let id = item.metadata.itemId
        _ = try await store.takeForwarded([item], from: bundle, actor: name("admin"))
        func due(_ station: String?, again: Bool = false) async throws -> [ReturnableReceipt] {
            try await store.receiptsToReturn(to: station.map { name($0) }, again: again, below: 0, limit: 10)
        }
        #expect(try await due(nil).isEmpty)
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        try await store.markSent([id])
        let refusal = VerifiedReceipt(receiptId: name("r-1"), sha256: item.sha256, json: Array("{\"a\":1}".utf8))
        _ = try await store.apply([(id, .rejected(refusal, problem: name("policy-refused")))])
        let first = try await due("station-2")
        #expect(first.map(\.json) == [refusal.json])
        #expect(try await due("station-3").isEmpty)
        // The receipt changes while the old one is being written: the new one is still to be returned.
        let acceptance = VerifiedReceipt(receiptId: name("r-2"), sha256: item.sha256, json: Array("{\"a\":2}".utf8))
        _ = try await store.apply([(id, .accepted(acceptance))])
        try await store.markReturned(first)
        #expect(try await due(nil).map(\.json) == [acceptance.json])
        try await store.markReturned(try await due(nil))
        #expect(try await due(nil).isEmpty)
        #expect(try await due(nil, again: true).map(\.json) == [acceptance.json])
        let known = try await store.knownItems([id])
        #expect(known == [id: KnownItem(stationId: name("station-2"), sha256: item.sha256, state: .accepted)])
        fixture.clock.advance(.seconds(86_400))
        #expect(try await store.purge(olderThan: .seconds(3_600)).purged == [id])
        #expect(try await due(nil, again: true).count == 1)
    }

    @Test func `What a stick brings says nothing about this station's applications`() async throws {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = try await fixture.save(store).metadata.itemId
        _ = try await store.takeForwarded([foreign(fixture, supersedes: id)], from: bundle, actor: name("admin"))
        let outcome = try await store.correct(id, try request("k")) { _, _ -> Result<Correction, Refused> in
            .success(.close(reason: name("withdrawn"), actor: name("op-7"), answer: []))
        }
        #expect(try outcome.get().state == .closed)
    }

    @Test func `Nobody here decides about another station's item`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let item = foreign(fixture)
        let id = item.metadata.itemId
        _ = try await store.takeForwarded([item], from: bundle, actor: name("admin"))
        await expectFailure(.applicationUnknown) {
            try await store.perform(.hold, on: id, actor: name("op-1"), reason: name("asked"))
        }
        await expectFailure(.applicationUnknown) { try await store.makeDue(id, actor: name("op-1")) }
        #expect(try await state(store, id) == .saved)
    }

    @Test func `What nobody takes is closed after its days and deleted after as many more`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let items = [foreign(fixture, sequence: 1), foreign(fixture, sequence: 2), foreign(fixture, sequence: 3)]
        let ids = items.map(\.metadata.itemId)
        _ = try await store.takeForwarded(items, from: bundle, actor: name("admin"))
        let own = try await fixture.save(store)
        _ = try await store.apply([(own.metadata.itemId, .rejected(receipt(own), problem: name("policy-refused")))])
        _ = try await store.apply([
            (ids[0], .rejected(receipt(items[0]), problem: name("signature-invalid"))),
        ])
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        _ = try await store.apply([(ids[1], .quarantined(problem: name("item-too-large")))])
        #expect(try await store.closeForwarded(olderThan: .seconds(60), exceptOf: name("station-1")) == 0)
        fixture.clock.advance(.seconds(61))
        // What this station lost and took back is nobody else's to keep.
        #expect(try await store.closeForwarded(olderThan: .seconds(60), exceptOf: name("station-2")) == 0)
        #expect(try await store.closeForwarded(olderThan: .seconds(60), exceptOf: name("station-1")) == 2)
        #expect(try await [state(store, ids[0]), state(store, ids[1])] == [.closed, .closed])
        #expect(try await [state(store, ids[2]), state(store, own.metadata.itemId)] == [.batched, .rejected])
        fixture.clock.advance(.seconds(61))
        #expect(Set(try await store.purge(olderThan: .seconds(60)).purged) == Set(ids[..<2]))
        // The genuine one of a forgery is taken even then, its receipt goes back first.
        #expect(try await store.receiptsToReturn(to: nil, again: false, below: 0, limit: 10).count == 1)
        var genuine = foreign(fixture, sequence: 1)
        genuine = SealedItem(
            metadata: items[0].metadata, sealed: genuine.sealed, sha256: genuine.sha256,
            signingKeyId: genuine.signingKeyId, signature: genuine.signature)
        #expect(try await store.takeForwarded([genuine], from: bundle, actor: name("admin")).taken == 1)
    }

    @Test func `A spool of before sticks opens and takes them`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        let own = try await fixture.save(store)
        try await store.close()
        try fixture.tamper(
            """
            DROP TABLE forwarded; DROP INDEX item_exported;
            DELETE FROM grdb_migrations WHERE identifier = '2-stick'
            """)
        store = try await fixture.open()
        let count = try await store.takeForwarded([foreign(fixture)], from: bundle, actor: name("admin"))
        #expect(count.taken == 1)
        #expect(try await store.items().map(\.itemId) == [own.metadata.itemId])
    }
}
