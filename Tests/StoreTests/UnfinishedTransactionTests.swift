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
        let again = try await copy.open()
        #expect(try await again.items().map(\.sequence) == [1, 2])
        #expect(try await again.answer(to: try request("key-3")) == nil)
        #expect(try await again.answer(to: try request("key-2")) != nil)
        #expect(try await again.missing().map(\.first) == [3])
        #expect(try again.reserveSequence() == 4)
        try await again.close()
        try await store.close()
    }
}
