public import StationCore

/// What an administrator may do to the transmission: `POST /v1/transmission/{verb}`.
public enum TransmissionVerb: String, Codable, Sendable, CaseIterable {
    /// Send nothing until `resume`, across restarts too.
    case pause
    /// Send again.
    case resume
    /// Try now, whatever is waited for but upstream's Retry-After and a pause.
    case flush
}

/// A page of the audit: `GET /v1/audit`.
public struct AuditPage: Codable, Hashable, Sendable {
    /// One row. Its hash covers the canonical lines that docs/audit.md gives, the hash of the row before among them.
    public struct Row: Codable, Hashable, Sendable {
        /// From 1, without gaps.
        public let sequence: Int64
        /// When, by the station's clock.
        public let at: Timestamp
        /// How far that clock was to be trusted.
        public let clockQuality: ClockQuality
        /// Who: an operator's id, a peer's user id, or `station`.
        public let actor: String
        /// What.
        public let action: String
        /// To what.
        public let object: String?
        /// The application's sequence number, when the row is about one.
        public let itemSequence: Int64?
        /// A code that says why.
        public let detail: String?
        /// SHA-256, lower-case hexadecimal.
        public let hash: String

        /// Makes a row.
        public init(
            sequence: Int64, at: Timestamp, clockQuality: ClockQuality, actor: String, action: String, object: String?,
            itemSequence: Int64?, detail: String?, hash: String
        ) {
            self.sequence = sequence
            self.at = at
            self.clockQuality = clockQuality
            self.actor = actor
            self.action = action
            self.object = object
            self.itemSequence = itemSequence
            self.detail = detail
            self.hash = hash
        }
    }

    /// The chain's end when the page was made, signed by the station over `intake-station/audit-head/v1` and its fields,
    /// as every batch carries it upstream.
    public struct Head: Codable, Hashable, Sendable {
        /// The station.
        public let stationId: String
        /// The last row's number.
        public let sequence: Int64
        /// The last row's hash, lower-case hexadecimal.
        public let hash: String
        /// The station key that signed.
        public let signingKeyId: String
        /// Ed25519, base64.
        public let signature: String

        /// Makes a head.
        public init(stationId: String, sequence: Int64, hash: String, signingKeyId: String, signature: String) {
            self.stationId = stationId
            self.sequence = sequence
            self.hash = hash
            self.signingKeyId = signingKeyId
            self.signature = signature
        }
    }

    /// Rows in order.
    public let rows: [Row]
    /// Pass as `after` for the next page; nil at the end.
    public let next: Int64?
    /// The chain's end.
    public let head: Head

    /// Makes a page.
    public init(rows: [Row], next: Int64?, head: Head) {
        self.rows = rows
        self.next = next
        self.head = head
    }
}

/// The result of a walk along the whole audit chain: `POST /v1/audit/verify`.
public struct AuditReport: Codable, Hashable, Sendable {
    /// Whether every row follows from the one before.
    public let intact: Bool
    /// Rows that hold, from the first on.
    public let rows: Int64
    /// The first row that is missing, out of order or changed; nil when the chain is intact.
    public let brokenAt: Int64?

    /// Makes a report.
    public init(intact: Bool, rows: Int64, brokenAt: Int64?) {
        self.intact = intact
        self.rows = rows
        self.brokenAt = brokenAt
    }
}
