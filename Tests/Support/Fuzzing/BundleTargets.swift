import Foundation
import StationCore
import Uplink

extension FuzzTarget {
    /// What a foreign stick holds.
    static var bundles: [FuzzTarget] {
        [
            FuzzTarget("bundle-manifest", tokens: jsonWords, corpus: { try manifests() }) { input in
                let manifest = try BundleManifest(parsing: input)
                try Violation.unless(
                    BundleManifest(parsing: manifest.encoded()) == manifest, "a manifest changes when written again")
                for file in manifest.files {
                    try Violation.unless(!file.name.contains("/"), "a name that points elsewhere")
                }
            },
            FuzzTarget("bundle-batch", tokens: framingWords, corpus: { [try batch()] }) { input in
                let batch = try BatchFile(parsing: input)
                try Violation.unless(batch.items.count == batch.manifest.items.count, "items that no entry names")
                for item in batch.items {
                    try Violation.unless(
                        ContentDigest(of: item.sealed) == item.entry.sha256, "bytes that are not their entry's")
                }
            },
            FuzzTarget("bundle-receipts", tokens: jsonWords, corpus: { [try receiptFile()] }) { input in
                let file = try ReceiptFile(parsing: input)
                let again = try ReceiptFile(parsing: ReceiptFile.encode(file.receipts))
                try Violation.unless(again.receipts == file.receipts, "receipts change when written again")
            },
        ]
    }

    private static let jsonWords = [
        "{", "}", "[", "]", "\"", ":", ",", "null", "../", "batch-000001.body", "1e9", "-1",
    ]
    .map { Array($0.utf8) }
    private static let framingWords = [
        "\r\n", "\r\n\r\n", "Content-Type: ", "boundary=", "--", "\"items\":[", "\"", ";",
    ]
    .map { Array($0.utf8) }

    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private static func name(_ text: String) throws -> WireName {
        guard let name = WireName(text) else { throw Failure(.internalFault, text) }
        return name
    }

    private static func key() throws -> StationSigningKey {
        try StationSigningKey(keyId: name("signing-1"), seed: [UInt8](repeating: 7, count: 32))
    }

    private static func manifests() throws -> [[UInt8]] {
        try BundleKind.allCases.map { kind in
            let files = (1...3).map {
                BundleFile(name: kind.fileName($0), size: 100 * $0, sha256: ContentDigest(of: [UInt8($0)]))
            }
            return try BundleManifest(
                bundleId: RequestID(random: SeededSource(seed: 1)), stationId: name("station-1"), createdAt: now,
                files: files, key: key()
            ).encoded()
        }
    }

    private static func entry(_ number: UInt8) throws -> OutgoingItem {
        let sealed = [UInt8](repeating: number, count: 60)
        let context = ItemContext(
            suite: .x25519, stationId: try name("station-1"),
            itemId: ItemID(at: now, random: SeededSource(seed: UInt64(number))), sequence: Int64(number), revision: 1,
            supersedes: nil, keyId: try name("rk-1"), capturedAt: now)
        return OutgoingItem(
            entry: try ManifestItem(context: context, sealed: sealed, key: try key()), sealed: sealed)
    }

    private static func batch() throws -> [UInt8] {
        try BatchFile.encode(
            [entry(1), entry(2)], batchId: RequestID(random: SeededSource(seed: 2)), senderId: name("station-1"),
            sentAt: now,
            audit: AuditHead(stationId: name("station-1"), sequence: 1, head: ContentDigest(of: []), key: key()),
            clock: ClockReport(offsetMilliseconds: nil, quality: .unsynchronized), random: SeededSource(seed: 3)
        ).flatMap { $0 }
    }

    private static func receiptFile() throws -> [UInt8] {
        try ReceiptFile.encode(
            [ReceiptVerdict.accepted, .rejected(type: "content-invalid") ?? .accepted].map { verdict in
                try Receipt(
                    receiptId: name("r-1"), verdict: verdict, stationId: name("station-1"),
                    itemId: entry(1).entry.itemId, sha256: entry(1).entry.sha256, receivedAt: now, key: key())
            })
    }
}
