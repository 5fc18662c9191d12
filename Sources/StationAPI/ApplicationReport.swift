public import StationCore

/// Answer 201 of `POST /v1/applications`: the application is on disk.
public struct SavedApplication: Codable, Hashable, Sendable {
    /// The application's identity.
    public let itemId: ItemID
    /// The number on the citizen's receipt.
    public let receiptNumber: String
    /// The station's sequence number.
    public let sequence: Int64
    /// When it was saved.
    public let savedAt: Timestamp
    /// What was accepted with a remark.
    public let warnings: [FieldProblem]

    /// Makes an answer.
    public init(itemId: ItemID, receiptNumber: String, sequence: Int64, savedAt: Timestamp, warnings: [FieldProblem]) {
        self.itemId = itemId
        self.receiptNumber = receiptNumber
        self.sequence = sequence
        self.savedAt = savedAt
        self.warnings = warnings
    }
}

/// One application in a listing; nothing personal in it.
public struct ApplicationSummary: Codable, Hashable, Sendable {
    /// The application's identity.
    public let itemId: ItemID
    /// The number on the citizen's receipt.
    public let receiptNumber: String
    /// The station's sequence number.
    public let sequence: Int64
    /// The station-owned state, a stable word.
    public let state: String
    /// The state as an operator says it, Vietnamese.
    public let stateVi: String
    /// When it was captured.
    public let capturedAt: Timestamp
    /// Bytes of the sealed payload.
    public let size: Int
    /// Attempts to send it.
    public let attempts: Int
    /// What it waits for, or why it stopped.
    public let problem: Problem?
    /// Since when it is in this state.
    public let stateSince: Timestamp?
    /// 1, and one more for each correction.
    public let revision: Int?
    /// The application that this one corrects.
    public let supersedes: ItemID?
    /// When it is tried again, as far as it waits for a time.
    public let nextAttempt: Timestamp?
    /// Why a person holds it or ended it: a word of `ReasonCode`.
    public let reason: String?
    /// Who did.
    public let by: String?
    /// What upstream decided; nil until it has.
    public let decision: Decision?

    /// What upstream decided on an application, in its own word.
    public struct Decision: Codable, Hashable, Sendable {
        /// Upstream's word, verbatim.
        public let label: String
        /// When, by upstream's clock.
        public let at: Timestamp
        /// What the configuration says that the word means.
        public let meaning: DecisionMeaning

        /// Makes a decision.
        public init(label: String, at: Timestamp, meaning: DecisionMeaning) {
            self.label = label
            self.at = at
            self.meaning = meaning
        }
    }

    /// Makes a summary.
    public init(
        itemId: ItemID, receiptNumber: String, sequence: Int64, state: String, stateVi: String, capturedAt: Timestamp,
        size: Int, attempts: Int, problem: Problem?, stateSince: Timestamp? = nil, revision: Int? = nil,
        supersedes: ItemID? = nil, nextAttempt: Timestamp? = nil, reason: String? = nil, by: String? = nil,
        decision: Decision? = nil
    ) {
        self.itemId = itemId
        self.receiptNumber = receiptNumber
        self.sequence = sequence
        self.state = state
        self.stateVi = stateVi
        self.capturedAt = capturedAt
        self.size = size
        self.attempts = attempts
        self.problem = problem
        self.stateSince = stateSince
        self.revision = revision
        self.supersedes = supersedes
        self.nextAttempt = nextAttempt
        self.reason = reason
        self.by = by
        self.decision = decision
    }
}

/// Which applications a listing is to show: the parameters of `GET /v1/applications`.
public struct ApplicationQuestion: Hashable, Sendable {
    /// Only those in this state, a word of the API.
    public var state: String?
    /// Only what follows this number, oldest first.
    public var after: Int64?
    /// Only what comes before this number, newest first.
    public var before: Int64?
    /// Only those whose receipt number ends with these digits.
    public var ending: String?

    /// Makes a question; without limits it is about all, oldest first.
    public init(state: String? = nil, after: Int64? = nil, before: Int64? = nil, ending: String? = nil) {
        self.state = state
        self.after = after
        self.before = before
        self.ending = ending
    }
}

/// Answer of `GET /v1/applications`.
public struct ApplicationList: Codable, Hashable, Sendable {
    /// One page, in sequence order; newest first where `before` was given.
    public let applications: [ApplicationSummary]
    /// Pass as `after`, or as `before` where that was given, for the next page; nil at the end.
    public let next: Int64?

    /// Makes a page.
    public init(applications: [ApplicationSummary], next: Int64?) {
        self.applications = applications
        self.next = next
    }
}

/// Answer of `GET /v1/applications/{id}`: one application with its full history.
public struct ApplicationDetail: Codable, Hashable, Sendable {
    /// The application.
    public let summary: ApplicationSummary
    /// SHA-256 of the sealed payload, lower-case hexadecimal.
    public let sha256: String
    /// The upstream key that it is sealed to.
    public let keyId: String
    /// Upstream's receipt; nil before.
    public let receipt: UpstreamReceipt?
    /// Everything that happened to it, in order.
    public let history: [Entry]

    /// One thing that happened.
    public struct Entry: Codable, Hashable, Sendable {
        /// Sequence number in the audit.
        public let auditSequence: Int64
        /// When.
        public let at: Timestamp
        /// What, a stable word.
        public let action: String
        /// Who or what did it.
        public let actor: String
        /// Why, or how it came: a stable word, such as a reason; nil where there is nothing to say.
        public let detail: String?

        /// Makes an entry.
        public init(auditSequence: Int64, at: Timestamp, action: String, actor: String, detail: String? = nil) {
            self.auditSequence = auditSequence
            self.at = at
            self.action = action
            self.actor = actor
            self.detail = detail
        }
    }

    /// Upstream's receipt as verified by the station.
    public struct UpstreamReceipt: Codable, Hashable, Sendable {
        /// Upstream's number.
        public let receiptId: String
        /// `accepted` or `rejected:` and the reason.
        public let verdict: String
        /// When upstream received it, by upstream's clock.
        public let receivedAt: Timestamp
        /// The authority key that signed it.
        public let authorityKeyId: String

        /// Makes a receipt.
        public init(receiptId: String, verdict: String, receivedAt: Timestamp, authorityKeyId: String) {
            self.receiptId = receiptId
            self.verdict = verdict
            self.receivedAt = receivedAt
            self.authorityKeyId = authorityKeyId
        }
    }

    /// Makes a detail.
    public init(
        summary: ApplicationSummary, sha256: String, keyId: String, receipt: UpstreamReceipt?, history: [Entry]
    ) {
        self.summary = summary
        self.sha256 = sha256
        self.keyId = keyId
        self.receipt = receipt
        self.history = history
    }
}
