package import StationCore

/// An item whose fate is asked or was put into a request: what a judgement is held against.
package struct SentItem: Hashable, Sendable {
    /// The item.
    package let itemId: ItemID
    /// The station that captured it.
    package let stationId: StationID
    /// Digest of its sealed bytes.
    package let sha256: ContentDigest

    /// Makes a reference.
    package init(itemId: ItemID, stationId: StationID, sha256: ContentDigest) {
        self.itemId = itemId
        self.stationId = stationId
        self.sha256 = sha256
    }
}

/// Why an item's fate is not known. The item is kept, asked about and resent.
package enum UnknownReason: String, Codable, Sendable, CaseIterable {
    /// The request or its reply was cut, or timed out, after bytes had left.
    case noAnswer
    /// The answer has no result for the item.
    case noResult
    /// The answer has more than one result for the item.
    case severalResults
    /// The result does not have the contract's shape, or an outcome that we do not know.
    case resultMalformed
    /// The digest is not ours.
    case digestDiffers
    /// A receipt is missing where there must be one.
    case receiptMissing
    /// The receipt is another item's, another station's, over another digest, or its signature fails.
    case receiptInvalid
    /// Outcome, receipt and problem do not say the same.
    case contradiction
}

/// Why an item of unknown fate may be sent again at once.
package enum ResendReason: String, Codable, Sendable, CaseIterable {
    /// Upstream has not stored it.
    case notStored
    /// Upstream holds other bytes under its id: resending brings upstream's signed word.
    case digestConflict
    /// Upstream does not answer status requests.
    case statusRefused
}

/// What a reply, or its absence, means for one item.
package enum ItemVerdict: Hashable, Sendable {
    /// Upstream has it: the receipt is verified and its digest is ours.
    case accepted(Receipt, UpstreamDecision?)
    /// Upstream refused it for good, with a verified receipt.
    case rejected(Receipt, WireProblem)
    /// Not now: send the same bytes again, not before the wait if there is one.
    case deferred(Duration?, WireProblem?)
    /// See `UnknownReason`.
    case unknown(UnknownReason)
    /// See `ResendReason`.
    case resend(ResendReason)
    /// It cannot be sent; the reason is a stable word such as `item-too-large`.
    case quarantined(reason: String, WireProblem?)
    /// Nothing has changed for it.
    case unchanged
}

/// One item's verdict.
package struct ItemJudgement: Hashable, Sendable {
    /// The item.
    package let itemId: ItemID
    /// What it means for the item.
    package let verdict: ItemVerdict

    /// Makes a judgement.
    package init(itemId: ItemID, verdict: ItemVerdict) {
        self.itemId = itemId
        self.verdict = verdict
    }
}

/// What a reply, or its absence, means for the lane.
package enum LaneEffect: Hashable, Sendable {
    /// Upstream answered and moved something.
    case progress
    /// Upstream answered in form, but nothing that it said could be believed or moved an item.
    case noProgress
    /// A network fault; `linkTrouble` when the link bore less than was sent.
    case fault(FailureCode, linkTrouble: Bool)
    /// Upstream asks for patience: its own wait, or ours.
    case slowDown(Duration?)
    /// The request as a whole was refused and must be halved to find the culprit.
    case split(WireProblem)
    /// A batch of one was refused with 400: the item or the station is at fault.
    case suspect(ItemID, WireProblem)
    /// The request was too large; what upstream announced as its bounds.
    case tooLarge(maxItems: Int?, maxBytes: Int?)
    /// Upstream does not speak our form of this request: probe hourly.
    case pause(WireProblem)
    /// Upstream does not let this station in: probe at the longest back-off.
    case stop(FailureCode)
}

/// What a reply, or its absence, means.
package struct ReplyJudgement: Hashable, Sendable {
    /// For the lane.
    package let effect: LaneEffect
    /// For every item of the request, in its order.
    package let items: [ItemJudgement]
    /// Results for ids that were not asked or sent; ignored.
    package let foreignResults: Int
    /// Upstream's clock when it received the request.
    package let receivedAt: Timestamp?
    /// How many bytes upstream kept of items that are not stored.
    package let begun: [ItemID: Int]

    init(
        effect: LaneEffect, items: [ItemJudgement], foreignResults: Int = 0, receivedAt: Timestamp? = nil,
        begun: [ItemID: Int] = [:]
    ) {
        self.effect = effect
        self.items = items
        self.foreignResults = foreignResults
        self.receivedAt = receivedAt
        self.begun = begun
    }
}
