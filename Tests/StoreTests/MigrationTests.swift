import Foundation
import GRDB
import StationCore
import Testing

@testable import Store

/// Spools of earlier releases, as SQL that builds them.
struct MigrationTests {
    @Test func `A spool of the first release opens after an upgrade with everything in it`() async throws {
        let fixture = try StoreFixture()
        let sql = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/spool-1.sql")
        try fixture.tamper(try String(contentsOf: sql, encoding: .utf8))
        let store = try await fixture.open()
        #expect(store.recovery == nil)
        #expect(try await store.summary().counts == [.accepted: 1, .saved: 1, .purged: 1])
        #expect(try await store.nextBatch(maxItems: 9, maxBytes: 100_000).map(\.metadata.sequence) == [2])
        #expect(try await store.missing().isEmpty)
        let head = try await store.auditHead()
        #expect(head.sequence == 11)  // The fixture's ten, and the batch.
        #expect(try await store.verifyAudit() == .intact(head))
        let saved = try await fixture.save(store)
        #expect(saved.metadata.sequence == 4)
        try await store.close()
    }

    @Test func `The first release's tables are those that its migration still makes`() async throws {
        let old = try StoreFixture()
        let sql = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/spool-1.sql")
        try old.tamper(try String(contentsOf: sql, encoding: .utf8))
        let new = try StoreFixture()
        let queue = try DatabaseQueue(path: new.path)
        try StoreSchema.migrator.migrate(queue, upTo: "1-spool")
        try queue.close()
        func tables(_ path: String) throws -> [String: String] {
            let queue = try DatabaseQueue(path: path)
            return try queue.read { db in
                let query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'grdb_migrations'"
                let rows = try Row.fetchAll(db, sql: query)
                return try Dictionary(
                    uniqueKeysWithValues: rows.map { row in
                        let words = try row.value("sql") { $0 }.split { $0 == " " || $0 == "\n" }
                        return (try row.value("name") { $0 }, words.joined(separator: " "))
                    })
            }
        }
        #expect(try tables(old.path) == tables(new.path))
    }

    @Test func `What one application needs follows what recent ones took, within bounds`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        #expect(store.applicationBytes == Limits.Store.applicationBytes)
        #expect(store.applicationsLeft(freeBytes: 20 * Limits.Store.applicationBytes) == 0)
        #expect(store.applicationsLeft(freeBytes: 21 * Limits.Store.applicationBytes) == 1)
        for _ in 0..<12 { try await fixture.save(store, sealed: fixture.random.bytes(40_000)) }
        let need = 40_000 + 2_000 + Limits.Store.applicationOverheadBytes
        #expect(store.applicationBytes == need)
        let free = 100 * need
        #expect(store.applicationsLeft(freeBytes: free) == 80)
        try await store.close()
        let again = try await fixture.open()
        #expect(again.applicationBytes == need)
        for _ in 0..<20 { try await fixture.save(again, sealed: fixture.random.bytes(10)) }
        #expect(again.applicationBytes == Limits.Store.applicationBytesLeast)
        try await again.close()
    }

    @Test func `What the file really grows by is no more than what an application is taken to need`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for index in 0..<20 { try await fixture.save(store, sealed: fixture.random.bytes(30_000 + index)) }
        try await store.checkpointIfQuiet()
        let before = try fileSize(fixture.path)
        for index in 0..<60 { try await fixture.save(store, sealed: fixture.random.bytes(30_000 + index)) }
        try await store.checkpointIfQuiet()
        #expect(Int64(try fileSize(fixture.path) - before) <= 60 * store.applicationBytes)
        try await store.close()
    }
}
