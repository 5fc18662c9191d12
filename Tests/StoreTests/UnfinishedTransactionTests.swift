import Foundation
import StationCore
import Testing

@testable import Store

/// What a process leaves that was killed in the middle of a commit: nothing of that transaction may come back in part.
@Suite struct UnfinishedTransactionTests {
    @Test func aSaveWithoutItsEndIsNeitherThereNorAnsweredButItsNumberIsNamed() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for index in 1...3 {
            let new = try fixture.item(store, sealed: fixture.random.bytes(9_000))
            _ = try await store.save(new, answering: try request("key-\(index)"))
        }
        let copy = try torn(fixture)
        let again = try await copy.open()
        #expect(try await again.items().map(\.sequence) == [1, 2])
        #expect(try await again.answer(to: try request("key-3")) == nil)
        #expect(try await again.answer(to: try request("key-2")) != nil)
        #expect(try await again.missing().map(\.first) == [3])
        #expect(try again.reserveSequence() == 4)
        try await again.close()
        try await store.close()
    }

    /// A rebuilding for another reason takes nothing of it over either: neither half an application nor the answer by which
    /// a repetition of its request would be acknowledged.
    @Test func aRebuildingBringsNothingOfItBack() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for index in 1...3 {
            let new = try fixture.item(store, sealed: fixture.random.bytes(9_000))
            _ = try await store.save(new, answering: try request("key-\(index)"))
        }
        let copy = try torn(fixture)
        try StoreFiles.requestRebuild(copy.path, .metWhileRunning)
        let again = try await copy.open()
        #expect(again.recovery?.kind == .rebuilt)
        #expect(try await again.items().map(\.sequence) == [1, 2])
        for item in try await again.items() { #expect(try await again.item(item.itemId) != nil) }
        #expect(try await again.answer(to: try request("key-3")) == nil)
        #expect(try await again.missing().map(\.first) == [3])
        try await again.close()
        try await store.close()
    }

    /// An index that an unfinished transaction turns back to what the file holds proves no checkpoint.
    @Test func aPageThatIsAsItWasBeforeIsNoSignOfACheckpoint() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<3 { try await fixture.save(store) }
        try await store.checkpointIfQuiet()
        for _ in 0..<3 { try await fixture.save(store) }
        let copy = try torn(fixture)
        let scan = try #require(try DamagedFile(path: copy.path).log)
        let size = try #require(StoreFiles.size(copy.path))
        let turned = try #require(
            scan.tail.first { frame in
                frame.holds && frame.page > 1 && Int(frame.page) * StoreSchema.pageBytes <= size
                    && scan.applied.contains { $0.page == frame.page && scan.content($0) != scan.content(frame) }
            })
        // SQLite reads the page from the log, so what the file holds may be anything older.
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: copy.path))
        try file.seek(toOffset: UInt64((Int(turned.page) - 1) * StoreSchema.pageBytes))
        try file.write(contentsOf: Data(scan.content(turned)))
        try file.close()
        let again = try await copy.open()
        #expect(again.recovery?.kind == .tail)
        #expect(try await again.items().map(\.sequence) == [1, 2, 3, 4, 5])
        try await again.close()
        try await store.close()
    }

    /// What a process leaves that is killed while it writes the last page of its last transaction.
    private func torn(_ fixture: StoreFixture) throws -> StoreFixture {
        // The files as they are while the store is open are what a killed process leaves.
        let copy = try StoreFixture()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: copy.path + suffix)
        }
        let last = try #require(try LogScan(path: copy.path + "-wal")?.applied.last)
        #expect(last.isCommit)
        // Its last page came to the disk in part.
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: copy.path + "-wal"))
        try log.seek(toOffset: UInt64(32 + last.index * 4_120 + 24 + 1_000))
        try log.write(contentsOf: Data(repeating: 0x5A, count: 3_096))
        try log.close()
        return copy
    }
}
