public import StationCore

/// One command of a read and its answer, without what they carried: headers, lengths, status, time. Never data, codes or
/// keys.
public struct FlightEntry: Codable, Hashable, Sendable {
    /// Milliseconds from the beginning of the read.
    public let at: Double
    /// Where the read stood.
    public let phase: ReadPhase
    /// CLA INS P1 P2 of the command before it was protected, hexadecimal.
    public let command: String
    /// CLA INS P1 P2 as sent.
    public let wire: String
    /// Lc before protection; 0 without data.
    public let lc: Int
    /// Le before protection; nil when no data was expected.
    public let le: Int?
    /// Bytes of the whole command as sent.
    public let sent: Int
    /// Bytes of the whole answer as received, status word included; 0 when none came.
    public let received: Int
    /// SW1 SW2, hexadecimal; nil when no answer came.
    public let status: String?
    /// How long the answer took.
    public let milliseconds: Double
    /// The code of what the channel reported instead of an answer.
    public let failure: FailureCode?

    /// States an entry.
    public init(
        at: Double, phase: ReadPhase, command: String, wire: String, lc: Int, le: Int?, sent: Int, received: Int,
        status: String?, milliseconds: Double, failure: FailureCode? = nil
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

    /// Whether another read did the same here; times do not count.
    public func agrees(with other: FlightEntry) -> Bool {
        command == other.command && wire == other.wire && lc == other.lc && le == other.le && sent == other.sent
            && received == other.received && status == other.status
    }
}

/// The flight recorder of one read: what was said to the card, and what with, so that a virtual card can be asked the
/// same.
public struct FlightRecord: Codable, Hashable, Sendable {
    /// What the read was told to do, and through what.
    public struct Conditions: Codable, Hashable, Sendable {
        /// What was to open the chip.
        public let credential: AccessCredential.Kind
        /// Whether BAC was allowed.
        public let allowsBasicAccessControl: Bool
        /// The files wanted, in their fixed order.
        public let files: [FileIdentifier]
        /// Name of the profile assumed.
        public let profile: String
        /// Whether reader and driver carry extended length.
        public let extendedLength: Bool
        /// Largest command they carry.
        public let maximumCommandBytes: Int
        /// Largest response they carry.
        public let maximumResponseBytes: Int

        /// Takes them from a plan and a channel.
        public init(plan: ReadPlan, credential: AccessCredential.Kind, capabilities: ChannelCapabilities) {
            self.credential = credential
            allowsBasicAccessControl = plan.allowsBasicAccessControl
            files = FileIdentifier.allCases.filter(plan.files.contains)
            profile = plan.profile.name
            extendedLength = capabilities.extendedLength
            maximumCommandBytes = capabilities.maximumCommandBytes
            maximumResponseBytes = capabilities.maximumResponseBytes
        }
    }

    /// What the read was told to do.
    public let conditions: Conditions
    /// The commands, in order; at most `Limits.Card.recordEntries`.
    public private(set) var entries: [FlightEntry] = []
    /// Commands behind the limit, counted only.
    public private(set) var omitted = 0

    /// A read that has sent nothing yet.
    public init(conditions: Conditions) { self.conditions = conditions }

    mutating func append(_ entry: FlightEntry) {
        guard entries.count < Limits.Card.recordEntries else { return omitted += 1 }
        entries.append(entry)
    }
}
