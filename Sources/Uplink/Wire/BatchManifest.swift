package import StationCore

/// The root part of a batch (`POST /v1/intake/batches`).
package struct BatchManifest: Codable, Hashable, Sendable {
    /// The version of the contract that this product speaks.
    package static let currentVersion = 1

    /// Version of the contract.
    package let version: Int
    /// This request's own id; also in the `Intake-Batch-Id` field.
    package let batchId: RequestID
    /// The delivering station: the client certificate's subject CN.
    package let senderId: StationID
    /// When the request was made, by the sender's wall clock.
    package let sentAt: Timestamp
    /// The sender's audit chain as it stands.
    package let audit: AuditHead
    /// What the sender knows of its clock.
    package let clock: ClockReport
    /// One entry per part, in the parts' order.
    package let items: [ManifestItem]

    /// Makes a manifest of the current version.
    package init(
        batchId: RequestID, senderId: StationID, sentAt: Timestamp, audit: AuditHead, clock: ClockReport,
        items: [ManifestItem]
    ) {
        version = Self.currentVersion
        self.batchId = batchId
        self.senderId = senderId
        self.sentAt = sentAt
        self.audit = audit
        self.clock = clock
        self.items = items
    }
}

/// The one member of a manifest that every version of the contract has; read first, so that a foreign version is
/// refused by name and not by shape.
package struct ManifestVersion: Codable, Hashable, Sendable {
    /// Version of the contract.
    package let version: Int
}

/// The signed head of a station's audit chain.
package struct AuditHead: Codable, Hashable, Sendable {
    /// Number of the last entry; 0 for a chain without entries.
    package let sequence: Int64
    /// Hash of the last entry.
    package let head: ContentDigest
    /// The station key that signed.
    package let signingKeyId: WireName
    /// Over `SigningBytes.auditHead`.
    package let signature: Signature

    /// Signs a head. Throws `keyInvalid`.
    package init(stationId: StationID, sequence: Int64, head: ContentDigest, key: StationSigningKey) throws {
        self.sequence = sequence
        self.head = head
        signingKeyId = key.keyId
        signature = try key.sign(SigningBytes.auditHead(stationId: stationId, sequence: sequence, head: head))
    }

    /// Whether the named station's key made the signature.
    package func verifies(stationId: StationID, key: VerifyingKey) -> Bool {
        key.keyId == signingKeyId
            && key.verifies(
                signature, over: SigningBytes.auditHead(stationId: stationId, sequence: sequence, head: head))
    }
}

/// What a station knows of its clock.
package struct ClockReport: Codable, Hashable, Sendable {
    /// Server minus station, in milliseconds, as last measured; nil before the first exchange.
    package let offsetMilliseconds: Int64?
    /// How far the wall clock may be trusted.
    package let quality: ClockQuality

    /// Makes a report.
    package init(offsetMilliseconds: Int64?, quality: ClockQuality) {
        self.offsetMilliseconds = offsetMilliseconds
        self.quality = quality
    }

    /// Writes an unknown offset as null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(offsetMilliseconds, forKey: .offsetMilliseconds)
        try container.encode(quality, forKey: .quality)
    }
}
