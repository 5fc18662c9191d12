package import StationCore

/// Receipts as a file of a bundle: the same objects that answers carry, rejections included.
package struct ReceiptFile: Sendable {
    /// 1 to `Limits.Bundle.receipts` receipts. Their signatures are not judged here.
    package let receipts: [Receipt]

    private struct Wire: Codable {
        let version: Int
        let receipts: [Receipt]
    }

    private static let currentVersion = 1

    /// The file's bytes.
    package static func encode(_ receipts: [Receipt]) throws -> [UInt8] {
        try StrictJSON.encode(Wire(version: currentVersion, receipts: receipts))
    }

    /// Reads a foreign file. Throws `bundleInvalid`.
    package init(parsing bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Bundle.receiptFileBytes else { throw Failure(.bundleInvalid, "too large") }
        do throws(StrictJSON.Refusal) {
            let wire = try StrictJSON.decode(Wire.self, from: bytes)
            guard wire.version == Self.currentVersion else { throw .shape(path: "version") }
            guard (1...Limits.Bundle.receipts).contains(wire.receipts.count) else { throw .shape(path: "receipts") }
            receipts = wire.receipts
        } catch {
            throw Failure(.bundleInvalid, "receipts: \(error)")
        }
    }
}

extension Receipt {
    /// Whether this receipt settles an item: it speaks of this item, of its capturing station and of exactly its bytes, and
    /// a pinned authority signed it. The same by network and by stick.
    package func settles(_ item: SentItem, by authorities: AuthorityKeys) -> Bool {
        itemId == item.itemId && stationId == item.stationId && sha256 == item.sha256 && verifies(by: authorities)
    }
}
