import Crypto
import Foundation
import Glibc
import StationCore
import Store

/// What a save costs the store beside one `fdatasync` of the same bytes appended to a growing file on the same disk, and
/// beside the least that SQLite needs for blob, state and audit row.
package struct SaveMeasurement: Sendable {
    /// Save, from the call to the commit, in milliseconds, sorted.
    package let saves: [Double]
    /// Append and `fdatasync`, in milliseconds, sorted.
    package let appends: [Double]

    /// A plain SQLite's transaction with the same bytes, in milliseconds, sorted.
    package let plain: [Double]

    /// Median save over median append.
    package var medianRatio: Double { Self.percentile(saves, 50) / Self.percentile(appends, 50) }

    /// A line with the figures.
    package var text: String {
        func figures(_ values: [Double]) -> String {
            "p50 \(rounded(Self.percentile(values, 50))) ms, p99 \(rounded(Self.percentile(values, 99))) ms"
        }
        return
            "save \(figures(saves)); plain SQLite \(figures(plain)); fdatasync \(figures(appends)); ratio of medians \(rounded(medianRatio))"
    }

    private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

    /// A percentile of sorted values, nearest rank.
    package static func percentile(_ sorted: [Double], _ percent: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }

    /// Saves `count` items of `bytes` random bytes into a store of its own in `directory`, each save followed by one
    /// append of as many bytes to a file beside it and one to a plain database, so that all meet the same moments of the disk.
    package static func run(directory: String, count: Int, bytes: Int) async throws -> SaveMeasurement {
        let random = SystemRandomSource()
        let path = directory + "/measured.sqlite"
        let clock = SystemClock()
        let store = try await Store.open(
            StoreConfiguration(path: path, clock: clock, dataKey: try StationDataKey(bytes: Redacted(random.bytes(32))))
        )
        let descriptor = Glibc.open(directory + "/appended", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.diskWriteFailed, "errno \(errno)") }
        defer { Glibc.close(descriptor) }
        var saves: [Double] = []
        var appends: [Double] = []
        var plain: [Double] = []
        let peer = try PlainSQLite(path: directory + "/plain.sqlite")
        // Made beforehand, so that neither side pays alone for caches that making them has emptied.
        let items = try (0..<count).map { _ in
            try item(random.bytes(bytes), store: store, clock: clock, random: random)
        }
        for item in items {
            let request = try IdempotentRequest(key: item.item.metadata.itemId.text, body: item.item.sha256)
            saves.append(
                try await milliseconds {
                    let saved = try await store.save(item, answering: request)
                    // What it leaves out would be measured as if it were fast.
                    guard saved.followUpKept else { throw Failure(.internalFault, "no follow-up") }
                })
            appends.append(try await milliseconds { try append(item.item.sealed, to: descriptor) })
            plain.append(
                try await milliseconds {
                    try peer.save(item.item.metadata.sequence, item.item.sealed, hash: item.item.sha256)
                })
        }
        try await store.close()
        try peer.close()
        return SaveMeasurement(saves: saves.sorted(), appends: appends.sorted(), plain: plain.sorted())
    }

    private static func item(
        _ sealed: [UInt8], store: Store, clock: SystemClock, random: SystemRandomSource
    ) throws -> NewItem {
        guard let name = WireName("measurement") else { throw Failure(.internalFault) }
        let metadata = ItemMetadata(
            stationId: name, itemId: ItemID(at: clock.now, random: random), sequence: try store.reserveSequence(),
            keyId: name, suite: name, capturedAt: clock.now, clockQuality: clock.quality)
        let sha256 = Array(SHA256.hash(data: sealed))
        return NewItem(
            item: SealedItem(
                metadata: metadata, sealed: sealed, sha256: sha256, signingKeyId: name,
                signature: [UInt8](repeating: 1, count: 64)),
            actor: name, answer: Array("[]".utf8),
            followUp: .new(
                FollowUp(
                    personalNumber: Redacted(digits(12, random)), phone: Redacted("09" + digits(8, random)),
                    name: Redacted("Nguyễn Văn Thử"), hamlet: Redacted("Ấp 3"),
                    keepUntil: clock.now.adding(.seconds(30 * 86_400)))), shift: 1)
    }

    private static func digits(_ count: Int, _ random: SystemRandomSource) -> String {
        random.bytes(count).map { String($0 % 10) }.joined()
    }

    private static func milliseconds(_ work: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start).milliseconds
    }

    private static func append(_ bytes: [UInt8], to descriptor: CInt) throws {
        guard write(descriptor, bytes, bytes.count) == bytes.count, fdatasync(descriptor) == 0 else {
            throw Failure(.diskWriteFailed, "errno \(errno)")
        }
    }
}
