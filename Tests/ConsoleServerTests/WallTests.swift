import FakeStation
import HTTPTypes
import Hummingbird
import NIOHTTP1
import StationAPI
import StationCore
import Testing

@testable import ConsoleServer

/// Who is let in, and what every answer carries.
struct WallTests {
    @Test(
        arguments: [
            ("127.0.0.1:8420", nil, nil), ("localhost:8420", nil, "none"), ("LOCALHOST:8420", nil, "same-origin"),
            ("[::1]:8420", "http://[::1]:8420", "same-origin"), ("127.0.0.1:8420", "http://127.0.0.1:8420", nil),
        ] as [(String, String?, String?)])
    func `The station's own page is let in`(host: String, origin: String?, site: String?) {
        #expect(judged(host, origin, site, .get) == nil)
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("evil.example:8420", nil, nil), ("127.0.0.1", nil, nil), ("127.0.0.1:8421", nil, nil),
            ("127.0.0.1.evil.example:8420", nil, nil), ("127.0.0.1:8420", "https://evil.example", nil),
            ("127.0.0.1:8420", "null", nil), ("127.0.0.1:8420", "http://localhost:8420", nil),
            ("127.0.0.1:8420", "https://127.0.0.1:8420", nil), ("127.0.0.1:8420", nil, "cross-site"),
            ("127.0.0.1:8420", nil, "same-site"),
        ] as [(String?, String?, String?)])
    func `A foreign host, origin or site is refused`(host: String?, origin: String?, site: String?) {
        #expect(judged(host, origin, site, .get) == .requestForbiddenOrigin)
    }

    @Test(
        arguments: [
            (nil, "same-origin", "application/json", .requestForbiddenOrigin),
            ("http://127.0.0.1:8420", nil, "application/json", .requestForbiddenOrigin),
            ("http://127.0.0.1:8420", "none", "application/json", .requestForbiddenOrigin),
            ("http://127.0.0.1:8421", "same-site", "application/json", .requestForbiddenOrigin),
            ("null", "same-origin", "application/json", .requestForbiddenOrigin),
            ("http://127.0.0.1:8420", "same-origin", nil, .requestMalformed),
            ("http://127.0.0.1:8420", "same-origin", "text/plain", .requestMalformed),
            ("http://127.0.0.1:8420", "same-origin", "application/x-www-form-urlencoded", .requestMalformed),
            ("http://127.0.0.1:8420", "same-origin", "application/json; charset=utf-8", nil),
        ] as [(String?, String?, String?, FailureCode?)])
    func `A change comes from the own page, as JSON, and says so`(
        origin: String?, site: String?, type: String?, refusal: FailureCode?
    ) {
        #expect(judged("127.0.0.1:8420", origin, site, .post, type: type) == refusal)
    }

    @Test(arguments: [HTTPRequest.Method.put, .delete, .patch, .options, .head, .trace, .connect])
    func `Every method but GET and POST is refused`(method: HTTPRequest.Method) {
        #expect(judged("127.0.0.1:8420", nil, nil, method) == .methodNotAllowed)
    }

    private func judged(
        _ host: String?, _ origin: String?, _ site: String?, _ method: HTTPRequest.Method, type: String? = nil
    )
        -> FailureCode?
    {
        var request = HTTPRequest(method: method, scheme: "http", authority: host, path: "/")
        request.headerFields[.origin] = origin
        request.headerFields[.contentType] = type
        request.headerFields[HTTPField.Name("Sec-Fetch-Site")!] = site
        return RequestJudge(port: 8_420).refusal(of: request)
    }

    @Test func `Every answer carries the walls, refusals too`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let answers = [
                try await client.ask("/"), try await client.ask("/app.js"), try await client.ask("/api/status"),
                try await client.ask("/nothing"), try await client.send("/api/status"),
                try await client.ask("/", headers: [("Host", "evil.example")]),
                try await client.ask("/api/shifts", .PUT), try await client.ask("/api/applications"),
                try await client.ask("/api/sign-in", .POST, body: ConsoleClient.lan),
            ]
            #expect(answers.map(\.status) == [200, 200, 200, 404, 405, 403, 405, 401, 403])
            for answer in answers {
                let policy = try #require(answer.headers.first(name: "Content-Security-Policy"))
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(policy.contains("form-action 'none'"))
                #expect(answer.headers.first(name: "X-Frame-Options") == "DENY")
                #expect(answer.headers.first(name: "Cache-Control") == "no-store")
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
                #expect(answer.headers.first(name: "Referrer-Policy") == "no-referrer")
                #expect(answer.headers["Access-Control-Allow-Origin"].isEmpty)
                #expect(answer.headers["Set-Cookie"].isEmpty)
            }
            #expect(answers[4].headers.first(name: "Allow") == "GET")
            #expect(answers[6].headers.first(name: "Allow") == "GET, POST")
            let problem = try StrictJSON.decode(Problem.self, from: answers[5].bytes)
            #expect(problem.code == "request-forbidden-origin")
        }
    }

    @Test(arguments: [
        "/../app.js", "/%2e%2e/etc/passwd", "/app.js/", "//", "/api", "/api/", "/api/reads/", "/api/reads/..%2Fstatus",
        "/api/reads/a%0d%0ab", "/api/reads/x/portrait/y", "/index.html", "/api/operators/hoa",
        "/api/shifts/", "/api/shifts/current/summary/x", "/api/shifts/..%2Fcurrent/summary", "/api/sign-in/x",
        "/api/me/..",
    ])
    func `Only the table's paths exist`(path: String) async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let answer = try await client.ask(path, cookie: try await client.signIn())
            #expect(answer.status == 404)
        }
    }

    @Test(
        arguments: [
            (nil, false), ("gzip, deflate, br, zstd", true), ("br;q=1.0, gzip;q=0.8", true), ("gzip;q=0", false),
            ("x-gzip", false), ("identity", false),
        ] as [(String?, Bool)])
    func `Who takes gzip gets the page compressed, and who does not the same as it is`(
        offer: String?, isPacked: Bool
    ) throws {
        let file = try #require(PageFile.named("app.js"))
        let packed = try #require(file.packed)
        #expect(packed.prefix(2) == [0x1F, 0x8B] && packed.count < file.bytes.count / 2)
        var head = HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1", path: "/app.js")
        head.headerFields[.acceptEncoding] = offer
        let response = file.response(to: Request(head: head, body: .init(buffer: .init())))
        #expect(response.headers[.contentEncoding] == (isPacked ? "gzip" : nil))
        #expect(response.body.contentLength == (isPacked ? packed : file.bytes).count)
    }

    @Test func `No two elements of the page have the same id`() throws {
        let page = String(decoding: try #require(PageFile.named("")).bytes, as: UTF8.self)
        let ids = page.matches(of: /\bid="([^"]+)"/).map { String($0.1) }
        #expect(ids.count > 100)
        #expect(Dictionary(grouping: ids, by: \.self).filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    @Test func `The page is small, complete, and free of inline script, style and foreign addresses`() throws {
        // What goes over the wire.
        let sizes = try PageFile.all.map { try #require($0.packed).count }
        #expect(sizes.reduce(0, +) < 150_000)
        for file in PageFile.all {
            let text = String(decoding: file.bytes, as: UTF8.self)
            for banned in [
                "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "sessionStorage",
                "style=", "onclick=", "https://", "javascript:",
            ] {
                #expect(!text.contains(banned), "\(file.name) contains \(banned)")
            }
            for piece in text.matches(of: /(?:from|href=|src=) ?"(?:\.\/|\/)([a-z.-]+)"/) {
                #expect(PageFile.named(String(piece.1)) != nil, "\(file.name) refers to \(piece.1)")
            }
        }
    }
}
