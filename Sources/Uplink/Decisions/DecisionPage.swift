package import StationCore

/// One page of what upstream has decided: the answer to `GET /v1/intake/decisions`.
package struct DecisionPage: Codable, Hashable, Sendable {
    /// One decision.
    package struct Item: Codable, Hashable, Sendable {
        /// The application.
        package let itemId: ItemID
        /// Upstream's word, verbatim.
        package let label: String
        /// When it was decided, by upstream's clock.
        package let at: Timestamp

        /// Makes a decision.
        package init(itemId: ItemID, label: String, at: Timestamp) {
            self.itemId = itemId
            self.label = label
            self.at = at
        }

        /// Reads a decision; an empty or overlong label is a data-corrupted error.
        package init(from decoder: any Decoder) throws {
            itemId = try decoder.container(keyedBy: CodingKeys.self).decode(ItemID.self, forKey: .itemId)
            let decision = try UpstreamDecision(from: decoder)
            (label, at) = (decision.label, decision.at)
        }
    }

    /// Decisions in upstream's order; a later one of an item replaces an earlier one.
    package let items: [Item]
    /// Where to go on: pass as `after`.
    package let next: String
    /// Whether there is more now.
    package let more: Bool

    /// Reads a page; what is no decision costs itself, not those beside and behind it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let received = try container.decode([Received].self, forKey: .items)
        guard received.count <= Limits.Uplink.decisionItems else {
            throw DecodingError.dataCorruptedError(
                forKey: .items, in: container, debugDescription: "at most \(Limits.Uplink.decisionItems)")
        }
        items = received.compactMap(\.item)
        next = try container.decode(String.self, forKey: .next)
        more = try container.decode(Bool.self, forKey: .more)
    }

    private struct Received: Decodable {
        let item: Item?

        init(from decoder: any Decoder) { item = try? Item(from: decoder) }
    }

    /// Makes a page.
    package init(items: [Item], next: String, more: Bool) {
        self.items = items
        self.next = next
        self.more = more
    }
}

/// What a reply to a question for decisions means.
enum DecisionReply: Hashable {
    case page(DecisionPage)
    /// Upstream does not know the cursor (any more): begin again.
    case startOver
    /// Try again no sooner than upstream says.
    case slowDown(Duration)
    /// Try again later.
    case trouble(FailureCode)

    /// - Parameter cursor: what was asked after; a page that says "more" and does not move is nobody's.
    init(_ outcome: Result<UpstreamReply, TransportFault>, after cursor: String?, base: UpstreamBase) {
        let reply: UpstreamReply
        switch outcome {
        case .failure(let fault):
            self = .trouble(fault.code)
            return
        case .success(let found): reply = found
        }
        switch ReplyClass(reply, base: base) {
        case .answer:
            guard let page = try? StrictJSON.decode(DecisionPage.self, from: reply.body),
                (1...Limits.Uplink.cursorBytes).contains(page.next.utf8.count), !page.more || page.next != cursor
            else {
                self = .trouble(.replyNotUpstream)
                return
            }
            self = .page(page)
        case .problem(410, _): self = .startOver
        case .problem(401, _), .problem(403, _): self = .trouble(.upstreamRefusedStation)
        case .problem: self = .trouble(.upstreamSchemaRefused)
        case .slowDown(let wait?): self = .slowDown(wait)
        case .slowDown(nil), .serverFault, .tooLarge: self = .trouble(.upstreamBusy)
        case .foreign: self = .trouble(.replyNotUpstream)
        }
    }
}
