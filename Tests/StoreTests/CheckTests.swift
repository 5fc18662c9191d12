import Foundation
import GRDB
import StationCore
import Testing

@testable import Store

/// What is looked at in slices while the daemon serves.
struct CheckTests {
    private func round(_ store: Store) async throws -> CheckProgress {
        var progress = CheckProgress()
        var slices = 0
        while progress.rounds == 0 {
            progress = try await store.check(progress)
            slices += 1
            #expect(slices < 1_000)
        }
        return progress
    }

    @Test func `A sound spool has nothing to be named`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<20 { try await fixture.save(store, sealed: fixture.random.bytes(100_000)) }
        let progress = try await round(store)
        #expect(progress.auditBrokenAt == nil)
        #expect(try await store.missing().isEmpty)
        try await store.close()
    }

    @Test func `A payload that changed on disk is quarantined and named before it is asked for`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<5 { items.append(try await fixture.save(store)) }
        try await store.perform(.hold, on: items[3].metadata.itemId, actor: name("op-7"), reason: name("asked"))
        try await store.close()
        try fixture.tamper("UPDATE payload SET sealed = zeroblob(600) WHERE sequence IN (2, 4)")
        store = try await fixture.open()
        _ = try await round(store)
        #expect(try await store.items(state: .quarantined).map(\.sequence) == [2, 4])
        #expect(try await store.missing().map(\.first) == [2, 4])
        #expect(try await store.missing().allSatisfy { $0.reason == .payloadDamaged })
        #expect(try await store.nextBatch(maxItems: 9, maxBytes: 9_999).map(\.metadata.sequence).sorted() == [1, 3, 5])
        // Once is enough.
        _ = try await round(store)
        #expect(try await store.missing().count == 2)
        try await store.close()
    }

    @Test func `A signature that is not ours is found, though the digest is right`() async throws {
        let fixture = try StoreFixture()
        let writing = try await fixture.open()
        for _ in 0..<3 { try await fixture.save(writing) }
        try await writing.close()
        var configuration = fixture.configuration()
        configuration.verifies = { $0.metadata.sequence != 2 }
        let store = try await Store.open(configuration)
        _ = try await round(store)
        #expect(try await store.missing().map(\.first) == [2])
        try await store.close()
    }

    @Test func `An audit row that was changed long ago is found, and the chain says so from then on`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        for _ in 0..<150 { try await store.audit(AuditNote(actor: name("op-7"), action: name("test.row"))) }
        try await store.close()
        try fixture.tamper("UPDATE audit SET actor = 'somebody-else' WHERE sequence = 4")
        store = try await fixture.open()
        #expect(try await store.verifyAudit() == .broken(at: 4))
        #expect(try await round(store).auditBrokenAt == 4)
        let head = try await store.auditHead()
        #expect(try await store.verifyAudit() == .mended(head, breaks: [4...4]))
        #expect(try await round(store).auditBrokenAt == nil)
        try await store.close()
    }

    @Test func `An index that lost an entry ends the store, and the next opening rebuilds it`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        for _ in 0..<5 { try await fixture.save(store) }
        try await store.close()
        // A state that the index does not know of.
        try fixture.tamper(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = 'CREATE INDEX item_state ON item (state, lane, sequence) WHERE sequence <> 3'
                WHERE name = 'item_state';
            """)
        try fixture.tamper("REINDEX item_state")
        try fixture.tamper(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = 'CREATE INDEX item_state ON item (state, lane, sequence)'
                WHERE name = 'item_state';
            """)
        store = try await fixture.open()
        if store.recovery == nil {
            await expectFailure(.storeDamaged) { _ = try await round(store) }
            #expect(store.poison?.code == .storeDamaged)
            let again = try await fixture.open()
            #expect(again.recovery?.kind == .rebuilt)
            store = again
        }
        #expect(try await store.nextBatch(maxItems: 9, maxBytes: 9_999).count == 5)
        #expect(try await store.missing().isEmpty)
        try await store.close()
    }

    @Test func `What was purged since it was looked at is not missed`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let id = try await fixture.save(store).metadata.itemId
        try await store.perform(.close, on: id, actor: name("op-7"), reason: name("test"))
        fixture.clock.advance(.seconds(60))
        #expect(try await store.purge(olderThan: .seconds(1)).purged == [id])
        #expect(try await !store.write { db in try store.nameDamaged(1, db) })
        #expect(try await store.missing().isEmpty)
    }

    @Test func `However many are missing, those that nobody has taken note of are named first`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let count = Int64(Limits.Store.pageRows) + 1
        try await store.write { db in
            for number in 1...count {
                let range = MissingRange(first: 2 * number, last: 2 * number, reason: .lost, foundAt: fixture.clock.now)
                try Store.name(range, at: Moment(fixture.clock), db)
            }
        }
        for number in 1..<count {
            _ = try await store.acknowledgeMissing(from: 2 * number, by: name("admin"), reason: name("settled"))
        }
        #expect(try await store.missing().filter { $0.acknowledged == nil }.map(\.first) == [2 * count])
        #expect(try await store.summary().missing.contains { $0.acknowledged == nil })
        _ = try await store.acknowledgeMissing(from: 2 * count, by: name("admin"), reason: name("settled"))
        #expect(try await store.missing().allSatisfy { $0.acknowledged != nil })
    }

    @Test func `A purge gives space back in slices and lets saves pass`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<60 { items.append(try await fixture.save(store, sealed: fixture.random.bytes(40_000))) }
        for item in items {
            try await store.perform(.close, on: item.metadata.itemId, actor: name("op-7"), reason: name("test"))
        }
        try await store.checkpointIfQuiet()
        let before = try fileSize(fixture.path)
        fixture.clock.advance(.seconds(60))
        var slices = 0
        while true {
            let purged = try await store.purge(olderThan: .seconds(1)).purged
            if purged.isEmpty { break }
            #expect(purged.count <= Limits.Store.purgeItems)
            slices += 1
        }
        #expect(slices >= 5)
        var pages = 0
        while case let given = try await store.shrink(), given > 0 {
            #expect(given <= Limits.Store.vacuumPages)
            pages += given
        }
        try await store.checkpointIfQuiet()
        #expect(pages > 500)
        #expect(try fileSize(fixture.path) < before / 4)
        #expect(try fileSize(fixture.path + "-wal") <= Int(Limits.Store.walBytes))
        try await store.close()
    }
}
