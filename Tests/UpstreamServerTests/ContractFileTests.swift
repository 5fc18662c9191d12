import Foundation
import HTTPTypes
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

/// `docs/openapi/upstream.yaml` and the server say the same.
@Suite struct ContractFileTests {
    private let lines: [String]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/openapi/upstream.yaml"
        )
        lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    @Test func `paths and methods are the server's`() {
        var path = ""
        var described: Set<String> = []
        for line in lines {
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
            for method in ["get", "post", "put", "patch", "delete"] where line == "    \(method):" {
                described.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(described == Set(Route.allCases.map { "\($0.method.rawValue) \($0.rawValue)" }))
    }

    @Test func `every problem that can be answered is named`() {
        let text = lines.joined(separator: " ")
        for problem in ProblemName.allCases { #expect(text.contains(problem.rawValue), "\(problem.rawValue)") }
    }

    /// Members of a schema, by the indentation under its name.
    private func members(of schema: String) -> Set<String> {
        guard let start = lines.lastIndex(of: "    \(schema):") else { return [] }
        let body = lines[(start + 1)...].prefix { $0.hasPrefix("      ") }
        return Set(
            body.compactMap { line in
                guard line.hasPrefix("        "), !line.hasPrefix("         "), let colon = line.firstIndex(of: ":")
                else { return nil }
                return String(line[..<colon].dropFirst(8))
            }
        )
    }

    private func members(_ value: some Encodable) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(try StrictJSON.encode(value)))
        return Set(try #require(object as? [String: Any]).keys)
    }

    @Test func `schemas have the wire types' members`() async throws {
        let path = NSTemporaryDirectory() + "contract-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = UpstreamDirectory(path)
        _ = try directory.initialize(stations: [Bench.station], at: SystemClock().now, random: SystemRandomSource())
        let keys = try directory.keys()
        let id = ItemID(at: Item.capturedAt, random: SystemRandomSource())
        let request = RequestID(random: SystemRandomSource())
        let digest = ContentDigest(of: [])
        let context = ItemContext(
            suite: .x25519,
            stationId: Bench.station,
            itemId: id,
            sequence: 1,
            revision: 1,
            supersedes: nil,
            keyId: Bench.station,
            capturedAt: Item.capturedAt
        )
        let item = try ManifestItem(context: context, sealed: [1], key: keys.authority)
        let receipt = try Receipt(
            receiptId: Bench.station,
            verdict: .accepted,
            stationId: Bench.station,
            itemId: id,
            sha256: digest,
            receivedAt: Item.capturedAt,
            key: keys.authority
        )
        let manifest = BatchManifest(
            batchId: request,
            senderId: Bench.station,
            sentAt: Item.capturedAt,
            audit: try AuditHead(stationId: Bench.station, sequence: 1, head: digest, key: keys.authority),
            clock: ClockReport(offsetMilliseconds: nil, quality: .suspect),
            items: [item.resumed(at: 1)]
        )
        let problem = WireProblem(
            type: "t",
            title: "t",
            status: 400,
            detail: "d",
            storedSha256: digest,
            maxBytes: 1,
            maxItems: 1
        )
        #expect(try members(manifest) == members(of: "BatchManifest"))
        #expect(try members(item.resumed(at: 1)) == members(of: "ManifestItem"))
        #expect(try members(receipt) == members(of: "Receipt"))
        #expect(try members(keys.published) == members(of: "KeyList"))
        #expect(try members(problem) == members(of: "Problem"))
        #expect(try members(ItemResult(itemId: id, outcome: .retry, sha256: digest)) == members(of: "ItemResult"))
        #expect(try members(StatusRequest(requestId: request, itemIds: [])) == members(of: "StatusRequest"))
        #expect(
            try members(BatchAnswer(batchId: request, receivedAt: Item.capturedAt, results: []))
                == members(of: "BatchAnswer")
        )
        #expect(
            try members(StatusAnswer(requestId: request, receivedAt: Item.capturedAt, results: []))
                == members(of: "StatusAnswer")
        )
    }
}
