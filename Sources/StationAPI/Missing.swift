public import StationCore

/// What the station may have acknowledged and cannot vouch for: `GET /v1/missing`, administrator socket.
public struct MissingList: Codable, Hashable, Sendable {
    /// A sequence number, or a range of them.
    public struct Range: Codable, Hashable, Sendable {
        /// The first number.
        public let first: Int64
        /// The last number.
        public let last: Int64
        /// Why: `payload-damaged`, `payload-missing`, `lost`, `unaccounted` or `tail`; docs/storage.md says what each means.
        public let reason: String
        /// When it was found.
        public let foundAt: Timestamp
        /// When somebody said that it is dealt with; nil while nobody has.
        public let acknowledgedAt: Timestamp?
        /// Who said so.
        public let acknowledgedBy: String?
        /// Why.
        public let acknowledgedReason: String?

        /// Makes a range.
        public init(
            first: Int64, last: Int64, reason: String, foundAt: Timestamp, acknowledgedAt: Timestamp?,
            acknowledgedBy: String?, acknowledgedReason: String?
        ) {
            self.first = first
            self.last = last
            self.reason = reason
            self.foundAt = foundAt
            self.acknowledgedAt = acknowledgedAt
            self.acknowledgedBy = acknowledgedBy
            self.acknowledgedReason = acknowledgedReason
        }
    }

    /// In the order of their numbers.
    public let missing: [Range]

    /// Makes a list.
    public init(missing: [Range]) { self.missing = missing }
}

/// Body of `POST /v1/missing/{first}/acknowledge`, administrator socket.
public struct MissingAcknowledgement: Codable, Hashable, Sendable {
    /// A `ReasonCode`, such as `settled`.
    public let reason: String

    /// Makes an order.
    public init(reason: ReasonCode) { self.reason = reason.rawValue }
}
