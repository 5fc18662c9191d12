package import StationCore

/// The document that is sealed: root part of an item's plaintext, `docs/schema/application-1.json`.
package struct ApplicationDocument: Hashable, Sendable {
    /// Version of the schema that this type is.
    package static let schemaVersion = 1

    /// What the item is about.
    package enum Content: Hashable, Sendable {
        /// A whole application.
        case application(ApplicationContent)
        /// A correction of an application whose content the station cannot read back: the changed fields only.
        case amendment(AmendmentContent)
    }

    /// Identity of this item.
    package let itemId: ItemID
    /// Station that captured it.
    package let stationId: StationID
    /// 1 for a first capture, one more for each correction.
    package let revision: Int
    /// The item that this one corrects.
    package let supersedes: ItemID?
    /// Wall-clock time of capture, equal to the manifest's.
    package let capturedAt: Timestamp
    /// How far that time may be trusted.
    package let clockQuality: ClockQuality
    /// Who took it in, where, from which list.
    package let intake: IntakeCircumstances
    /// The application or its amendment.
    package let content: Content

    /// Makes a document. Whether it is consistent, `problems` says.
    package init(
        itemId: ItemID,
        stationId: StationID,
        revision: Int,
        supersedes: ItemID?,
        capturedAt: Timestamp,
        clockQuality: ClockQuality,
        intake: IntakeCircumstances,
        content: Content
    ) {
        self.itemId = itemId
        self.stationId = stationId
        self.revision = revision
        self.supersedes = supersedes
        self.capturedAt = capturedAt
        self.clockQuality = clockQuality
        self.intake = intake
        self.content = content
    }

    /// The bytes that are sealed: JSON with sorted members.
    package func encoded() throws -> [UInt8] { try StrictJSON.encode(self) }

    /// Reads a document strictly: repeated members, another version or shape are refused, unknown members ignored.
    package static func decode(_ bytes: [UInt8]) throws(StrictJSON.Refusal) -> ApplicationDocument {
        try StrictJSON.decode(ApplicationDocument.self, from: bytes)
    }
}

/// Who took an application in, where, and from which list: ids only, so that counting needs no personal data.
package struct IntakeCircumstances: Codable, Hashable, Sendable {
    /// Operator who saved it.
    package let operatorId: WireName?
    /// Intake session (phiên).
    package let sessionId: WireName?
    /// Team (tổ).
    package let teamId: WireName?
    /// Intake point (điểm thu nhận).
    package let pointId: WireName?
    /// Row of the invitation list; nil for a walk-in.
    package let invitationRowId: WireName?
    /// Hamlet or quarter of residence.
    package let hamletId: WireName?

    /// Takes what is known.
    package init(
        operatorId: WireName? = nil,
        sessionId: WireName? = nil,
        teamId: WireName? = nil,
        pointId: WireName? = nil,
        invitationRowId: WireName? = nil,
        hamletId: WireName? = nil
    ) {
        self.operatorId = operatorId
        self.sessionId = sessionId
        self.teamId = teamId
        self.pointId = pointId
        self.invitationRowId = invitationRowId
        self.hamletId = hamletId
    }
}

extension ApplicationDocument: Codable {
    private enum Kind: String, Codable {
        case application, amendment
    }

    private enum Keys: String, CodingKey {
        case schemaVersion, itemId, stationId, revision, supersedes, kind, capturedAt, clockQuality, intake, application
        case amendment
    }

    /// Reads a document; another schema version is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        guard try container.decode(Int.self, forKey: .schemaVersion) == Self.schemaVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .schemaVersion,
                in: container,
                debugDescription: "schema version is not \(Self.schemaVersion)"
            )
        }
        itemId = try container.decode(ItemID.self, forKey: .itemId)
        stationId = try container.decode(StationID.self, forKey: .stationId)
        revision = try container.decode(Int.self, forKey: .revision)
        supersedes = try container.decodeIfPresent(ItemID.self, forKey: .supersedes)
        capturedAt = try container.decode(Timestamp.self, forKey: .capturedAt)
        clockQuality = try container.decode(ClockQuality.self, forKey: .clockQuality)
        intake = try container.decode(IntakeCircumstances.self, forKey: .intake)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .application:
            content = .application(try container.decode(ApplicationContent.self, forKey: .application))
        case .amendment:
            content = .amendment(try container.decode(AmendmentContent.self, forKey: .amendment))
        }
    }

    /// Writes every member that has a value.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(Self.schemaVersion, forKey: .schemaVersion)
        try container.encode(itemId, forKey: .itemId)
        try container.encode(stationId, forKey: .stationId)
        try container.encode(revision, forKey: .revision)
        try container.encodeIfPresent(supersedes, forKey: .supersedes)
        try container.encode(capturedAt, forKey: .capturedAt)
        try container.encode(clockQuality, forKey: .clockQuality)
        try container.encode(intake, forKey: .intake)
        switch content {
        case .application(let application):
            try container.encode(Kind.application, forKey: .kind)
            try container.encode(application, forKey: .application)
        case .amendment(let amendment):
            try container.encode(Kind.amendment, forKey: .kind)
            try container.encode(amendment, forKey: .amendment)
        }
    }
}
