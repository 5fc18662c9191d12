import Foundation
import GRDB
import StationCore
import Testing

@testable import Store

struct OpeningTests {
    @Test func `The settings that durability stands on hold on the writing connection`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await fixture.save(store)
        let read: [String: String] = try await store.read { db in
            var values: [String: String] = [:]
            for pragma in [
                "journal_mode", "synchronous", "locking_mode", "secure_delete", "auto_vacuum", "temp_store",
                "wal_autocheckpoint", "trusted_schema", "cell_size_check", "mmap_size",
            ] {
                values[pragma] = try String.fetchOne(db, sql: "PRAGMA \(pragma)")
            }
            return values
        }
        #expect(read["journal_mode"] == "wal")
        #expect(read["synchronous"] == "2")
        #expect(read["locking_mode"] == "exclusive")
        #expect(read["secure_delete"] == "1")
        #expect(read["auto_vacuum"] == "2")
        #expect(read["temp_store"] == "2")
        #expect(read["wal_autocheckpoint"] == "0")
        #expect(read["trusted_schema"] == "0")
        #expect(read["cell_size_check"] == "1")
        #expect(read["mmap_size"] == "0")
    }

    @Test(arguments: ["synchronous = NORMAL", "synchronous = OFF", "journal_mode = DELETE", "secure_delete = OFF"])
    func `A setting that does not hold is refused`(pragma: String) async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        await expectFailure(.storeUnsafe) {
            try await store.perform { db in
                _ = try Row.fetchAll(db, sql: "PRAGMA \(pragma)")
                try StoreOpening.requireDurability(db)
            }
        }
    }

    @Test func `Only the owner may read the files, whatever mode they had`() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        try await fixture.save(store)
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.directory) {
            let path = fixture.directory + "/" + name
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600, "\(name)")
        }
        try await store.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: fixture.path)
        store = try await fixture.open()
        let mode = try FileManager.default.attributesOfItem(atPath: fixture.path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }

    @Test func `A second opening is refused while the first lives`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await fixture.save(store)
        await expectFailure(.storeUnsafe) { _ = try await fixture.open() }
        try await fixture.save(store)
        try await store.close()
    }

    @Test func `A newer release's store is refused and left as it is`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await fixture.save(store)
        try await store.close()
        try fixture.tamper("INSERT INTO grdb_migrations VALUES ('2-from-the-future')")
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        await expectFailure(.storeNewer) { _ = try await fixture.open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test func `A file that is no database, or another program's, is refused`() async throws {
        let garbage = try StoreFixture()
        try Data(garbage.random.bytes(20_000)).write(to: URL(fileURLWithPath: garbage.path))
        await expectFailure(.storeDamaged) { _ = try await garbage.open() }

        let foreign = try StoreFixture()
        try foreign.tamper("CREATE TABLE notes (text TEXT)")
        await expectFailure(.storeDamaged) { _ = try await foreign.open() }
    }

    @Test(arguments: [0.2, 0.5, 0.9])
    func `A truncated file opens with what is left of it and names the rest`(share: Double) async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<20 { items.append(try await fixture.save(store, sealed: fixture.random.bytes(9_000))) }
        try await store.close()
        let file = URL(fileURLWithPath: fixture.path)
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: file)
        let again = try await fixture.open()
        #expect(again.recovery?.kind == .rebuilt)
        let left = try await again.unknownAndSaved()
        let named = try await again.missing()
        for item in items where !left.contains(item.metadata.sequence) {
            #expect(named.contains { ($0.first...$0.last).contains(item.metadata.sequence) })
        }
        #expect(left.count < 20 && !named.isEmpty)
        // The damaged file is still there, byte for byte.
        #expect(try fileSize(fixture.path + ".damaged-1") == Int(Double(bytes.count) * share))
        try await again.close()
    }

    @Test func `A directory that is not there is a named disk failure`() async throws {
        let fixture = try StoreFixture()
        var configuration = fixture.configuration()
        configuration.path = fixture.directory + "/absent/station.sqlite"
        await expectFailure(.diskWriteFailed) { _ = try await Store.open(configuration) }
    }

    @Test func `An audit chain that breaks near its end is found at the start`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<5 { try await fixture.save(store) }
        try await store.close()
        try fixture.tamper("UPDATE audit SET actor = 'somebody-else' WHERE sequence = 4")
        let again = try await fixture.open()
        #expect(again.recovery?.auditBreaks == [4...4])
        let head = try await again.auditHead()
        #expect(try await again.verifyAudit() == .mended(head, breaks: [4...4]))
        #expect(try await again.nextBatch(maxItems: 9, maxBytes: 1_000_000).count == 5)
        try await again.close()
        let third = try await fixture.open()
        #expect(third.recovery == nil)
        try await third.close()
    }

    @Test func `What a killed process leaves, its log prepared with zeros, opens with everything`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        var items: [SealedItem] = []
        for _ in 0..<5 { items.append(try await fixture.save(store, sealed: fixture.random.bytes(9_000))) }
        #expect(try fileSize(fixture.path + "-wal") == Int(Limits.Store.preparedLogBytes))
        // The files as they are while the store is open are what a killed process leaves.
        let copy = try StoreFixture()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: copy.path + suffix)
        }
        let again = try await copy.open()
        let batch = try await again.nextBatch(maxItems: 9, maxBytes: 1_000_000)
        #expect(batch.sorted { $0.metadata.sequence < $1.metadata.sequence } == items)
        try await again.close()
        try await store.close()
    }
}

extension Store {
    /// Sequence numbers of what may still be sent or asked about.
    fileprivate func unknownAndSaved() async throws -> Set<Int64> {
        Set(try await items(state: .saved).map(\.sequence) + items(state: .unknown).map(\.sequence))
    }
}
