import StationCore

/// One result as it came: a malformed one costs its item, not the whole answer.
struct ReceivedResult: Decodable {
    let itemId: ItemID?
    let result: ItemResult?
    let decision: UpstreamDecision?

    private enum CodingKeys: String, CodingKey { case itemId, decision }

    init(from decoder: any Decoder) throws {
        let container = try? decoder.container(keyedBy: CodingKeys.self)
        itemId = try? container?.decode(ItemID.self, forKey: .itemId)
        result = try? ItemResult(from: decoder)
        decision = (try? container?.decodeIfPresent(UpstreamDecision.self, forKey: .decision)) ?? nil
    }
}

/// The 200 answer to a batch as it came.
struct ReceivedBatchAnswer: Decodable {
    let batchId: RequestID
    let receivedAt: Timestamp?
    let results: [ReceivedResult]

    private enum CodingKeys: String, CodingKey { case batchId, receivedAt, results }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        batchId = try container.decode(RequestID.self, forKey: .batchId)
        receivedAt = try? container.decode(Timestamp.self, forKey: .receivedAt)
        results = try container.decode([ReceivedResult].self, forKey: .results)
    }
}

/// The 200 answer to a status request as it came.
struct ReceivedStatusAnswer: Decodable {
    let requestId: RequestID
    let receivedAt: Timestamp?
    let results: [ReceivedResult]
    /// Empty from an upstream that keeps no begun parts, and where the member cannot be read.
    let begun: [BegunPart]

    private enum CodingKeys: String, CodingKey { case requestId, receivedAt, results, begun }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        requestId = try container.decode(RequestID.self, forKey: .requestId)
        receivedAt = try? container.decode(Timestamp.self, forKey: .receivedAt)
        results = try container.decode([ReceivedResult].self, forKey: .results)
        begun = (try? container.decodeIfPresent([BegunPart].self, forKey: .begun)) ?? []
    }
}
