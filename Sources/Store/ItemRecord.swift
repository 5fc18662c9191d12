package import StationCore

/// One line of a listing: what the queue shows of an application without touching its payload.
package struct ItemSummary: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// Its sequence number, the listing's order.
    package let sequence: Int64
    /// Its revision.
    package let revision: Int
    /// The item that it corrects.
    package let supersedes: ItemID?
    /// Its state.
    package let state: ItemState
    /// Since when, wall clock.
    package let stateSince: Timestamp
    /// When it was captured, wall clock.
    package let capturedAt: Timestamp
    /// Size of the sealed payload in bytes.
    package let size: Int
    /// How often it was sent.
    package let attempts: Int
    /// Time until it may be tried again; nil when it waits for nothing but its turn.
    package let retryIn: Duration?
    /// The last problem's code: a failure code, the last segment of upstream's problem type, or a person's reason.
    package let problem: WireName?
    /// The person who brought it into this state; nil where the station did.
    package var person: WireName?
    /// What upstream decided, when it has.
    package var decision: KeptDecision?
}

/// Everything the store knows of one application, its payload excepted.
package struct ItemRecord: Sendable {
    /// The listing's line.
    package let summary: ItemSummary
    /// What seal and signature bind.
    package let metadata: ItemMetadata
    /// SHA-256 of the sealed payload.
    package let sha256: [UInt8]
    /// The station key that signed.
    package let signingKeyId: WireName
    /// The signature.
    package let signature: [UInt8]
    /// Upstream's receipt as it was received (JSON), when there is one.
    package let receipt: VerifiedReceipt?
    /// Items that correct this one.
    package let supersededBy: [ItemID]
    /// Whether another station captured it.
    package var isForwarded: Bool { summary.sequence < 0 }
    /// The audit rows of this item in order.
    package let history: [AuditEntry]
}

/// A receipt whose signature and fields the caller has verified; the store compares the digest with its own once more.
package struct VerifiedReceipt: Hashable, Sendable {
    /// Upstream's id of the receipt.
    package let receiptId: WireName
    /// SHA-256 of the payload that the receipt speaks of.
    package let sha256: [UInt8]
    /// The receipt as JSON, signature included, so that it can be verified again.
    package let json: [UInt8]

    /// Makes a receipt.
    package init(receiptId: WireName, sha256: [UInt8], json: [UInt8]) {
        self.receiptId = receiptId
        self.sha256 = sha256
        self.json = json
    }
}

/// What became of one item of a batch, as the uplink judged it.
package enum ItemOutcome: Sendable {
    /// Upstream has it: accepted or duplicate.
    case accepted(VerifiedReceipt)
    /// Upstream refused it; the code is the last segment of the problem's type.
    case rejected(VerifiedReceipt, problem: WireName)
    /// To be sent again after a delay; it certainly was not taken.
    case retry(after: Duration, problem: WireName)
    /// Nobody can say whether it was taken; ask after a delay.
    case unknown(after: Duration, problem: WireName)
    /// Upstream was asked and does not hold it: send again.
    case notStored
    /// The station cannot send it or cannot vouch for it.
    case quarantined(problem: WireName)
    /// The batch did not leave.
    case unsent
}

/// Counts for the status.
package struct StoreSummary: Hashable, Sendable {
    /// Items per state; states without items are absent.
    package let counts: [ItemState: Int]
    /// The same of items that other stations captured and this one passes on; never among `counts`.
    package let forwarded: [ItemState: Int]
    /// The capture time of the oldest item that still waits for upstream's receipt.
    package let oldestPending: Timestamp?
    /// Its sequence number.
    package let oldestPendingSequence: Int64?
    /// The newest durable event.
    package let eventSequence: Int64
    /// The audit chain's head.
    package let auditHead: AuditHead
    /// What upstream decided; nil until it has told once.
    package let decisions: DecisionCounts?
    /// What the station may have acknowledged and cannot vouch for, in order; at most a page of ranges.
    package let missing: [MissingRange]
    /// Whether people are kept whom the present data key does not open.
    package let isOfFormerKey: Bool
}
