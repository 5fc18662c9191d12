package import StationCore

/// What an item's sealing and signature bind together, so that no ciphertext can be moved to another identity.
package struct ItemContext: Hashable, Sendable {
    /// How the item is sealed.
    package let suite: Suite
    /// The station that captured it.
    package let stationId: StationID
    /// The item's identity, made once at capture.
    package let itemId: ItemID
    /// From 1, unique within the station, gaps allowed, at most 2^53-1.
    package let sequence: Int64
    /// 1 for a first capture, n+1 for a correction.
    package let revision: Int
    /// The item that this one corrects.
    package let supersedes: ItemID?
    /// The recipient key it is sealed to.
    package let keyId: WireName
    /// When it was captured, by the station's wall clock.
    package let capturedAt: Timestamp

    /// Makes a context.
    package init(
        suite: Suite, stationId: StationID, itemId: ItemID, sequence: Int64, revision: Int, supersedes: ItemID?,
        keyId: WireName, capturedAt: Timestamp
    ) {
        self.suite = suite
        self.stationId = stationId
        self.itemId = itemId
        self.sequence = sequence
        self.revision = revision
        self.supersedes = supersedes
        self.keyId = keyId
        self.capturedAt = capturedAt
    }
}

/// Every byte string that is signed or authenticated on the upstream contract's wires, version 1. UTF-8; lines end in
/// LF between fields and, where a list of lines follows, after each line.
package enum SigningBytes {
    /// HPKE `info` of every sealed application.
    package static let applicationInfo = Array("intake-station/application/v1".utf8)

    /// HPKE additional authenticated data of an item.
    package static func itemAuthenticatedData(_ context: ItemContext) -> [UInt8] {
        lines(
            "intake-station/item/v1", context.suite.rawValue, context.stationId.text, context.itemId.text,
            String(context.sequence), String(context.revision), context.supersedes?.text ?? "-", context.keyId.text,
            context.capturedAt.text)
    }

    /// What the station signs for an item: the authenticated data, then the digest of the sealed bytes.
    package static func item(_ context: ItemContext, sha256: ContentDigest) -> [UInt8] {
        itemAuthenticatedData(context) + lines("", sha256.text)
    }

    /// What the station signs for the head of its audit chain.
    package static func auditHead(stationId: StationID, sequence: Int64, head: ContentDigest) -> [UInt8] {
        lines("intake-station/audit-head/v1", stationId.text, String(sequence), head.text)
    }

    /// What the authority signs for a receipt.
    package static func receipt(
        verdict: ReceiptVerdict, stationId: StationID, itemId: ItemID, sha256: ContentDigest, receiptId: WireName,
        receivedAt: Timestamp
    ) -> [UInt8] {
        lines(
            "intake-station/receipt/v1", verdict.text, stationId.text, itemId.text, sha256.text, receiptId.text,
            receivedAt.text)
    }

    /// What the authority signs for a list of recipient keys, in the list's order.
    package static func keys(serial: Int64, issuedAt: Timestamp, keys: [RecipientKey]) -> [UInt8] {
        var bytes = lines("intake-station/keys/v1", String(serial), issuedAt.text, "")
        for key in keys {
            bytes +=
                "\(key.keyId.text) \(key.suite.text) \(key.publicKey) \(key.notBefore.text) \(key.notAfter.text)\n"
                .utf8
        }
        return bytes
    }

    private static func lines(_ fields: String...) -> [UInt8] {
        Array(fields.joined(separator: "\n").utf8)
    }
}
