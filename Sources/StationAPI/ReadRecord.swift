public import StationCore

/// Answer of `GET /v1/reads/{id}/record`: the flight recorder of one read. Headers, lengths, status words and times of the
/// commands; never what they carried, and nothing of the person.
public struct ReadRecord: Codable, Hashable, Sendable {
    /// The read's id.
    public let id: String
    /// The reader's id.
    public let reader: String
    /// When the read began.
    public let startedAt: Timestamp
    /// Version of the software that read.
    public let software: String
    /// Why it failed: a stable code; nil when it did not.
    public let problem: String?
    /// The attempts, in order: one for each credential tried and each time that the card came back; the newest where there
    /// were many. None when no command was sent.
    public let attempts: [Attempt]

    /// One way from the first command to the end or to where it broke off.
    public struct Attempt: Codable, Hashable, Sendable {
        /// What it was told to do.
        public let conditions: Conditions
        /// The commands, in order.
        public let entries: [Entry]
        /// Commands behind the limit of a record.
        public let omitted: Int

        /// Makes an attempt.
        public init(conditions: Conditions, entries: [Entry], omitted: Int) {
            self.conditions = conditions
            self.entries = entries
            self.omitted = omitted
        }
    }

    /// What the read was told to do, and through what.
    public struct Conditions: Codable, Hashable, Sendable {
        /// What was to open the chip: `can` or `mrz`.
        public let credential: String
        /// Whether BAC was allowed.
        public let allowsBasicAccessControl: Bool
        /// The files wanted, such as `DG1`.
        public let files: [String]
        /// Name of the card profile assumed.
        public let profile: String
        /// Whether reader and driver carry extended length.
        public let extendedLength: Bool
        /// Largest command they carry, in bytes.
        public let maximumCommandBytes: Int
        /// Largest response they carry, in bytes.
        public let maximumResponseBytes: Int

        /// Makes conditions.
        public init(
            credential: String, allowsBasicAccessControl: Bool, files: [String], profile: String, extendedLength: Bool,
            maximumCommandBytes: Int, maximumResponseBytes: Int
        ) {
            self.credential = credential
            self.allowsBasicAccessControl = allowsBasicAccessControl
            self.files = files
            self.profile = profile
            self.extendedLength = extendedLength
            self.maximumCommandBytes = maximumCommandBytes
            self.maximumResponseBytes = maximumResponseBytes
        }
    }

    /// One command and its answer.
    public struct Entry: Codable, Hashable, Sendable {
        /// Milliseconds from the beginning of the read.
        public let at: Double
        /// Where the read stood, a stable word.
        public let phase: String
        /// CLA INS P1 P2 before protection, hexadecimal.
        public let command: String
        /// CLA INS P1 P2 as sent.
        public let wire: String
        /// Lc before protection.
        public let lc: Int
        /// Le before protection.
        public let le: Int?
        /// Bytes of the whole command as sent.
        public let sent: Int
        /// Bytes of the whole answer as received.
        public let received: Int
        /// SW1 SW2, hexadecimal; nil when no answer came.
        public let status: String?
        /// How long the answer took.
        public let milliseconds: Double
        /// What came instead of an answer, a stable code.
        public let failure: String?

        /// Makes an entry.
        public init(
            at: Double, phase: String, command: String, wire: String, lc: Int, le: Int?, sent: Int, received: Int,
            status: String?, milliseconds: Double, failure: String?
        ) {
            self.at = at
            self.phase = phase
            self.command = command
            self.wire = wire
            self.lc = lc
            self.le = le
            self.sent = sent
            self.received = received
            self.status = status
            self.milliseconds = milliseconds
            self.failure = failure
        }
    }

    /// Makes a record.
    public init(
        id: String, reader: String, startedAt: Timestamp, software: String, problem: String?, attempts: [Attempt]
    ) {
        self.id = id
        self.reader = reader
        self.startedAt = startedAt
        self.software = software
        self.problem = problem
        self.attempts = attempts
    }
}
