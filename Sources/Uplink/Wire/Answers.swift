package import StationCore

/// What upstream did with one item.
package enum Outcome: String, Codable, Sendable, CaseIterable {
    /// Stored, now.
    case accepted
    /// Stored before with the same digest; the first receipt comes again.
    case duplicate
    /// Refused for good.
    case rejected
    /// Not now; the same bytes may be sent again.
    case retry
}

/// Upstream's word on one item.
package struct ItemResult: Codable, Hashable, Sendable {
    /// The item.
    package let itemId: ItemID
    /// What was done.
    package let outcome: Outcome
    /// To a batch: digest of the bytes received in this request. To a status request: the stored digest.
    package let sha256: ContentDigest
    /// With accepted, duplicate and rejected.
    package let receipt: Receipt?
    /// With rejected, and where it explains a retry.
    package let problem: WireProblem?
    /// With retry: the shortest wait, in seconds.
    package let retryAfterSeconds: Int?

    /// Makes a result.
    package init(
        itemId: ItemID, outcome: Outcome, sha256: ContentDigest, receipt: Receipt? = nil, problem: WireProblem? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.itemId = itemId
        self.outcome = outcome
        self.sha256 = sha256
        self.receipt = receipt
        self.problem = problem
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Writes what is absent as null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(itemId, forKey: .itemId)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(receipt, forKey: .receipt)
        try container.encode(problem, forKey: .problem)
        try container.encode(retryAfterSeconds, forKey: .retryAfterSeconds)
    }
}

/// The 200 answer to a batch.
package struct BatchAnswer: Codable, Hashable, Sendable {
    /// The batch's id, given back.
    package let batchId: RequestID
    /// When upstream received the request, by its clock.
    package let receivedAt: Timestamp
    /// One result per item, in any order.
    package let results: [ItemResult]

    /// Makes an answer.
    package init(batchId: RequestID, receivedAt: Timestamp, results: [ItemResult]) {
        self.batchId = batchId
        self.receivedAt = receivedAt
        self.results = results
    }
}

/// `POST /v1/intake/status`: asks about items whose fate is unknown, never polls.
package struct StatusRequest: Codable, Hashable, Sendable {
    /// This request's own id.
    package let requestId: RequestID
    /// At most 500 items that the sender captured or delivered.
    package let itemIds: [ItemID]

    /// Makes a request.
    package init(requestId: RequestID, itemIds: [ItemID]) {
        self.requestId = requestId
        self.itemIds = itemIds
    }
}

/// What upstream decided on an application; its label is upstream's own word.
package struct UpstreamDecision: Codable, Hashable, Sendable {
    /// Upstream's word, verbatim.
    package let label: String
    /// When it was decided, by upstream's clock.
    package let at: Timestamp

    /// Makes a decision.
    package init(label: String, at: Timestamp) {
        self.label = label
        self.at = at
    }

    /// Reads a decision; an empty or overlong label is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        label = try container.decode(String.self, forKey: .label)
        at = try container.decode(Timestamp.self, forKey: .at)
        guard (1...Limits.Uplink.labelBytes).contains(label.utf8.count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .label, in: container, debugDescription: "1 to \(Limits.Uplink.labelBytes) bytes")
        }
    }
}

/// An item's result with what upstream decided since.
package struct StatusResult: Codable, Hashable, Sendable {
    /// The result; its `sha256` is the stored digest.
    package let item: ItemResult
    /// Nil while undecided.
    package let decision: UpstreamDecision?

    private enum CodingKeys: String, CodingKey { case decision }

    /// Makes a result.
    package init(item: ItemResult, decision: UpstreamDecision? = nil) {
        self.item = item
        self.decision = decision
    }

    /// Reads the item's members and `decision` from one object.
    package init(from decoder: any Decoder) throws {
        item = try ItemResult(from: decoder)
        decision = try decoder.container(keyedBy: CodingKeys.self)
            .decodeIfPresent(UpstreamDecision.self, forKey: .decision)
    }

    /// Writes the item's members and `decision` into one object.
    package func encode(to encoder: any Encoder) throws {
        try item.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(decision, forKey: .decision)
    }
}

/// A part of which upstream kept the first bytes when its request was cut.
package struct BegunPart: Codable, Hashable, Sendable {
    /// The item.
    package let itemId: ItemID
    /// How many bytes are kept, at least one, fewer than the part has.
    package let bytes: Int

    /// Makes a statement.
    package init(itemId: ItemID, bytes: Int) {
        self.itemId = itemId
        self.bytes = bytes
    }
}

/// The 200 answer to a status request. An item without a result is not stored upstream.
package struct StatusAnswer: Codable, Hashable, Sendable {
    /// The request's id, given back.
    package let requestId: RequestID
    /// When upstream received the request, by its clock.
    package let receivedAt: Timestamp
    /// One result per stored item, in any order.
    package let results: [StatusResult]
    /// Of the items asked about, those that need not be sent from their beginning.
    package let begun: [BegunPart]

    /// Makes an answer.
    package init(requestId: RequestID, receivedAt: Timestamp, results: [StatusResult], begun: [BegunPart] = []) {
        self.requestId = requestId
        self.receivedAt = receivedAt
        self.results = results
        self.begun = begun
    }
}
