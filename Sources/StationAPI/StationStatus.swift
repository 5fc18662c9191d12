public import StationCore

/// Answer of `GET /v1/status`, and the first event of a stream: the station at one glance, nothing personal in it.
public struct StationStatus: Codable, Hashable, Sendable {
    /// Whether everything works.
    public enum Health: String, Codable, Sendable, CaseIterable {
        /// Nothing needs anybody.
        case ok
        /// Intake goes on, something needs attention.
        case degraded
        /// No new application is taken in.
        case stopped
    }

    /// The station's identity upstream.
    public let stationId: String
    /// The daemon's release.
    public let software: String
    /// The overall judgement.
    public let health: Health
    /// When the daemon started.
    public let startedAt: Timestamp
    /// The station's clock.
    public let clock: Clock
    /// Whether and for how long applications can be taken in.
    public let intake: Intake
    /// Reader service and readers.
    public let readers: ReaderList
    /// The spool.
    public let queue: Queue
    /// The way to upstream.
    public let uplink: Uplink
    /// What upstream decided; nil until it has told once: no figure is not the figure zero.
    public let decisions: Decisions?
    /// What needs attention, most urgent first.
    public let problems: [Problem]

    /// What upstream decided, as far as it has told; never the station's own figure.
    public struct Decisions: Codable, Hashable, Sendable {
        /// When upstream last answered.
        public let asOf: Timestamp
        /// Applications by meaning; `unknown` is not among them.
        public let counts: [String: Int]
        /// Applications by words whose meaning the configuration does not say: shown as they are, counted nowhere.
        public let unknownLabels: [String: Int]

        /// Makes a report.
        public init(asOf: Timestamp, counts: [String: Int], unknownLabels: [String: Int]) {
            self.asOf = asOf
            self.counts = counts
            self.unknownLabels = unknownLabels
        }
    }

    /// The station's clock.
    public struct Clock: Codable, Hashable, Sendable {
        /// Wall-clock time of the report.
        public let now: Timestamp
        /// How far it may be trusted.
        public let quality: ClockQuality
        /// Upstream's time minus ours at its last answer, in milliseconds; nil before the first.
        public let offsetMilliseconds: Int64?

        /// Makes a clock report.
        public init(now: Timestamp, quality: ClockQuality, offsetMilliseconds: Int64?) {
            self.now = now
            self.quality = quality
            self.offsetMilliseconds = offsetMilliseconds
        }
    }

    /// Whether and for how long applications can be taken in.
    public struct Intake: Codable, Hashable, Sendable {
        /// Whether a save would be accepted now.
        public let accepting: Bool
        /// How many more applications fit the disk.
        public let applicationsLeft: Int
        /// Whether the station data key is absent, so that duplicates cannot be determined.
        public let locked: Bool

        /// Makes an intake report.
        public init(accepting: Bool, applicationsLeft: Int, locked: Bool) {
            self.accepting = accepting
            self.applicationsLeft = applicationsLeft
            self.locked = locked
        }
    }

    /// The spool.
    public struct Queue: Codable, Hashable, Sendable {
        /// Applications by state.
        public let counts: [String: Int]
        /// Applications that upstream has not yet accepted or rejected.
        public let waiting: Int
        /// Capture time of the oldest of these.
        public let oldestWaiting: Timestamp?
        /// Items of other stations that this one passes on, by state; never among the counts above. Absent when none.
        public let forwarded: [String: Int]?

        /// Makes a queue report.
        public init(
            counts: [String: Int], waiting: Int, oldestWaiting: Timestamp?, forwarded: [String: Int]? = nil
        ) {
            self.counts = counts
            self.waiting = waiting
            self.oldestWaiting = oldestWaiting
            self.forwarded = forwarded
        }
    }

    /// The way to upstream.
    public struct Uplink: Codable, Hashable, Sendable {
        /// What the lane does.
        public enum State: String, Codable, Sendable, CaseIterable {
            /// Work flows, or there is none.
            case open
            /// Backing off until `nextAttempt`.
            case waiting
            /// Stopped by a refusal; probes go on.
            case stopped
            /// No upstream is configured.
            case unconfigured
        }

        /// What the lane does.
        public let state: State
        /// Time of upstream's last valid answer.
        public let lastAnswer: Timestamp?
        /// When the next attempt is due.
        public let nextAttempt: Timestamp?
        /// Why the lane waits or stopped.
        public let problem: Problem?
        /// The key that new applications are sealed to.
        public let recipientKeyId: String?
        /// Until when upstream's keys may be sealed to, rotation included; nil without a key.
        public let recipientKeyNotAfter: Timestamp?
        /// The last moment of the station's own certificate; nil without an upstream.
        public let certificateNotAfter: Timestamp?

        /// Makes an uplink report.
        public init(
            state: State, lastAnswer: Timestamp?, nextAttempt: Timestamp?, problem: Problem?, recipientKeyId: String?,
            recipientKeyNotAfter: Timestamp? = nil, certificateNotAfter: Timestamp? = nil
        ) {
            self.state = state
            self.lastAnswer = lastAnswer
            self.nextAttempt = nextAttempt
            self.problem = problem
            self.recipientKeyId = recipientKeyId
            self.recipientKeyNotAfter = recipientKeyNotAfter
            self.certificateNotAfter = certificateNotAfter
        }
    }

    /// Makes a status.
    public init(
        stationId: String, software: String, health: Health, startedAt: Timestamp, clock: Clock, intake: Intake,
        readers: ReaderList, queue: Queue, uplink: Uplink, decisions: Decisions? = nil, problems: [Problem]
    ) {
        self.stationId = stationId
        self.software = software
        self.health = health
        self.startedAt = startedAt
        self.clock = clock
        self.intake = intake
        self.readers = readers
        self.queue = queue
        self.uplink = uplink
        self.decisions = decisions
        self.problems = problems
    }
}
