import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import StationCore
import Uplink

@testable import UpstreamServer

/// A running reference upstream in a directory of its own, and a station that speaks to it over real TLS.
struct Bench: Sendable {
    let directory: UpstreamDirectory
    let port: Int
    let client: HTTPClient

    static let station = WireName("station-1")!
    static let other = WireName("station-2")!

    var base: String { "https://localhost:\(port)" }

    /// Runs a test against an upstream that is gone afterwards, with everything that it wrote.
    static func run(
        faults: FaultPlan = FaultPlan(),
        policy: EvidencePolicy = .refuse,
        anchors: [UInt8]? = nil,
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + "upstream-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await serve(UpstreamDirectory(path), faults: faults, policy: policy, anchors: anchors, body)
    }

    /// Initialises a directory where needed, serves it while the body runs, and leaves it.
    static func serve(
        _ directory: UpstreamDirectory,
        faults: FaultPlan = FaultPlan(),
        policy: EvidencePolicy = .refuse,
        anchors: [UInt8]? = nil,
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        _ = try directory.initialize(
            stations: [station, other],
            at: SystemClock().now,
            random: SystemRandomSource()
        )
        let (ports, report) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = UpstreamServer(
            directory: directory,
            options: .init(evidencePolicy: policy, trustAnchorsPEM: anchors, faults: faults),
            logger: logger,
            onListening: { _, port in report.yield(port) }
        )
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await withThrowingTaskGroup(of: Bool.self) { tasks in
                tasks.addTask {
                    try await server.run()
                    return false
                }
                tasks.addTask {
                    guard let port = await ports.first(where: { _ in true }) else { return true }
                    try await body(Bench(directory: directory, port: port, client: client))
                    return true
                }
                while let isBody = try await tasks.next(), !isBody {}
                tasks.cancelAll()
                while let _ = try? await tasks.next() {}
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    /// The station's TLS configuration as the upstream's directory gives it.
    func tls(_ station: StationID? = Bench.station) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(directory.file("ca.pem")))
        guard let station else { return configuration }
        let path = directory.stationPath(station)
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile("\(path)/client.pem").map {
            .certificate($0)
        }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(path)/client.key", format: .pem))
        return configuration
    }

    struct Reply {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var problem: WireProblem? {
            guard headers["content-type"] == ["application/problem+json"] else { return nil }
            return try? StrictJSON.decode(WireProblem.self, from: body)
        }
    }

    /// Sends a request and collects its reply.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        fields: [(String, String)] = [],
        body: HTTPClientRequest.Body? = nil,
        tls configuration: TLSConfiguration? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.tlsConfiguration = try configuration ?? tls()
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        request.body = body
        let response = try await client.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 8_388_608)
        return Reply(status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
    }

    /// The authorities that a station pins.
    func authorities() throws -> AuthorityKeys {
        let authority = try directory.keys().authority
        return AuthorityKeys([try VerifyingKey(keyId: authority.keyId, rawRepresentation: authority.publicKey)])
    }

    /// A station's signing key as its directory gives it.
    func signingKey(_ station: StationID = Bench.station) throws -> StationSigningKey {
        let text = try String(contentsOfFile: directory.stationPath(station) + "/signing.key", encoding: .utf8)
        let seed = try present(strictBase64(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        return try StationSigningKey(keyId: WireName("signing-1")!, seed: seed)
    }

    /// A published key to seal to.
    func recipient(_ suite: Suite = .x25519) throws -> RecipientKey {
        try present(try directory.keys().published.keys.first { $0.suite.text == suite.rawValue })
    }
}

struct Missing: Error {}

func present<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}
