package import StationCore

/// What travels beside a sealed payload and what its additional data and signature bind: enough to rebuild the state of
/// an application from its payload row alone.
package struct ItemMetadata: Hashable, Sendable {
    /// The capturing station.
    package let stationId: StationID
    /// The application's identity, made once at capture.
    package let itemId: ItemID
    /// From `Store.reserveSequence()`: from 1, unique for this station, gaps allowed.
    package let sequence: Int64
    /// 1 for a first submission, n + 1 for a correction of revision n.
    package let revision: Int
    /// The item that this one corrects.
    package let supersedes: ItemID?
    /// Upstream's recipient key.
    package let keyId: WireName
    /// The HPKE suite's name on the wire.
    package let suite: WireName
    /// Wall-clock time of capture.
    package let capturedAt: Timestamp
    /// How far `capturedAt` may be trusted.
    package let clockQuality: ClockQuality

    /// Makes the metadata of one item.
    package init(
        stationId: StationID, itemId: ItemID, sequence: Int64, revision: Int = 1, supersedes: ItemID? = nil,
        keyId: WireName, suite: WireName, capturedAt: Timestamp, clockQuality: ClockQuality
    ) {
        self.stationId = stationId
        self.itemId = itemId
        self.sequence = sequence
        self.revision = revision
        self.supersedes = supersedes
        self.keyId = keyId
        self.suite = suite
        self.capturedAt = capturedAt
        self.clockQuality = clockQuality
    }
}

/// One application as it lies in the store and travels: sealed, signed, unreadable here.
package struct SealedItem: Hashable, Sendable {
    /// What the seal and the signature bind.
    package let metadata: ItemMetadata
    /// `enc || ciphertext`, the bytes of the wire's part.
    package let sealed: [UInt8]
    /// SHA-256 of `sealed`, 32 bytes.
    package let sha256: [UInt8]
    /// The station key that signed.
    package let signingKeyId: WireName
    /// Ed25519 signature over the additional data, a line feed and the digest in hex.
    package let signature: [UInt8]

    /// Makes a sealed item; the store refuses it when `sha256` is not the digest of `sealed`.
    package init(
        metadata: ItemMetadata, sealed: [UInt8], sha256: [UInt8], signingKeyId: WireName, signature: [UInt8]
    ) {
        self.metadata = metadata
        self.sealed = sealed
        self.sha256 = sha256
        self.signingKeyId = signingKeyId
        self.signature = signature
    }
}
