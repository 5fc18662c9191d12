import AsyncHTTPClient
import FakeStation
import NIOCore
import NIOHTTP1
import StationAPI
import StationCore
import Testing

@testable import ConsoleServer

/// Coming and going, as anything on the machine could try it.
struct SignInTests {
    private static let personal = [
        "/api/reads/read-1", "/api/reads/read-1/portrait", "/api/applications", "/api/me", "/api/shifts",
        "/api/shifts/current", "/api/shifts/shift-1/summary",
    ]

    @Test func `A sign-in gives a cookie that no script reads, and never the daemon's token`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let answer = try await client.send("/api/sign-in", ConsoleClient.lan)
            #expect(answer.status == 200)
            #expect(try StrictJSON.decode(SignedIn.self, from: answer.bytes).operatorId == "lan")
            let cookie = try #require(answer.headers.first(name: "Set-Cookie"))
            #expect(cookie.wholeMatch(of: /intake-session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict/) != nil)
            #expect(!(answer.text + "\(answer.headers)").contains(FakeToken.lan))
            let lan = try #require(answer.cookie)
            #expect(try await client.ask("/api/me", cookie: lan).status == 200)
            #expect(try await client.ask("/api/shifts/current", cookie: lan).text.contains("shift-1"))
        }
    }

    @Test func `What is personal needs a session, whatever else is sent`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            bench.station.tell(Scene.read(state: .finished))
            _ = try await client.signIn()
            let forged = "intake-session=" + String(repeating: "0", count: 64)
            for path in Self.personal {
                for (headers, code) in [
                    ([], "sign-in-required"), ([("Cookie", forged)], "session-expired"),
                    ([("Cookie", "intake-session=")], "sign-in-required"),
                    ([("Authorization", "Bearer \(FakeToken.lan)")], "sign-in-required"),
                    ([("Cookie", "intake-session=\(FakeToken.lan)")], "sign-in-required"),
                ] as [([(String, String)], String)] {
                    let answer = try await client.ask(path, headers: headers)
                    #expect(answer.status == 401)
                    #expect(answer.text.contains(code), "\(path) \(headers)")
                    #expect(!answer.text.contains(Scene.number))
                }
            }
            #expect(try await client.send("/api/shifts", #"{"team":"a","point":"b","kind":"fixed"}"#).status == 401)
            #expect(try await client.send("/api/shifts/shift-1/close").status == 401)
        }
    }

    @Test func `A wrong secret is told, and gives nothing`() async throws {
        try await Bench.run { bench in
            let answer = try await ConsoleClient(port: bench.port).send(
                "/api/sign-in", #"{"operatorId":"lan","secret":"wrong"}"#)
            #expect(answer.status == 401)
            #expect(answer.text.contains("sign-in-refused"))
            #expect(answer.cookie == nil)
        }
    }

    @Test func `A cookie set beforehand is not adopted, and a new sign-in ends the session before it`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let planted = "intake-session=" + String(repeating: "ab", count: 32)
            let first = try #require(try await client.send("/api/sign-in", ConsoleClient.lan, cookie: planted).cookie)
            #expect(first != planted)
            #expect(try await client.ask("/api/me", cookie: planted).status == 401)
            let second = try #require(try await client.send("/api/sign-in", ConsoleClient.lan, cookie: first).cookie)
            #expect(second != first)
            #expect(try await client.ask("/api/me", cookie: first).status == 401)
            #expect(try await client.ask("/api/me", cookie: second).status == 200)
            // Two cookies of the name: nobody knows which is ours.
            #expect(try await client.ask("/api/me", cookie: "\(second); \(planted)").status == 401)
        }
    }

    @Test(arguments: ["Origin", "Sec-Fetch-Site", "Content-Type"])
    func `Nothing is changed by a request that is not provably the page's own`(missing: String) async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            for path in ["/api/sign-in", "/api/sign-out", "/api/secret", "/api/shifts", "/api/shifts/shift-1/close"] {
                let answer = try await client.send(path, ConsoleClient.lan, cookie: lan, without: missing)
                #expect(answer.status == (missing == "Content-Type" ? 400 : 403), "\(path)")
                #expect(answer.headers["Set-Cookie"].isEmpty)
            }
            #expect(bench.station.desk.signOuts == 0)
            #expect(bench.station.desk.shift != nil)
            #expect(try await client.ask("/api/me", cookie: lan).status == 200)
        }
    }

    @Test(
        arguments: [
            ("127.0.0.1", "http://evil.example", "cross-site"), ("127.0.0.1", "https://127.0.0.1", "same-site"),
            ("evil.example", "http://evil.example", "same-origin"), ("127.0.0.1", "null", "cross-site"),
        ])
    func `A foreign origin or host changes nothing`(host: String, origin: String, site: String) async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            let answer = try await client.ask(
                "/api/sign-out", .POST,
                headers: [
                    ("Host", "\(host):\(bench.port)"), ("Origin", "\(origin):\(bench.port)"), ("Sec-Fetch-Site", site),
                    ("Content-Type", "application/json"), ("Cookie", lan),
                ], body: "{}")
            #expect(answer.status == 403)
            #expect(try await client.ask("/api/me", cookie: lan).status == 200)
        }
    }

    @Test func `A body is small, whole, and JSON of the expected shape`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let long = String(repeating: "x", count: Limits.Local.consoleBodyBytes)
            #expect(try await client.send("/api/sign-in", #"{"operatorId":"lan","secret":"\#(long)"}"#).status == 413)
            for body in ["", "{", "[]", "{}", #"{"operatorId":"lan","operatorId":"lan","secret":"right"}"#, "null"] {
                let answer = try await client.send("/api/sign-in", body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.cookie == nil)
            }
        }
    }

    @Test func `A sign-out ends the session here and at the daemon, and takes the cookie away`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            let answer = try await client.send("/api/sign-out", cookie: lan)
            #expect(answer.status == 204)
            #expect(answer.headers.first(name: "Set-Cookie")?.contains("intake-session=; ") == true)
            #expect(answer.headers.first(name: "Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(bench.station.desk.signOuts == 1)
            #expect(try await client.ask("/api/me", cookie: lan).status == 401)
            #expect(try await client.send("/api/sign-out").status == 204)
        }
    }

    @Test func `A session that the daemon ended is forgotten, and does not come back`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            bench.station.change { $0.expired = true }
            #expect(try await client.ask("/api/applications", cookie: lan).text.contains("session-expired"))
            bench.station.change { $0.expired = false }
            #expect(try await client.ask("/api/applications", cookie: lan).status == 401)
        }
    }

    @Test func `An event stream ends with the session that opened it, be it only idle`() async throws {
        for end in ["sign-out", "idle"] {
            try await Bench.run { bench in
                let client = ConsoleClient(port: bench.port)
                if end == "idle" { bench.station.change { $0.idleSeconds = 8 } }
                let lan = try await client.signIn()
                let response = try await client.open("/api/events", headers: [("Cookie", lan)])
                var parser = ServerSentEventParser()
                var told: [String] = []
                for try await chunk in response.body {
                    for event in try parser.push(Array(chunk.readableBytesView)) where event.event != nil {
                        told.append("\(event.event ?? "") \(event.data.contains("lan"))")
                        if event.event == "snapshot", end == "sign-out" {
                            _ = try await client.send("/api/sign-out", cookie: lan)
                        }
                    }
                }
                #expect(told == ["session true", "snapshot false", "session false"], "\(end)")
                #expect(try await client.ask("/api/me", cookie: lan).status == 401)
            }
        }
    }

    @Test func `Who has to set a secret can do that and nothing else`() async throws {
        try await Bench.run { bench in
            bench.station.change { $0.mustChangeSecret = true }
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            #expect(try await client.ask("/api/applications", cookie: lan).text.contains("secret-change-required"))
            let weak = try await client.send("/api/secret", #"{"secret":"right","newSecret":"x"}"#, cookie: lan)
            #expect(weak.text.contains("secret-too-weak"))
            let wrong = try await client.send(
                "/api/secret", #"{"secret":"no","newSecret":"xxxxxxxxxxxx"}"#, cookie: lan)
            #expect(wrong.status == 401)
            let done = try await client.send(
                "/api/secret", #"{"secret":"right","newSecret":"a long new one"}"#, cookie: lan)
            #expect(try StrictJSON.decode(SignedIn.self, from: done.bytes).mustChangeSecret == false)
            #expect(try await client.ask("/api/applications", cookie: lan).status == 200)
        }
    }

    @Test func `There are never more sessions than the limit, and one that ends makes room`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            var cookies: [String] = []
            for _ in 0..<Limits.Local.consoleSessions { cookies.append(try await client.signIn()) }
            #expect(Set(cookies).count == Limits.Local.consoleSessions)
            let refused = try await client.send("/api/sign-in", ConsoleClient.lan)
            #expect(refused.status == 503)
            #expect(refused.text.contains("sign-in-busy"))
            #expect(bench.station.desk.signOuts == 1)
            _ = try await client.send("/api/sign-out", cookie: cookies[3])
            #expect(try await client.send("/api/sign-in", ConsoleClient.lan).status == 200)
        }
    }

    @Test func `An intake session is opened and closed through the console`() async throws {
        try await Bench.run { bench in
            bench.station.change { $0.shift = nil }
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            let order = #"{"team":"Tổ 2","point":"Chợ","kind":"mobile"}"#
            let opened = try await client.send("/api/shifts", order, cookie: lan)
            #expect(try StrictJSON.decode(ShiftReport.self, from: opened.bytes).kind == "mobile")
            #expect(try await client.send("/api/shifts", order, cookie: lan).status == 409)
            let summary = try await client.ask("/api/shifts/shift-1/summary", cookie: lan)
            #expect(try StrictJSON.decode(ShiftSummaryReport.self, from: summary.bytes).taken == 23)
            #expect(try await client.send("/api/shifts/shift-1/close", cookie: lan).status == 200)
            #expect(try await client.ask("/api/shifts/current", cookie: lan).text == "{}")
        }
    }
}
