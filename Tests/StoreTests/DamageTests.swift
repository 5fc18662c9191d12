import Foundation
import StationCore
import Testing

@testable import Store

/// The file itself is foreign: bytes change on old disks.
struct DamageTests {
    @Test func `Flipped bytes never send a wrong payload and never end the process`() async throws {
        let fixture = try StoreFixture(seed: 11)
        let store = try await fixture.open()
        var digests: Set<[UInt8]> = []
        for _ in 0..<12 { digests.insert(try await fixture.save(store, sealed: fixture.random.bytes(5_000)).sha256) }
        try await store.close()
        let file = URL(fileURLWithPath: fixture.path)
        let good = try Data(contentsOf: file)
        var outcomes: [String: Int] = [:]
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<(1 + fixture.random.next(below: 3)) {
                bytes[fixture.random.next(below: bytes.count)] ^= UInt8(1 << fixture.random.next(below: 8))
            }
            try bytes.write(to: file)
            try? FileManager.default.removeItem(atPath: fixture.path + "-wal")
            outcomes[try await outcome(fixture, digests), default: 0] += 1
        }
        print("flipped bytes: \(outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        #expect(outcomes["whole", default: 0] > 0 && outcomes["quarantined", default: 0] > 0)
    }

    /// Opens and drains a damaged store; every failure has to be a named one.
    private func outcome(_ fixture: StoreFixture, _ digests: Set<[UInt8]>) async throws -> String {
        do {
            let store = try await fixture.open()
            let batch = try await store.nextBatch(maxItems: 100, maxBytes: 1_000_000)
            for item in batch {
                #expect(digests.contains(item.sha256) && sha256(item.sealed) == item.sha256)
            }
            let quarantined = try await store.items(state: .quarantined)
            _ = try await store.verifyAudit()
            for summary in try await store.items() { _ = try? await store.item(summary.itemId) }
            try await store.close()
            return batch.count == 12 ? "whole" : quarantined.isEmpty ? "fewer" : "quarantined"
        } catch let failure as Failure {
            #expect(failure.code != .internalFault, "\(failure)")
            return failure.code.rawValue
        }
    }
}
