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
            let container = try decoder.container(keyedBy: CodingKeys.self)
            itemId = try container.decode(ItemID.self, forKey: .itemId)
            label = try container.decode(String.self, forKey: .label)
            at = try container.decode(Timestamp.self, forKey: .at)
            guard (1...Limits.Uplink.labelBytes).contains(label.utf8.count) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .label, in: container, debugDescription: "1 to \(Limits.Uplink.labelBytes) bytes")
            }
        }
    }

    /// Decisions in upstream's order; a later one of an item replaces an earlier one.
    package let items: [Item]
    /// Where to go on: pass as `after`.
    package let next: String
    /// Whether there is more now.
    package let more: Bool

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
                page.items.count <= Limits.Uplink.decisionItems,
                (1...Limits.Uplink.cursorBytes).contains(page.next.utf8.count), !page.more || page.next != cursor
            else {
                self = .trouble(.replyNotUpstream)
                return
            }
            self = .page(page)
        case .problem(410, _): self = .startOver
        case .problem(401, _), .problem(403, _): self = .trouble(.upstreamRefusedStation)
        case .problem: self = .trouble(.upstreamSchemaRefused)
        case .slowDown, .serverFault, .tooLarge: self = .trouble(.upstreamBusy)
        case .foreign: self = .trouble(.replyNotUpstream)
        }
    }
}
