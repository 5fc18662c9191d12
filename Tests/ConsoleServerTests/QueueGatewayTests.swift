import FakeStation
import StationAPI
import StationCore
import Testing

@testable import ConsoleServer

/// What is ordered of applications, media and sessions goes through the console for who is signed in, and for nobody else.
@Suite(.timeLimit(.minutes(5)))
struct QueueGatewayTests {
    private static let signed = [("Co-Signature", CoSignature(operatorId: "hoa", secret: "a:b").headerValue)]

    private func paths(_ id: ItemID) -> [(path: String, body: String)] {
        [
            ("/api/applications/\(id)/hold", #"{"reason":"settled"}"#), ("/api/applications/\(id)/release", "{}"),
            ("/api/applications/\(id)/cancel", "{}"), ("/api/applications/\(id)/close", "{}"),
            ("/api/applications/\(id)/retry", "{}"), ("/api/applications/\(id)/amendments", "{}"),
            ("/api/applications/\(id)/withdraw", "{}"), ("/api/applications/\(id)/forget", "{}"),
            ("/api/applications/find", #"{"phone":"0912345678"}"#), ("/api/exports", #"{"directory":"/x"}"#),
            ("/api/exports/recall", "{}"), ("/api/receipts/imports", #"{"directory":"/x"}"#),
            ("/api/shifts/shift-1/hand-over", "{}"),
        ]
    }

    @Test func `Nobody orders or sees anything`() async throws {
        try await Bench.run { bench in
            QueueScene.fill(bench.station)
            let client = ConsoleClient(port: bench.port)
            let more = Self.signed + [("Idempotency-Key", "k")]
            for (path, body) in paths(QueueScene.held.itemId) {
                let answers = [try await client.send(path, body, with: more), try await client.ask(path)]
                #expect(answers.map(\.status) == [401, 405], "\(path)")
            }
            for path in ["/api/applications/\(QueueScene.held.itemId)", "/api/media"] {
                #expect(try await client.ask(path).status == 401)
            }
            #expect(bench.station.desk.orders.isEmpty)
        }
    }

    @Test(arguments: ["Origin", "Sec-Fetch-Site", "Content-Type"])
    func `An order that does not come from the own page is refused`(without header: String) async throws {
        try await Bench.run { bench in
            QueueScene.fill(bench.station)
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            for (path, body) in paths(QueueScene.held.itemId) {
                let more = Self.signed + [("Idempotency-Key", "k")]
                let answer = try await client.send(path, body, cookie: cookie, without: header, with: more)
                #expect([400, 403].contains(answer.status), "\(path)")
            }
            #expect(bench.station.desk.orders.isEmpty)
        }
    }

    @Test func `A supervisor alone gives a temporary password, and what can be no name goes no further`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            let body = #"{"newSecret":"604817"}"#
            #expect(try await client.send("/api/operators/hoa/secret", body).status == 401)
            #expect(try await client.ask("/api/operators").status == 401)
            #expect(try await client.send("/api/operators/hoa/secret", body, cookie: cookie).status == 403)
            #expect(try await client.ask("/api/operators", cookie: cookie).status == 403)
            bench.station.change { $0.role = .supervisor }
            for name in [".hoa", "%2e%2e", "a%2fb", "a%20b"] {
                let answer = try await client.send("/api/operators/\(name)/secret", body, cookie: cookie)
                #expect(answer.status == 404, "\(name)")
            }
            #expect(bench.station.desk.orders.isEmpty)
            #expect(try await client.send("/api/operators/minh.an/secret", body, cookie: cookie).status == 200)
            #expect(bench.station.desk.orders == ["reset minh.an"])
            #expect(try await client.ask("/api/operators", cookie: cookie).text.contains("minh.an"))
        }
    }

    @Test func `Orders carry their reason, and the second person's signature in the header alone`() async throws {
        try await Bench.run { bench in
            QueueScene.fill(bench.station)
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            let held = QueueScene.held.itemId
            let detail = try await client.ask("/api/applications/\(held)", cookie: cookie)
            #expect(try StrictJSON.decode(ApplicationDetail.self, from: detail.bytes).summary == QueueScene.held)
            let release = "/api/applications/\(held)/release"
            for header in ["Basic !!", "Basic aG9hOndyb25n"] {  // hoa:wrong
                let answer = try await client.send(
                    release, #"{"reason":"settled"}"#, cookie: cookie, with: [("Co-Signature", header)])
                #expect(answer.text.contains("co-signature-refused"))
            }
            let answer = try await client.send(release, #"{"reason":"settled"}"#, cookie: cookie, with: Self.signed)
            #expect(answer.status == 200)
            for path in ["/api/exports", "/api/shifts/shift-1/hand-over"] {
                let lone = try await client.send(path, #"{"directory":"/x"}"#, cookie: cookie)
                #expect(lone.text.contains("co-signature-missing"), "\(path)")
                let both = try await client.send(path, #"{"directory":"/x"}"#, cookie: cookie, with: Self.signed)
                #expect(both.status == 200, "\(path)")
            }
            let keyless = try await client.send("/api/applications/\(held)/withdraw", "{}", cookie: cookie)
            #expect(keyless.text.contains("idempotency-key-missing"))
            let forgotten = try await client.send("/api/applications/\(held)/forget", cookie: cookie)
            #expect(forgotten.status == 204)
            #expect(
                bench.station.desk.orders == [
                    "release settled hoa", "export /x hoa", "hand-over shift-1 hoa", "forget",
                ])
        }
    }

    @Test func `The listing goes both ways and by last digits`() async throws {
        try await Bench.run { bench in
            QueueScene.fill(bench.station)
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            for (query, wanted) in [
                ("?before=44", [43, 42, 41]), ("?before=99&ending=5", [45]), ("?ending=044", [44]), ("?state=held", [43]),
            ] as [(String, [Int64])] {
                let list = try await client.ask("/api/applications\(query)", cookie: cookie)
                #expect(
                    try StrictJSON.decode(ApplicationList.self, from: list.bytes).applications.map(\.sequence)
                        == wanted,
                    "\(query)")
            }
            #expect(try await client.ask("/api/applications?before=x", cookie: cookie).status == 400)
        }
    }

    @Test(arguments: [
        "/api/applications/..%2Fx/hold", "/api/applications/x/holds", "/api/applications/x/hold/y", "/api/exports/x",
        "/api/receipts", "/api/media/x", "/api/shifts/x/hand-overs", "/api/applications/x/follow-up",
    ])
    func `Only the table's orders exist`(path: String) async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            #expect(try await client.send(path, cookie: cookie).status == 404)
        }
    }
}
