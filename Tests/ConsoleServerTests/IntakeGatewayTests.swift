import FakeStation
import StationAPI
import StationCore
import Testing

/// What takes an application in goes through the console as the page sent it, for who is signed in, and for nobody else.
@Suite(.timeLimit(.minutes(5)))
struct IntakeGatewayTests {
    private static let order = """
        {"readId":"read-1","declared":{"phone":"0912345678"},"consent":{"granted":true,"textVersion":"1",\
        "textSHA256":"00","language":"vi","confirmation":"spoken"}}
        """
    private static let key = [("Idempotency-Key", "key-1")]

    @Test func `The description is everybody's, a read is the person's`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            #expect(try await client.ask("/api/description").text.contains(Scene.consent))
            let body = #"{"credential":{"can":"123456"}}"#
            let refused = try await client.send("/api/readers/reader-0/reads", body)
            #expect(refused.status == 401 && refused.text.contains("sign-in-required"))
            #expect(bench.station.credentials.isEmpty)
            let cookie = try await client.signIn()
            let unknown = try await client.send("/api/readers/reader-0/reads", body, cookie: cookie)
            #expect(unknown.text.contains("reader-unknown"))
            bench.station.open(with: Scene.read(state: .reading))
            let started = try await client.send("/api/readers/reader-0/reads", body, cookie: cookie)
            #expect(started.status == 200 && started.text.contains("read-1"))
            #expect(bench.station.credentials.last?.can == "123456")
        }
    }

    @Test func `A save carries its key, and the second person's signature in the header alone`() async throws {
        try await Bench.run { bench in
            bench.station.change { $0.saved = Scene.saved() }
            let client = ConsoleClient(port: bench.port)
            let nobody = try await client.send("/api/applications", Self.order, with: Self.key)
            #expect(nobody.status == 401)
            let cookie = try await client.signIn()
            let keyless = try await client.send("/api/applications", Self.order, cookie: cookie)
            #expect(keyless.text.contains("idempotency-key-missing"))
            let saved = try await client.send("/api/applications", Self.order, cookie: cookie, with: Self.key)
            #expect(saved.status == 201 && saved.text.contains("000-017"))
            for (header, code) in [
                ("Basic !!", "co-signature-refused"), ("Basic aG9hOndyb25n", "co-signature-refused"),  // hoa:wrong
            ] {
                let answer = try await client.send(
                    "/api/applications", Self.order, cookie: cookie, with: Self.key + [("Co-Signature", header)])
                #expect(answer.text.contains(code))
            }
            let signature = CoSignature(operatorId: "hoa", secret: "a:b").headerValue
            let signed = try await client.send(
                "/api/applications", Self.order, cookie: cookie, with: Self.key + [("Co-Signature", signature)])
            #expect(signed.status == 201)
            #expect(bench.station.submissions.map(\.key) == ["key-1", "key-1"])
            #expect(bench.station.submissions.map(\.second) == [nil, "hoa"])
        }
    }

    @Test(arguments: ["Origin", "Sec-Fetch-Site", "Content-Type"])
    func `A page of another site saves nothing and opens no chip`(missing: String) async throws {
        try await Bench.run { bench in
            bench.station.change { $0.saved = Scene.saved() }
            bench.station.open(with: Scene.read(state: .reading))
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            for (path, body) in [
                ("/api/applications", Self.order), ("/api/readers/reader-0/reads", #"{"credential":{"can":"123456"}}"#),
            ] {
                let answer = try await client.send(path, body, cookie: cookie, without: missing, with: Self.key)
                #expect((400..<500).contains(answer.status))
            }
            #expect(bench.station.submissions.isEmpty && bench.station.credentials.isEmpty)
        }
    }

    @Test func `A body without end is refused before it is read whole`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            let large = String(repeating: " ", count: Limits.Local.bodyBytes + 1)
            let answer = try await client.send("/api/applications", large, cookie: cookie, with: Self.key)
            #expect(answer.text.contains("request-too-large"))
        }
    }
}
