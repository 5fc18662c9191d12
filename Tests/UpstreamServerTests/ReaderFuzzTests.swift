import Foundation
import SeededRandom
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

@Suite struct ReaderFuzzTests {
    @Test func `mutated batches never trap, and give out only parts that the manifest names`() throws {
        let directory = UpstreamDirectory(NSTemporaryDirectory() + "fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        _ = try directory.initialize(
            stations: [Bench.station],
            at: SystemClock().now,
            random: SystemRandomSource()
        )
        let key = StationSigningKey(generated: WireName("signing-1")!)
        let items = try (1...3).map { sequence in
            let sealed = SystemRandomSource().bytes(80)
            let context = ItemContext(
                suite: .x25519,
                stationId: Bench.station,
                itemId: ItemID(at: Item.capturedAt, random: SystemRandomSource()),
                sequence: Int64(sequence),
                revision: 1,
                supersedes: nil,
                keyId: WireName("k")!,
                capturedAt: Item.capturedAt
            )
            return Item(entry: try ManifestItem(context: context, sealed: sealed, key: key), sealed: sealed)
        }
        let batchId = RequestID(random: SystemRandomSource())
        let manifest = BatchManifest(
            batchId: batchId,
            senderId: Bench.station,
            sentAt: Item.capturedAt,
            audit: try AuditHead(stationId: Bench.station, sequence: 1, head: ContentDigest(of: []), key: key),
            clock: ClockReport(offsetMilliseconds: nil, quality: .suspect),
            items: items.map(\.entry)
        )
        let body = try MultipartRelated.encode(
            root: try StrictJSON.encode(manifest),
            parts: items.map { ($0.entry.itemId.text, $0.sealed) },
            random: SystemRandomSource()
        )
        let boundary = try #require(MultipartRelated.boundary(ofContentType: body.contentType))
        let sound = body.chunks.flatMap { $0 }
        var generator = SeededGenerator(seed: 11)
        var whole = 0
        for _ in 0..<5_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.removeSubrange(index...)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            var reader = BatchReader(boundary: boundary, batchId: batchId, sender: Bench.station)
            var given: [ItemID] = []
            do {
                let cut = Int.random(in: 0...bytes.count, using: &generator)
                for piece in [bytes[..<cut], bytes[cut...]] {
                    given += try reader.push(Array(piece)).map(\.item.itemId)
                }
                try reader.finish(expecting: ContentDigest(of: sound))
                #expect(bytes == sound)
                whole += 1
            } catch {}
            #expect(given == Array(reader.itemIds.prefix(given.count)))
        }
        #expect(whole > 500)
    }
}
