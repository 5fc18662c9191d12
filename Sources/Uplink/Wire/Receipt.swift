package import StationCore

/// What a receipt says of an item: `accepted`, or `rejected:` and the last path segment of the problem's type.
package struct ReceiptVerdict: Hashable, Sendable {
    /// The text as it is signed.
    package let text: String

    /// Upstream has the item for good.
    package static let accepted = ReceiptVerdict(unchecked: "accepted")

    /// Upstream will not take the item. Nil unless the type is 1 to 200 visible ASCII characters.
    package static func rejected(type: String) -> ReceiptVerdict? { ReceiptVerdict("rejected:" + type) }

    /// Parses the text; nil for any other form. Visible ASCII only, so that no verdict can pretend to be two lines of a
    /// signed text.
    package init?(_ text: String) {
        guard text != "accepted" else {
            self = .accepted
            return
        }
        guard text.hasPrefix("rejected:"), (10...209).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    /// The rejection's type, as its last path segment; nil for an acceptance.
    package var rejectedType: String? {
        guard self != .accepted else { return nil }
        return text.dropFirst(9).split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    }
}

extension ReceiptVerdict: Codable {
    /// Reads the text; any other form is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = ReceiptVerdict(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a verdict")
        }
        self = value
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The authority's signed word on one item: the proof on which a payload may be deleted. The same by network and by
/// stick.
package struct Receipt: Codable, Hashable, Sendable {
    /// The receipt's own name.
    package let receiptId: WireName
    /// Accepted, or rejected with its type.
    package let verdict: ReceiptVerdict
    /// The capturing station.
    package let stationId: StationID
    /// The item.
    package let itemId: ItemID
    /// Digest of the item's sealed bytes.
    package let sha256: ContentDigest
    /// When upstream received the item, by its clock.
    package let receivedAt: Timestamp
    /// The authority key that signed.
    package let authorityKeyId: WireName
    /// Over `SigningBytes.receipt`.
    package let signature: Signature

    /// Signs a receipt. Throws `keyInvalid`.
    package init(
        receiptId: WireName, verdict: ReceiptVerdict, stationId: StationID, itemId: ItemID, sha256: ContentDigest,
        receivedAt: Timestamp, key: AuthoritySigningKey
    ) throws {
        self.receiptId = receiptId
        self.verdict = verdict
        self.stationId = stationId
        self.itemId = itemId
        self.sha256 = sha256
        self.receivedAt = receivedAt
        authorityKeyId = key.keyId
        signature = try key.sign(
            SigningBytes.receipt(
                verdict: verdict, stationId: stationId, itemId: itemId, sha256: sha256, receiptId: receiptId,
                receivedAt: receivedAt))
    }

    /// Whether a pinned authority signed this receipt.
    package func verifies(by authorities: AuthorityKeys) -> Bool {
        let bytes = SigningBytes.receipt(
            verdict: verdict, stationId: stationId, itemId: itemId, sha256: sha256, receiptId: receiptId,
            receivedAt: receivedAt)
        return authorities.verifies(signature, over: bytes, by: authorityKeyId)
    }
}
