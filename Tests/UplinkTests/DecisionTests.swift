import Foundation
import StationCore
import Synchronization
import Testing

@testable import Uplink

/// What upstream decided is its own word: followed page by page, believed only in the contract's form.
@Suite struct DecisionTests {
    private static let item = Fixture.itemId(1)

    private static func reply(_ body: String, status: Int = 200, type: String = "application/json") -> UpstreamReply {
        UpstreamReply(status: status, fields: [HeaderField("Content-Type", type)], body: Array(body.utf8))
    }

    private static func page(_ label: String, next: String, more: Bool = false) -> String {
        """
        {"items":[{"itemId":"\(item.text)","label":"\(label)","at":"2026-11-25T00:00:00.000Z"}],"next":"\(next)",\
        "more":\(more)}
        """
    }

    private func judged(_ reply: UpstreamReply, after cursor: String? = nil) -> DecisionReply {
        DecisionReply(.success(reply), after: cursor, base: Fixture.base)
    }

    @Test func aPageOfTheContractIsAPageAndNothingElseIs() throws {
        guard case .page(let page) = judged(Self.reply(Self.page("Hồ sơ được cấp", next: "1"))) else {
            Issue.record("not a page")
            return
        }
        #expect(page.items.map(\.label) == ["Hồ sơ được cấp"] && page.next == "1" && !page.more)
        for wrong in [
            Self.page("a", next: ""), "[]", "{}",
            Self.page("a", next: String(repeating: "c", count: Limits.Uplink.cursorBytes + 1)),
            "{\"items\":[],\"next\":\"1\",\"next\":\"2\",\"more\":false}",
        ] { #expect(judged(Self.reply(wrong)) == .trouble(.replyNotUpstream), "\(wrong.prefix(60))") }
        #expect(judged(Self.reply("<html>", type: "text/html")) == .trouble(.replyNotUpstream))
    }

    /// Otherwise one odd word would keep every later decision from the station for ever.
    @Test func whatIsNoDecisionCostsItselfAlone() throws {
        let long = String(repeating: "x", count: Limits.Uplink.labelBytes + 1)
        for odd in ["", long] {
            guard case .page(let page) = judged(Self.reply(Self.page(odd, next: "2"))) else {
                Issue.record("not a page")
                return
            }
            #expect(page.items.isEmpty && page.next == "2")
        }
    }

    /// Otherwise an upstream that says "more" for ever would be asked for ever.
    @Test func aPageThatSaysMoreMustMoveOn() {
        #expect(judged(Self.reply(Self.page("a", next: "7", more: true)), after: "7") == .trouble(.replyNotUpstream))
        if case .page = judged(Self.reply(Self.page("a", next: "7")), after: "7") {} else { Issue.record("no page") }
    }

    @Test func anUnknownCursorBeginsAgainAndRefusalsAreNamed() throws {
        func problem(_ status: Int, _ name: String) -> UpstreamReply {
            Self.reply(
                "{\"type\":\"https://upstream.example:8443/intake/v1/intake/problems/\(name)\"}", status: status,
                type: "application/problem+json")
        }
        #expect(judged(problem(410, "cursor-unknown")) == .startOver)
        #expect(judged(problem(403, "station-refused")) == .trouble(.upstreamRefusedStation))
        #expect(judged(problem(404, "not-found")) == .trouble(.upstreamSchemaRefused))
        #expect(judged(Self.reply("", status: 503)) == .trouble(.upstreamBusy))
        let busy = Fixture.reply(503, type: nil, fields: [HeaderField("Retry-After", "1800")])
        #expect(judged(busy) == .slowDown(.seconds(1_800)))
        // A stranger's 410 is a stranger's page.
        #expect(judged(Self.reply("gone", status: 410, type: "text/plain")) == .trouble(.replyNotUpstream))
    }
}
