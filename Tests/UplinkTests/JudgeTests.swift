import StationCore
import Testing

@testable import Uplink

@Suite struct JudgeTests {
    private static let one = Fixture.sent(1)
    private static let two = Fixture.sent(2)
    private static let conflictProblem = WireProblem(
        type: Fixture.base.url("/problems/content-invalid"))

    private static func judge(_ reply: UpstreamReply, of items: [SentItem] = [one, two]) -> ReplyJudgement {
        Fixture.judge.judge(.success(reply), toBatch: Fixture.batchId, of: items)
    }

    private static func verdicts(_ reply: UpstreamReply, of items: [SentItem] = [one, two]) -> [ItemVerdict] {
        judge(reply, of: items).items.map(\.verdict)
    }

    // MARK: Items of a 200

    @Test func `accepted and duplicate count with a verified receipt, in any order`() {
        let reply = Fixture.answer([Fixture.accepted(Self.two, outcome: .duplicate), Fixture.accepted(Self.one)])
        let judged = Self.judge(reply)
        #expect(
            judged.items == [
                ItemJudgement(itemId: Self.one.itemId, verdict: .accepted(Fixture.receipt(Self.one), nil)),
                ItemJudgement(itemId: Self.two.itemId, verdict: .accepted(Fixture.receipt(Self.two), nil)),
            ])
        #expect(judged.effect == .progress)
        #expect(judged.receivedAt == Fixture.now)
    }

    @Test func `a forwarded item's receipt names the capturing station`() {
        let item = SentItem(itemId: Self.one.itemId, stationId: Fixture.otherStation, sha256: Self.one.sha256)
        #expect(
            Self.verdicts(Fixture.answer([Fixture.accepted(item)]), of: [item]) == [
                .accepted(Fixture.receipt(item), nil)
            ])
    }

    @Test func `rejected counts with receipt and problem, unknown types too`() {
        for name in ["content-invalid", "digest-conflict", "of-a-later-version"] {
            let verdicts = Self.verdicts(Fixture.answer([Fixture.rejected(Self.one, name: name)]), of: [Self.one])
            guard case .rejected(let receipt, let problem) = verdicts[0] else {
                Issue.record("\(verdicts)")
                continue
            }
            #expect(receipt.verdict.rejectedType == name && problem.name == name)
        }
    }

    @Test func `retry defers within the contract's bounds`() {
        for (seconds, wait) in [
            (nil, nil), (30, .seconds(30)), (0, .seconds(1)), (-5, .seconds(1)), (90_000, .seconds(3_600)),
        ]
            as [(Int?, Duration?)]
        {
            let result = ItemResult(
                itemId: Self.one.itemId, outcome: .retry, sha256: Self.one.sha256, retryAfterSeconds: seconds)
            let judged = Self.judge(Fixture.answer([result]), of: [Self.one])
            #expect(judged.items[0].verdict == .deferred(wait, nil))
            #expect(judged.effect == .noProgress)
        }
    }

    static let doubtful: [(String, [ItemResult], UnknownReason)] = {
        let receipt = Fixture.receipt(one)
        func result(
            _ outcome: Outcome = .accepted, sha256: ContentDigest = one.sha256, receipt: Receipt? = receipt,
            problem: WireProblem? = nil
        ) -> ItemResult {
            ItemResult(itemId: one.itemId, outcome: outcome, sha256: sha256, receipt: receipt, problem: problem)
        }
        let other = ContentDigest(of: [0])
        let rejection = Fixture.receipt(one, verdict: .rejected(type: "content-invalid")!)
        return [
            ("no result", [], .noResult),
            ("two results", [result(), result()], .severalResults),
            ("two results that differ", [result(), Fixture.rejected(one)], .severalResults),
            ("a digest that is not ours", [result(sha256: other)], .digestDiffers),
            ("a retry over a digest that is not ours", [result(.retry, sha256: other)], .digestDiffers),
            ("no receipt", [result(receipt: nil)], .receiptMissing),
            (
                "a rejection without receipt", [result(.rejected, receipt: nil, problem: conflictProblem)],
                .receiptMissing
            ),
            (
                "a receipt of a foreign key", [result(receipt: Fixture.receipt(one, key: Fixture.foreignKey))],
                .receiptInvalid
            ),
            ("a receipt of another item", [result(receipt: Fixture.receipt(one, itemId: two.itemId))], .receiptInvalid),
            (
                "a receipt for another station", [result(receipt: Fixture.receipt(one, station: Fixture.otherStation))],
                .receiptInvalid
            ),
            ("a receipt over another digest", [result(receipt: Fixture.receipt(one, sha256: other))], .receiptInvalid),
            ("accepted with a rejection's receipt", [result(receipt: rejection)], .contradiction),
            ("duplicate with a rejection's receipt", [result(.duplicate, receipt: rejection)], .contradiction),
            ("rejected with an acceptance's receipt", [result(.rejected, problem: conflictProblem)], .contradiction),
            ("rejected without problem", [result(.rejected, receipt: rejection)], .contradiction),
            (
                "rejected with another problem than its receipt's",
                [result(.rejected, receipt: rejection, problem: WireProblem(type: "/x/policy-refused"))], .contradiction
            ),
        ]
    }()

    @Test(arguments: doubtful) func `what cannot be believed leaves the item unknown`(
        _ name: String, _ results: [ItemResult], _ reason: UnknownReason
    ) {
        let judged = Self.judge(Fixture.answer(results + [Fixture.accepted(Self.two)]))
        #expect(judged.items[0].verdict == .unknown(reason), "\(name)")
        #expect(judged.items[1].verdict == .accepted(Fixture.receipt(Self.two), nil), "the other is not blocked")
        #expect(Self.judge(Fixture.answer(results), of: [Self.one]).effect == .noProgress, "\(name)")
    }

    @Test func `an unknown outcome or a malformed result costs its item only`() throws {
        let answer = String(
            decoding: Fixture.answer([Fixture.accepted(Self.one), Fixture.accepted(Self.two)]).body, as: UTF8.self)
        for (from, to) in [
            (#""outcome":"accepted""#, #""outcome":"stored""#), (#""outcome":"accepted""#, #""outcome":7"#),
            (#""receiptId":"r-"#, #""receiptId":"r "#),
        ] {
            let broken = answer.replacing(from, with: to, maxReplacements: 1)
            #expect(broken != answer)
            let verdicts = Self.verdicts(Fixture.reply(200, type: "application/json", body: Array(broken.utf8)))
            #expect(verdicts[0] == .unknown(.resultMalformed))
            #expect(verdicts[1] == .accepted(Fixture.receipt(Self.two), nil))
        }
    }

    @Test func `results for ids not sent are counted and ignored`() {
        let judged = Self.judge(
            Fixture.answer([
                Fixture.accepted(Fixture.sent(9)), Fixture.accepted(Self.one), Fixture.accepted(Fixture.sent(9)),
            ]),
            of: [Self.one])
        #expect(judged.items.map(\.itemId) == [Self.one.itemId])
        #expect(judged.foreignResults == 2)
        #expect(judged.effect == .progress)
    }

    // MARK: Replies that are not upstream's

    static let foreign: [(String, UpstreamReply)] = {
        let good = Fixture.answer([Fixture.accepted(one), Fixture.accepted(two)])
        let text = String(decoding: good.body, as: UTF8.self)
        func changed(_ from: String, _ to: String) -> UpstreamReply {
            Fixture.reply(
                200, type: "application/json", body: Array(text.replacing(from, with: to, maxReplacements: 1).utf8))
        }
        return [
            ("captive portal", Fixture.reply(200, type: "text/html", body: Array("<html>".utf8))),
            ("JSON as text/plain", Fixture.reply(200, type: "text/plain", body: good.body)),
            ("no media type", Fixture.reply(200, type: nil, body: good.body)),
            (
                "two media types",
                Fixture.reply(
                    200, type: "application/json", body: good.body, fields: [HeaderField("Content-Type", "text/html")])
            ),
            ("problem+json with 200", Fixture.problem(200, "busy")),
            (
                "another batch's answer",
                Fixture.answer([Fixture.accepted(one)], batchId: RequestID("00000000-0000-4000-8000-000000000000")!)
            ),
            ("no batchId", changed(#""batchId""#, #""batch""#)),
            ("foreign JSON", Fixture.reply(200, type: "application/json", body: Array(#"{"ok":true}"#.utf8))),
            ("cut JSON", Fixture.reply(200, type: "application/json", body: Array(good.body.dropLast()))),
            ("a member twice", changed(#""results":"#, #""results":[],"results":"#)),
            ("empty body", Fixture.reply(200, type: "application/json")),
            ("201", Fixture.reply(201, type: "application/json", body: good.body)),
            ("204", Fixture.reply(204, type: nil)),
            ("redirect", Fixture.reply(302, type: nil, fields: [HeaderField("Location", "https://portal.example/")])),
            ("permanent redirect", Fixture.reply(308, type: nil, fields: [HeaderField("Location", "/elsewhere")])),
            ("404 as HTML", Fixture.reply(404, type: "text/html", body: Array("not found".utf8))),
            ("403 as JSON", Fixture.json(WireProblem(type: Fixture.base.url("/problems/x")), status: 403)),
            ("422 of somebody else's type", Fixture.problem(422, "x", type: "https://proxy.example/problems/x")),
            ("401 of about:blank", Fixture.problem(401, "x", type: "about:blank")),
            ("400 beside our base", Fixture.problem(400, "x", type: "https://upstream.example:8443/intakes/x")),
            ("400 that climbs out of our base", Fixture.problem(400, "x", type: "/intake/../x")),
            ("407", Fixture.problem(407, "x")), ("418", Fixture.problem(418, "x")),
        ]
    }()

    @Test(arguments: foreign) func `what is not upstream's changes nothing but the back-off`(
        _ name: String, _ reply: UpstreamReply
    ) {
        let judged = Self.judge(reply)
        #expect(judged.effect == .fault(.replyNotUpstream, linkTrouble: false), "\(name)")
        #expect(judged.items.map(\.verdict) == [.unchanged, .unchanged], "\(name)")
    }

    @Test(arguments: [500, 502, 504, 599]) func `after a server's fault the items' fate is asked`(_ status: Int) {
        let judged = Self.judge(Fixture.reply(status, type: "text/html"))
        #expect(judged.effect == .fault(.upstreamBusy, linkTrouble: false))
        #expect(judged.items.map(\.verdict) == [.unknown(.noAnswer), .unknown(.noAnswer)])
    }

    @Test func `parameters of the media type and relative problem types are borne`() {
        let good = Fixture.answer([Fixture.accepted(Self.one)])
        let reply = Fixture.reply(200, type: "application/json; charset=utf-8", body: good.body)
        #expect(Self.judge(reply, of: [Self.one]).effect == .progress)
        #expect(
            Self.judge(Fixture.problem(403, "x", type: "/intake/problems/x")).effect == .stop(.upstreamRefusedStation))
        #expect(
            Self.judge(Fixture.problem(403, "x", type: "HTTPS://Upstream.Example:8443/intake/problems/x")).effect
                == .stop(.upstreamRefusedStation))
    }

    // MARK: Refusals of the whole request

    @Test func `422 and 400 are split, alone they fall on the item`() {
        let problem = WireProblem(type: Fixture.base.url("/problems/manifest-invalid"), status: 422)
        let many = Self.judge(Fixture.problem(422, "manifest-invalid"))
        #expect(many.effect == .split(problem) && many.items.map(\.verdict) == [.unchanged, .unchanged])
        let alone = Self.judge(Fixture.problem(422, "manifest-invalid"), of: [Self.one])
        #expect(alone.items[0].verdict == .quarantined(reason: "manifest-invalid", problem))
        #expect(alone.effect == .progress)
        let malformed = WireProblem(type: Fixture.base.url("/problems/malformed-request"), status: 400)
        #expect(Self.judge(Fixture.problem(400, "malformed-request")).effect == .split(malformed))
        let suspect = Self.judge(Fixture.problem(400, "malformed-request"), of: [Self.one])
        #expect(suspect.effect == .suspect(Self.one.itemId, malformed) && suspect.items[0].verdict == .unchanged)
    }

    @Test func `413 counts by number alone, and quarantines an item alone`() {
        let bare = Self.judge(Fixture.reply(413, type: "text/html", body: Array("too large".utf8)))
        #expect(bare.effect == .tooLarge(maxItems: nil, maxBytes: nil) && bare.items[0].verdict == .unchanged)
        let problem = WireProblem(type: "x", maxBytes: 1_000, maxItems: 3)
        let announced = Self.judge(Fixture.json(problem, type: "application/problem+json", status: 413))
        #expect(announced.effect == .tooLarge(maxItems: 3, maxBytes: 1_000))
        let alone = Self.judge(Fixture.reply(413, type: nil), of: [Self.one])
        #expect(alone.items[0].verdict == .quarantined(reason: "item-too-large", nil))
    }

    @Test(arguments: [404, 405, 409, 410, 415]) func `a form that upstream does not speak pauses`(_ status: Int) {
        let problem = WireProblem(type: Fixture.base.url("/problems/x"), status: status)
        #expect(Self.judge(Fixture.problem(status, "x")).effect == .pause(problem))
        #expect(Self.judge(Fixture.problem(status, "x"), of: [Self.one]).items[0].verdict == .unchanged)
    }

    @Test func `an unsupported version pauses, alone or not`() {
        let problem = WireProblem(type: Fixture.base.url("/problems/unsupported-version"), status: 400)
        #expect(Self.judge(Fixture.problem(400, "unsupported-version")).effect == .pause(problem))
        #expect(Self.judge(Fixture.problem(400, "unsupported-version"), of: [Self.one]).effect == .pause(problem))
    }

    @Test(arguments: [401, 403]) func `a refusal of the station stops and burns nothing`(_ status: Int) {
        let judged = Self.judge(Fixture.problem(status, "station-refused"))
        #expect(judged.effect == .stop(.upstreamRefusedStation))
        #expect(judged.items.map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test(
        arguments: [
            ("7", nil, 7), ("0", nil, 1), ("86400", nil, 3_600), ("999999999999", nil, 3_600),
            ("Mon, 02 Mar 2026 08:16:00 GMT", "Mon, 02 Mar 2026 08:15:30 GMT", 30),
            ("Mon, 02 Mar 2026 08:10:00 GMT", "Mon, 02 Mar 2026 08:15:30 GMT", 1),
            ("Mon, 02 Mar 2026 08:16:00 GMT", nil, nil), ("soon", nil, nil), ("-3", nil, nil), ("1.5", nil, nil),
            ("Mon, 30 Feb 2026 08:16:00 GMT", "Mon, 02 Mar 2026 08:15:30 GMT", nil), ("", nil, nil),
        ] as [(String, String?, Int?)]) func `Retry-After is obeyed within its bounds`(
            _ text: String, _ date: String?, _ seconds: Int?
        )
    {
        for status in [429, 503] {
            let fields = [HeaderField("retry-after", text)] + (date.map { [HeaderField("Date", $0)] } ?? [])
            let judged = Self.judge(Fixture.reply(status, type: nil, fields: fields))
            #expect(judged.effect == .slowDown(seconds.map { .seconds($0) }))
            #expect(judged.items.map(\.verdict) == [.unchanged, .unchanged])
        }
    }

    // MARK: No reply

    @Test func `a cut leaves the items unknown, a failed connection leaves them as they were`() {
        func judged(_ code: FailureCode, _ arrived: Bool) -> ReplyJudgement {
            Fixture.judge.judge(
                .failure(TransportFault(code, mayHaveArrived: arrived, "")), toBatch: Fixture.batchId, of: [Self.one])
        }
        #expect(judged(.networkUnreachable, true).items[0].verdict == .unknown(.noAnswer))
        #expect(judged(.networkTimeout, true).effect == .fault(.networkTimeout, linkTrouble: true))
        #expect(judged(.networkUnreachable, false).items[0].verdict == .unchanged)
        #expect(
            judged(.serverCertificateInvalid, false).effect == .fault(.serverCertificateInvalid, linkTrouble: false))
        #expect(judged(.clockSuspect, false).effect == .fault(.clockSuspect, linkTrouble: false))
        #expect(judged(.clientCertificateExpired, false).effect == .stop(.clientCertificateExpired))
        #expect(judged(.upstreamRefusedStation, false).effect == .stop(.upstreamRefusedStation))
    }
}

@Suite struct StatusJudgeTests {
    private static let one = Fixture.sent(1)

    private static func judge(_ reply: UpstreamReply) -> ReplyJudgement {
        Fixture.judge.judge(.success(reply), toStatus: Fixture.batchId, of: [one])
    }

    private static func answer(_ results: [StatusResult], requestId: RequestID = Fixture.batchId) -> UpstreamReply {
        Fixture.json(StatusAnswer(requestId: requestId, receivedAt: Fixture.now, results: results))
    }

    @Test func `a word without bounds costs the decision, not the receipt`() {
        let decision = UpstreamDecision(
            label: String(repeating: "x", count: Limits.Uplink.labelBytes + 1), at: Fixture.now)
        let judged = Self.judge(Self.answer([StatusResult(item: Fixture.accepted(Self.one), decision: decision)]))
        #expect(judged.items[0].verdict == .accepted(Fixture.receipt(Self.one), nil))
    }

    @Test func `a stored item with a verified receipt is accepted, with its decision`() {
        let decision = UpstreamDecision(label: "Đang xử lý", at: Fixture.now)
        let judged = Self.judge(Self.answer([StatusResult(item: Fixture.accepted(Self.one), decision: decision)]))
        #expect(judged.items[0].verdict == .accepted(Fixture.receipt(Self.one), decision))
        #expect(judged.effect == .progress)
    }

    @Test func `an id without a result is not stored and is sent again`() {
        let judged = Self.judge(Self.answer([]))
        #expect(judged.items[0].verdict == .resend(.notStored) && judged.effect == .progress)
    }

    @Test func `what upstream kept of an item counts only for one that was asked about and is not stored`() {
        let (other, one) = (Fixture.itemId(7), Self.one.itemId)
        func begun(_ parts: [BegunPart], _ results: [StatusResult] = []) -> [ItemID: Int] {
            Self.judge(
                Fixture.json(
                    StatusAnswer(requestId: Fixture.batchId, receivedAt: Fixture.now, results: results, begun: parts))
            ).begun
        }
        #expect(begun([BegunPart(itemId: one, bytes: 5), BegunPart(itemId: other, bytes: 5)]) == [one: 5])
        #expect(begun([BegunPart(itemId: one, bytes: 9), BegunPart(itemId: one, bytes: 5)]) == [one: 5])
        #expect(begun([BegunPart(itemId: one, bytes: -1)]).isEmpty)
        let stored = StatusResult(item: Fixture.accepted(Self.one))
        #expect(begun([BegunPart(itemId: one, bytes: 5)], [stored]).isEmpty)
    }

    @Test func `an answer without the member, or with another in its place, says that nothing is kept`() {
        for member in ["", #","begun":null"#, #","begun":7"#, #","begun":[{}]"#] {
            let text =
                #"{"requestId":"\#(Fixture.batchId.text)","receivedAt":"\#(Fixture.now.text)","results":[]\#(member)}"#
            let judged = Self.judge(Fixture.reply(200, type: "application/json", body: Array(text.utf8)))
            #expect(judged.items[0].verdict == .resend(.notStored) && judged.begun.isEmpty, "\(member)")
        }
    }

    @Test func `a stored digest that is not ours is the conflict, told by resending`() {
        let result = ItemResult(
            itemId: Self.one.itemId, outcome: .duplicate, sha256: ContentDigest(of: [9]),
            receipt: Fixture.receipt(Self.one))
        #expect(Self.judge(Self.answer([StatusResult(item: result)])).items[0].verdict == .resend(.digestConflict))
    }

    @Test func `an answer to another question is not ours`() {
        let other = RequestID("00000000-0000-4000-8000-000000000000")!
        let judged = Self.judge(Self.answer([], requestId: other))
        #expect(judged.effect == .fault(.replyNotUpstream, linkTrouble: false))
        #expect(judged.items[0].verdict == .unchanged)
    }

    @Test func `a receipt that fails leaves the item unknown`() {
        let result = ItemResult(
            itemId: Self.one.itemId, outcome: .accepted, sha256: Self.one.sha256,
            receipt: Fixture.receipt(Self.one, key: Fixture.foreignKey))
        let judged = Self.judge(Self.answer([StatusResult(item: result)]))
        #expect(judged.items[0].verdict == .unknown(.receiptInvalid) && judged.effect == .noProgress)
    }

    @Test(arguments: [400, 404, 405, 409, 410, 415, 422])
    func `an upstream that does not answer questions is sent the item again`(_ status: Int) {
        let judged = Self.judge(Fixture.problem(status, "x"))
        #expect(judged.items[0].verdict == .resend(.statusRefused) && judged.effect == .progress)
    }

    @Test func `faults and refusals leave the item as unknown as before`() {
        #expect(Self.judge(Fixture.problem(403, "x")).effect == .stop(.upstreamRefusedStation))
        #expect(Self.judge(Fixture.reply(503, type: nil)).effect == .slowDown(nil))
        #expect(Self.judge(Fixture.reply(500, type: nil)).items[0].verdict == .unchanged)
        let cut = Fixture.judge.judge(
            .failure(TransportFault(.networkTimeout, mayHaveArrived: true, "")), toStatus: Fixture.batchId,
            of: [Self.one])
        #expect(cut.items[0].verdict == .unchanged && cut.effect == .fault(.networkTimeout, linkTrouble: true))
    }
}

@Suite struct UpstreamBaseTests {
    @Test(arguments: [
        "http://u.example", "https://", "https://u.example?x", "https://u.example/#x", "https://me@u.example",
        "https://u.example/a/../b", "https://u.example/%2e%2e", "u.example", "https://:8443", "https://u ex",
    ]) func `a base of another form is refused`(_ text: String) {
        #expect(throws: Failure.self) { try UpstreamBase(text) }
    }

    @Test func `paths stand below the base`() throws {
        #expect(try UpstreamBase("https://U.example:443/a/").url("/v1/x") == "https://u.example/a/v1/x")
        #expect(try UpstreamBase("https://u.example").covers(type: "https://u.example/problems/x"))
        #expect(try !UpstreamBase("https://u.example").covers(type: "https://u.example.evil/problems/x"))
        #expect(try !UpstreamBase("https://u.example").covers(type: "//evil/x"))
        #expect(try !UpstreamBase("https://u.example").covers(type: "problems/x"))
    }
}
