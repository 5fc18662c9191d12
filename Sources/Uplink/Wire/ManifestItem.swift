package import StationCore

/// One item of a batch as its manifest names it. Made at capture, never re-made.
package struct ManifestItem: Hashable, Sendable {
    /// The item's identity.
    package let itemId: ItemID
    /// The capturing station, which may differ from the sender.
    package let stationId: StationID
    /// From 1, unique within the capturing station, gaps allowed, at most 2^53-1.
    package let sequence: Int64
    /// 1 for a first capture, n+1 for a correction.
    package let revision: Int
    /// The item that this one corrects.
    package let supersedes: ItemID?
    /// The recipient key it is sealed to.
    package let keyId: WireName
    /// When it was captured, by the station's wall clock.
    package let capturedAt: Timestamp
    /// Bytes of the part.
    package let size: Int
    /// Digest of the part's bytes.
    package let sha256: ContentDigest
    /// The capturing station's key that signed.
    package let signingKeyId: WireName
    /// Over `SigningBytes.item`.
    package let signature: Signature
    /// Bytes of the part that upstream kept from a request that was cut: this part begins behind them.
    package private(set) var offset = 0

    /// Signs a freshly sealed item. Throws `keyInvalid`.
    package init(context: ItemContext, sealed: [UInt8], key: StationSigningKey) throws {
        let sha256 = ContentDigest(of: sealed)
        self.init(
            context: context, size: sealed.count, sha256: sha256, signingKeyId: key.keyId,
            signature: try key.sign(SigningBytes.item(context, sha256: sha256)))
    }

    /// Puts a stored item together again.
    package init(
        context: ItemContext, size: Int, sha256: ContentDigest, signingKeyId: WireName, signature: Signature
    ) {
        itemId = context.itemId
        stationId = context.stationId
        sequence = context.sequence
        revision = context.revision
        supersedes = context.supersedes
        keyId = context.keyId
        capturedAt = context.capturedAt
        self.size = size
        self.sha256 = sha256
        self.signingKeyId = signingKeyId
        self.signature = signature
    }

    /// Bytes of the part in this request.
    var partBytes: Int { size - offset }

    /// The same item, of which this request brings only what stands behind so many bytes.
    package func resumed(at offset: Int) -> ManifestItem {
        var resumed = self
        resumed.offset = offset
        return resumed
    }

    /// What sealing and signature bind, given the suite of the recipient key.
    package func context(suite: Suite) -> ItemContext {
        ItemContext(
            suite: suite, stationId: stationId, itemId: itemId, sequence: sequence, revision: revision,
            supersedes: supersedes, keyId: keyId, capturedAt: capturedAt)
    }

    /// Whether the named station key signed exactly this entry, for a recipient key of this suite.
    package func verifies(suite: Suite, key: VerifyingKey) -> Bool {
        key.keyId == signingKeyId
            && key.verifies(signature, over: SigningBytes.item(context(suite: suite), sha256: sha256))
    }
}

extension ManifestItem: Codable {
    private enum CodingKeys: String, CodingKey {
        case itemId, stationId, sequence, revision, supersedes, keyId, capturedAt, size, sha256, signingKeyId, signature
        case offset
    }

    /// Refuses a sequence outside 1...2^53-1, a revision below 1, a negative size and an offset that leaves nothing.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        itemId = try container.decode(ItemID.self, forKey: .itemId)
        stationId = try container.decode(StationID.self, forKey: .stationId)
        sequence = try container.decode(Int64.self, forKey: .sequence)
        revision = try container.decode(Int.self, forKey: .revision)
        supersedes = try container.decodeIfPresent(ItemID.self, forKey: .supersedes)
        keyId = try container.decode(WireName.self, forKey: .keyId)
        capturedAt = try container.decode(Timestamp.self, forKey: .capturedAt)
        size = try container.decode(Int.self, forKey: .size)
        sha256 = try container.decode(ContentDigest.self, forKey: .sha256)
        signingKeyId = try container.decode(WireName.self, forKey: .signingKeyId)
        signature = try container.decode(Signature.self, forKey: .signature)
        guard (1...Limits.Store.sequence).contains(sequence) else {
            throw DecodingError.dataCorruptedError(
                forKey: .sequence, in: container, debugDescription: "not 1 to 2^53-1")
        }
        guard revision >= 1, Int64(revision) <= Limits.Store.sequence else {
            throw DecodingError.dataCorruptedError(forKey: .revision, in: container, debugDescription: "not from 1")
        }
        guard size >= 0 else {
            throw DecodingError.dataCorruptedError(forKey: .size, in: container, debugDescription: "negative")
        }
        offset = try container.decodeIfPresent(Int.self, forKey: .offset) ?? 0
        guard (0..<max(1, size)).contains(offset) else {
            throw DecodingError.dataCorruptedError(
                forKey: .offset, in: container, debugDescription: "not within the part")
        }
    }

    /// Writes an absent predecessor as null, and an offset only where there is one.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(itemId, forKey: .itemId)
        try container.encode(stationId, forKey: .stationId)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(revision, forKey: .revision)
        try container.encode(supersedes, forKey: .supersedes)
        try container.encode(keyId, forKey: .keyId)
        try container.encode(capturedAt, forKey: .capturedAt)
        try container.encode(size, forKey: .size)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(signingKeyId, forKey: .signingKeyId)
        try container.encode(signature, forKey: .signature)
        if offset > 0 { try container.encode(offset, forKey: .offset) }
    }
}
