import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import StationAPI
import StationCore
import Synchronization
import Testing

@testable import LocalServer

/// The socket API over a real Unix socket, asked by the real client.
@Suite struct SocketAPITests {
    @Test func theClientReadsWhatTheControlSays() async throws {
        try await withLocalServer { (client, _, _) async throws in
            #expect(try await client.description().version == 1)
            #expect(try await client.status() == ScriptedControl.statusReport())
            #expect(try await client.readers() == ScriptedControl.emptyReaders)
            #expect(try await client.portrait("x").mediaType == "image/png")
            #expect(try await client.readRecord("x") == ScriptedControl.record)
            #expect(try await client.applications(after: 7).next == 7)
        }
    }

    @Test func aProblemArrivesWithItsCodeAndBothLanguages() async throws {
        try await withLocalServer { (client, _, _) async throws in
            let problem = await #expect(throws: Problem.self) {
                try await client.startRead(reader: "no-such", ReadRequest(credential: .init(can: "123456")))
            }
            #expect(problem?.code == "reader-unknown")
            #expect(problem?.status == 404)
            #expect(problem?.detail == "no-such")
            #expect(problem?.detailVi == "Không có đầu đọc thẻ này")
        }
    }

    @Test func thePeerIsWhoTheKernelSays() async throws {
        try await withLocalServer { (client, control, _) async throws in
            _ = try await client.submit(submission, idempotencyKey: "k-1")
            #expect(control.asked.withLock { $0.peers } == [Peer(userID: getuid())])
            #expect(control.asked.withLock { $0.keys } == ["k-1"])
        }
    }

    @Test func aSaveAnswers201WithItsLocation() async throws {
        try await withLocalServer { (_, _, path) async throws in
            let answer = try await raw(
                path, "/v1/applications", ["Idempotency-Key": "k", "Content-Type": "application/json"], "{}")
            #expect(answer.status.code == 201)
            #expect(answer.headers.first(name: "Location") == "/v1/applications/\(ScriptedControl.item)")
        }
    }

    @Test(arguments: [
        ("/v1/applications", ["Content-Type": "application/json"], "{}", "idempotency-key-missing", 400),
        ("/v1/applications", ["Idempotency-Key": "k"], "{}", "request-malformed", 400),
        ("/v1/readers/a/reads", ["Content-Type": "application/json"], "{", "request-malformed", 400),
        (
            "/v1/readers/a/reads", ["Content-Type": "application/json"],
            #"{"credential":{"can":"1","can":"2"}}"#, "request-malformed", 400
        ),
        ("/v1/nowhere", ["Content-Type": "application/json"], "{}", "route-unknown", 404),
        ("/v1/applications", ["Origin": "http://evil.example"], "{}", "request-forbidden-origin", 403),
        ("/v1/applications", ["Referer": "http://evil.example/"], "{}", "request-forbidden-origin", 403),
        ("/v1/applications", ["Host": "evil.example"], "{}", "request-forbidden-origin", 403),
    ])
    func aBadRequestIsNamed(
        path: String, headers: [String: String], body: String, code: String, status: UInt
    ) async throws {
        try await withLocalServer { (_, control, socket) async throws in
            let answer = try await raw(socket, path, headers, body)
            #expect(answer.status.code == status)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
            let bytes = Array(buffer: try await answer.body.collect(upTo: 65_536))
            #expect(try StrictJSON.decode(Problem.self, from: bytes).code == code)
            #expect(control.asked.withLock { $0.bodies }.isEmpty)
        }
    }

    @Test func aLockedAccountSaysWhenToComeBack() async throws {
        try await withLocalServer { (_, _, socket) async throws in
            let body = #"{"operatorId":"locked","secret":"x"}"#
            let answer = try await raw(socket, "/v1/operators/sign-in", ["Content-Type": "application/json"], body)
            #expect(answer.status.code == 429)
            #expect(answer.headers.first(name: "Retry-After") == "42")
        }
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        try await withLocalServer { (_, control, socket) async throws in
            let body = String(repeating: " ", count: Limits.Local.bodyBytes + 1)
            let answer = try await raw(
                socket, "/v1/applications", ["Idempotency-Key": "k", "Content-Type": "application/json"], body)
            #expect(answer.status.code == 413)
            #expect(control.asked.withLock { $0.bodies }.isEmpty)
        }
    }

    @Test func eventsArriveInOrderAndResumeWhereTheClientSays() async throws {
        try await withLocalServer { (client, control, _) async throws in
            let events = try await client.events(after: 41)
            control.feed.yield(.snapshot(ScriptedControl.statusReport(), id: 42))
            control.feed.yield(.readers(ScriptedControl.emptyReaders))
            control.feed.finish()
            var kinds: [StationEvent.Kind] = []
            for try await event in events { kinds.append(event.kind) }
            #expect(kinds == [.snapshot, .readers])
            #expect(control.asked.withLock { $0.lastEventID } == 41)
        }
    }

    /// Every verb that changes or reveals something, by its method and path.
    static let personal: [(HTTPMethod, String)] =
        [
            (.POST, "/v1/readers/a/reads"), (.GET, "/v1/reads/x"), (.GET, "/v1/reads/x/record"),
            (.GET, "/v1/reads/x/portrait"), (.POST, "/v1/applications"), (.GET, "/v1/applications"),
            (.POST, "/v1/applications/find"), (.GET, "/v1/applications/\(ScriptedControl.item)"),
            (.POST, "/v1/applications/\(ScriptedControl.item)/amendments"),
            (.POST, "/v1/applications/\(ScriptedControl.item)/withdraw"),
            (.DELETE, "/v1/applications/\(ScriptedControl.item)/follow-up"), (.POST, "/v1/exports"),
            (.POST, "/v1/exports/recall"), (.GET, "/v1/media"), (.POST, "/v1/receipts/imports"),
            (.POST, "/v1/operators/sign-out"),
            (.GET, "/v1/operators/me"), (.POST, "/v1/operators/secret"), (.GET, "/v1/operators"),
            (.POST, "/v1/operators/lan/secret"), (.POST, "/v1/shifts"), (.GET, "/v1/shifts/current"),
            (.GET, "/v1/shifts"),
            (.POST, "/v1/shifts/s/hand-over"), (.POST, "/v1/shifts/s/close"), (.GET, "/v1/shifts/s/summary"),
            (.POST, "/v1/issues"), (.GET, "/v1/issues"),
        ] + ApplicationVerb.allCases.map { (.POST, "/v1/applications/\(ScriptedControl.item)/\($0.rawValue)") }

    /// The console's own user id is on the socket; without somebody who signed in it gets nowhere.
    @Test(arguments: personal) func nothingIsDoneOrShownForNobody(_ method: HTTPMethod, _ path: String) async throws {
        try await withLocalServer { (_, control, socket) async throws in
            for (header, code) in [
                (nil, "sign-in-required"), ("Bearer forged", "session-expired"), ("lan", "session-expired"),
            ] {
                let url = try #require(URL(httpURLWithSocketPath: socket, uri: path))
                var request = HTTPClientRequest(url: url.absoluteString)
                request.method = method
                request.headers = ["Host": "localhost", "Content-Type": "application/json", "Idempotency-Key": "k"]
                if let header { request.headers.add(name: "Authorization", value: header) }
                if method == .POST { request.body = .bytes(ByteBuffer(string: "{}")) }
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                #expect(answer.status.code == 401)
                let bytes = Array(buffer: try await answer.body.collect(upTo: 65_536))
                #expect(try StrictJSON.decode(Problem.self, from: bytes).code == code)
            }
            #expect(control.asked.withLock { $0 } == .init())
        }
    }

    /// The table above is the whole socket, less what anybody in the group may see.
    @Test func everyPathIsInTheTableOrIsNobodysPerson() {
        let open =
            ["/v1", "/v1/openapi.yaml", "/v1/status", "/v1/readers", "/v1/events"].map { "GET \($0)" } + [
                "POST /v1/operators/sign-in"
            ]
        let known = Set(Self.personal.map { "\($0.0) \($0.1)" })
        for operation in SocketSurface.operators(ScriptedControl()).operations.subtracting(open) {
            let path = operation.replacing("{reader}", with: "a")
                .replacing("/v1/applications/{id}", with: "/v1/applications/\(ScriptedControl.item)")
                .replacing("/v1/operators/{id}", with: "/v1/operators/lan")
                .replacing("/v1/shifts/{id}", with: "/v1/shifts/s").replacing("{id}", with: "x")
            #expect(known.contains(path), "\(operation)")
        }
    }

    @Test func aSecondPersonSignsWithTheirOwnCredentialInTheSameRequest() async throws {
        try await withLocalServer { (client, control, _) async throws in
            let right = CoSignature(operatorId: "hoa", secret: "a:b")
            _ = try await client.submit(submission, idempotencyKey: "k", coSignature: right)
            #expect(control.asked.withLock { $0.seconds } == 1)
            for wrong in [CoSignature(operatorId: "hoa", secret: "b"), CoSignature(operatorId: "", secret: "")] {
                let problem = await #expect(throws: Problem.self) {
                    try await client.submit(submission, idempotencyKey: "k", coSignature: wrong)
                }
                #expect(problem?.code == "co-signature-refused" && problem?.status == 403)
            }
            #expect(control.asked.withLock { $0.bodies.count } == 1)
        }
    }

    @Test(arguments: ["", "Basic", "Basic !!", "Basic aG9h", "Bearer aG9hOmI=", "Basic aG9hOmI= x", "Basic /////w=="])
    func aCoSignatureThatIsNoneIsRefused(_ value: String) async throws {
        try await withLocalServer { (_, control, socket) async throws in
            let answer = try await raw(
                socket, "/v1/exports", ["Content-Type": "application/json", "Co-Signature": value], "{}")
            #expect(answer.status.code == 403)
            #expect(control.asked.withLock { $0.seconds } == 0)
        }
    }

    @Test func whoListensWithoutASignInIsNobody() async throws {
        try await withLocalServer { (client, control, path) async throws in
            control.feed.finish()
            _ = try await client.events()
            _ = try await StationClient(socketPath: path).events()
            #expect(control.asked.withLock { $0.listeners } == ["lan", nil])
        }
    }

    @Test func anUnknownGroupIsAConfigurationProblem() {
        #expect(throws: Failure(.configurationInvalid, "there is no group no-such-group")) {
            try LocalServer(
                .operators(ScriptedControl()), socketPath: "/tmp/x", group: "no-such-group",
                logger: Logger(label: "test"),
                onRunning: {})
        }
    }

    private var submission: ApplicationSubmission {
        ApplicationSubmission(readId: "r", declared: .init(phone: "0912345678"), consent: nil)
    }

    private func raw(
        _ socket: String, _ path: String, _ headers: [String: String], _ body: String
    ) async throws -> HTTPClientResponse {
        let url = try #require(URL(httpURLWithSocketPath: socket, uri: path))
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        request.headers.add(name: "Host", value: headers["Host"] ?? "localhost")
        if headers["Authorization"] == nil {
            request.headers.add(name: "Authorization", value: "Bearer \(ScriptedControl.token)")
        }
        for (name, value) in headers where name != "Host" { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }
}
