import Crypto
import Foundation
import GRDB
import StationCore
import Synchronization
import Testing

@testable import Store

/// A clock that tests move.
final class ManualClock: StationClock {
    private struct Reading {
        var now = Timestamp(milliseconds: 1_790_000_000_000)
        var elapsed: Duration = .zero
        var quality = ClockQuality.synchronized
    }

    private let reading = Mutex(Reading())

    var now: Timestamp { reading.withLock(\.now) }
    var elapsed: Duration { reading.withLock(\.elapsed) }
    var quality: ClockQuality { reading.withLock(\.quality) }

    func sleep(for duration: Duration) async throws { advance(duration) }

    func advance(_ duration: Duration) {
        reading.withLock {
            $0.now = $0.now.adding(duration)
            $0.elapsed += duration
        }
    }

    func doubt() { reading.withLock { $0.quality = .suspect } }
    func vouch() { reading.withLock { $0.quality = .synchronized } }
}

/// Random bytes from a seed (splitmix64).
final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) { state = Mutex(seed) }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

    func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 8)
        while result.count < count {
            var word = next()
            for _ in 0..<8 {
                result.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return Array(result.prefix(count))
    }
}

/// A directory with a store's file, gone with the fixture.
final class StoreFixture: Sendable {
    let directory: String
    let clock = ManualClock()
    let random: SeededRandom

    init(seed: UInt64 = 1) throws {
        directory = FileManager.default.temporaryDirectory.path + "/store-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        random = SeededRandom(seed)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var path: String { directory + "/station.sqlite" }

    func configuration(key: StationDataKey? = nil, vfs: String? = nil) -> StoreConfiguration {
        StoreConfiguration(path: path, clock: clock, random: random, dataKey: key, vfsName: vfs)
    }

    func open(key: StationDataKey? = nil, vfs: String? = nil) async throws -> Store {
        try await Store.open(configuration(key: key, vfs: vfs))
    }

    /// Opens and builds a new database from the old one's rows.
    func openRebuilding() async throws -> Store {
        try Store.requestRebuild(path)
        return try await open()
    }

    /// Opens in a boot of the host.
    func open(epoch: Int64) async throws -> Store {
        var configuration = configuration()
        configuration.clockEpoch = epoch
        return try await Store.open(configuration)
    }

    /// An item of random bytes.
    func item(
        _ store: Store, sealed: [UInt8]? = nil, supersedes: ItemRecord? = nil, followUp: FollowUp? = nil
    ) throws -> NewItem {
        let sealed = sealed ?? random.bytes(600)
        let id = ItemID(at: clock.now, random: random)
        let metadata = ItemMetadata(
            stationId: name("station-1"), itemId: id, sequence: try store.reserveSequence(),
            revision: (supersedes?.metadata.revision ?? 0) + 1, supersedes: supersedes?.metadata.itemId,
            keyId: name("key-1"), suite: name("x25519-sha256-chacha20poly1305"), capturedAt: clock.now,
            clockQuality: clock.quality)
        let item = SealedItem(
            metadata: metadata, sealed: sealed, sha256: sha256(sealed), signingKeyId: name("signer-1"),
            signature: random.bytes(64))
        return NewItem(
            item: item, actor: name("op-7"), answer: Array("{\"id\":\"\(id)\"}".utf8),
            followUp: followUp.map(KeptFollowUp.new))
    }

    /// Saves an item of random bytes.
    @discardableResult
    func save(_ store: Store, shift: Int64, actor: WireName) async throws -> SealedItem {
        let new = try item(store)
        _ = try await store.save(NewItem(item: new.item, actor: actor, shift: shift))
        return new.item
    }

    @discardableResult
    func save(_ store: Store, sealed: [UInt8]? = nil) async throws -> SealedItem {
        let new = try item(store, sealed: sealed)
        _ = try await store.save(new)
        return new.item
    }

    /// Changes the closed file behind the store's back.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

func name(_ text: String) -> WireName { WireName(text)! }

func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

func receipt(_ item: SealedItem) -> VerifiedReceipt {
    VerifiedReceipt(receiptId: name("receipt-\(item.metadata.sequence)"), sha256: item.sha256, json: Array("{}".utf8))
}

/// A request with an idempotency key.
func request(_ key: String, body: String = "body") throws -> IdempotentRequest {
    try IdempotentRequest(key: key, body: Array(body.utf8))
}

func dataKey(_ byte: UInt8 = 7) throws -> StationDataKey {
    try StationDataKey(bytes: Redacted([UInt8](repeating: byte, count: 32)))
}

/// Expects a failure with a code.
func expectFailure(_ code: FailureCode, _ work: () async throws -> Void, at location: SourceLocation = #_sourceLocation)
    async
{
    do {
        try await work()
        Issue.record("succeeded instead of failing with \(code.rawValue)", sourceLocation: location)
    } catch let failure as Failure {
        #expect(failure.code == code, "\(failure)", sourceLocation: location)
    } catch {
        Issue.record("\(error)", sourceLocation: location)
    }
}

/// The label of the dispatch queue that the caller runs on.
func threadQueueLabel() -> String { String(cString: dispatchQueueLabel(nil)) }

@_silgen_name("dispatch_queue_get_label")
private func dispatchQueueLabel(_ queue: OpaquePointer?) -> UnsafePointer<CChar>

func fileSize(_ path: String) throws -> Int {
    (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? -1
}

func contains(_ path: String, _ needle: [UInt8]) throws -> Bool {
    try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(needle)) != nil
}

extension Store {
    /// A batch with its payloads, as it goes onto the wire: what cannot be vouched for is left out and quarantined.
    func nextBatch(maxItems: Int, maxBytes: Int, excluding: ItemID? = nil) async throws(Failure) -> [SealedItem] {
        while true {
            let chosen = try await chooseBatch(maxItems: maxItems, maxBytes: maxBytes, excluding: excluding)
            var batch: [SealedItem] = []
            for item in chosen {
                guard let sealed = try await payloads(of: [item.metadata.itemId])[0] else { continue }
                batch.append(
                    SealedItem(
                        metadata: item.metadata, sealed: sealed, sha256: item.sha256, signingKeyId: item.signingKeyId,
                        signature: item.signature))
            }
            if !batch.isEmpty || chosen.isEmpty { return batch }
        }
    }
}
