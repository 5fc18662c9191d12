import AsyncHTTPClient
import FakeStation
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import StationAPI
import StationContract
import StationCore
import Testing

@testable import LocalServer

/// The operations of `docs/openapi/station.yaml` are the server's, both ways.
@Suite struct ContractOperationsTests {
    private let contract: StationContract

    init() throws { contract = try StationContract() }

    private static let surfaces: [(name: String, surface: SocketSurface)] = [
        ("operator", .operators(ScriptedControl())), ("administrator", .administrators(NoAdministration())),
    ]

    @Test(arguments: [0, 1]) func theFileAndTheServerHaveTheSameOperations(_ index: Int) {
        let (name, surface) = Self.surfaces[index]
        let described = contract.operations.filter { $0.sockets.contains(name) }.map(\.name)
        #expect(Set(described) == surface.operations)
    }

    @Test(arguments: [0, 1]) func everyFeatureIsExplainedAndHasAnOperation(_ index: Int) {
        let (name, surface) = Self.surfaces[index]
        let used = contract.operations.filter { $0.sockets.contains(name) }.reduce(Set()) { $0.union($1.features) }
        #expect(Set(surface.features) == used)
        let text = contract.document["info"]?["description"]?.text ?? ""
        for feature in surface.features { #expect(text.contains("`\(feature)`: "), "\(feature)") }
    }

    @Test func everyProblemHasItsStatusAndEveryStatusItsProblem() throws {
        for operation in contract.operations {
            var statuses: Set<Int> = []
            for problem in operation.problems {
                statuses.insert(try #require(FailureCode(rawValue: problem), "\(problem)").httpStatus)
            }
            let documented = operation.responses.filter { $0.key >= 400 }
            #expect(Set(documented.keys) == statuses, "\(operation.name)")
            for (_, response) in documented {
                let schema = contract.resolved(response)["content"]?["application/problem+json"]?["schema"]?["$ref"]
                #expect(schema == .string("#/components/schemas/Problem"))
            }
            #expect(operation.responses.keys.contains { (200..<300).contains($0) }, "\(operation.name)")
        }
    }

    @Test func everyOperationHasItsOwnIdAndAnExample() {
        let operations = contract.operations
        #expect(Set(operations.map(\.id)).count == operations.count)
        for operation in operations {
            #expect(operation.curl.hasPrefix("curl "), "\(operation.name)")
            #expect(operation.curl.contains(operation.method == "GET" ? "http" : "-X \(operation.method)"))
        }
    }

    @Test func theLimitsInTheFileAreTheProducts() {
        let text = (contract.document["info"]?["description"]?.text ?? "").replacing("\n", with: " ")
        let limits = Limits.Local.self
        for sentence in [
            "A head of \(limits.headBytes / 1_024) KiB and \(limits.headFields) fields",
            "a body of \(limits.bodyBytes / 1_048_576) MiB", "\(limits.connections) connections on a socket",
            "\(limits.peerConnections) of one user id", "complete \(limits.requestDuration.components.seconds) s",
            "closed after \(limits.idleDuration.components.seconds) s",
            "written to it for \(limits.stallDuration.components.seconds) s",
            "\(limits.requestsPerSecond.formatted(.number.locale(Locale(identifier: "en")))) requests a second",
            "(\(limits.requestsAtOnce.formatted(.number.locale(Locale(identifier: "en")))) at once)",
        ] {
            #expect(text.contains(sentence), "\(sentence)")
        }
    }

    @Test func whoIsNotSignedInGetsWhatTheFileGivesToEverybodyAndNoMore() async throws {
        try await withSocket { socket in
            for operation in contract.operations
            where operation.sockets.contains("operator") && operation.id != "listen" {
                let answer = try await ask(socket, operation, token: nil)
                #expect((answer.status.code == 401) == operation.needsSession, "\(operation.name)")
            }
        }
    }

    @Test func whatNeedsAKeyIsRefusedWithoutOne() async throws {
        try await withSocket { socket in
            for operation in contract.operations
            where operation.sockets.contains("operator") && operation.id != "listen" {
                let parameters = operation.document["parameters"]?.elements ?? []
                let needsKey = parameters.contains { contract.resolved($0)["name"] == .string("Idempotency-Key") }
                let answer = try await ask(socket, operation, token: FakeToken.lan)
                let bytes = Array(buffer: try await answer.body.collect(upTo: Limits.Local.bodyBytes))
                let problem = try? StrictJSON.decode(Problem.self, from: bytes)
                #expect((problem?.code == "idempotency-key-missing") == needsKey, "\(operation.name)")
            }
        }
    }

    @Test func theFileIsServedAsItIs() async throws {
        try await withSocket { socket in
            let operation = try #require(contract.operations.first { $0.id == "contract" })
            let answer = try await ask(socket, operation, token: nil)
            #expect(answer.status == .ok && answer.headers.first(name: "Content-Type") == "application/yaml")
            #expect(Array(buffer: try await answer.body.collect(upTo: Limits.Local.bodyBytes)) == contract.bytes)
        }
    }

    @Test(arguments: [
        (HTTPMethod.PUT, "/v1/applications", 405 as UInt, "GET, POST" as String?), (.GET, "/v1/exports", 405, "POST"),
        (.GET, "/v1/applications/find", 405, "POST"),
        (.HEAD, "/v1/status", 405, "GET"), (.GET, "/v1/nowhere", 404, nil as String?), (.GET, "/", 404, nil as String?),
    ]) func aWrongMethodIsToldFromAWrongPath(method: HTTPMethod, path: String, status: UInt, allow: String?)
        async throws
    {
        try await withSocket { socket in
            let answer = try await send(socket, method, path, token: FakeToken.lan)
            #expect(answer.status.code == status && answer.headers.first(name: "Allow") == allow)
        }
    }

    private func ask(
        _ socket: String, _ operation: StationContract.Operation, token: String?
    ) async throws -> HTTPClientResponse {
        let path = operation.path.replacing("/v1/applications/{id}", with: "/v1/applications/\(ScriptedControl.item)")
            .replacing("{id}", with: "x").replacing("{reader}", with: "x")
        return try await send(socket, HTTPMethod(rawValue: operation.method), path, token: token)
    }

    private func send(
        _ socket: String, _ method: HTTPMethod, _ path: String, token: String?
    ) async throws -> HTTPClientResponse {
        let url = try #require(URL(httpURLWithSocketPath: socket, uri: path))
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        request.headers = ["Host": "localhost", "Content-Type": "application/json"]
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if method == .POST { request.body = .bytes(ByteBuffer(string: "{}")) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }

    private func withSocket(_ body: @Sendable (String) async throws -> Void) async throws {
        try await withLocalServer { _, _, path in try await body(path) }
    }
}
