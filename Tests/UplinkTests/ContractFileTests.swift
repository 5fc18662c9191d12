import Foundation
import StationCore
import Testing

@testable import Uplink

/// Holds `docs/openapi/upstream.yaml` and the wire types together.
@Suite struct ContractFileTests {
    private static let text: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "docs/openapi/upstream.yaml"), encoding: .utf8)) ?? ""
    }()

    /// The lines of a schema: deeper than its name, which stands four spaces deep.
    private static func schema(_ name: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.lastIndex(of: "    \(name):") else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.hasPrefix("     ") || $0.isEmpty })
    }

    /// Member names of every object in a schema, and those of them that are required of its outermost object.
    private static func members(_ name: String) -> (all: Set<String>, required: Set<String>) {
        let lines = schema(name)
        var all: Set<String> = []
        for line in lines {
            let trimmed = line.drop { $0 == " " }
            guard line.count - trimmed.count >= 8, let colon = trimmed.firstIndex(of: ":") else { continue }
            all.insert(String(trimmed[..<colon]))
        }
        // The list stands on the line of `required:` or on the next one.
        let first = lines.firstIndex { $0.hasPrefix("      required:") } ?? lines.startIndex
        let required = lines[first...].prefix(2).joined().drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
            .split(separator: ",").map { String($0.drop { $0 == " " }) }
        return (all, Set(required))
    }

    private static func keys(_ value: some Encodable) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(StrictJSON.encode(value))) as? [String: Any]
        return Set((object ?? [:]).keys)
    }

    private static let item = Fixture.sent(1)

    static let samples: [(String, any Encodable & Sendable)] = [
        (
            "BatchManifest",
            BatchManifest(
                batchId: Fixture.batchId, senderId: Fixture.station, sentAt: Fixture.now,
                audit: try! AuditHead(
                    stationId: Fixture.station, sequence: 1, head: ContentDigest(of: []), key: Fixture.stationKey),
                clock: ClockReport(offsetMilliseconds: 1, quality: .suspect), items: [])
        ),
        (
            "BatchManifest",
            try! AuditHead(
                stationId: Fixture.station, sequence: 1, head: ContentDigest(of: []), key: Fixture.stationKey)
        ),
        ("BatchManifest", ClockReport(offsetMilliseconds: 1, quality: .suspect)),
        ("ManifestItem", Fixture.outgoing(1).entry), ("Receipt", Fixture.receipt(item)),
        ("BatchAnswer", BatchAnswer(batchId: Fixture.batchId, receivedAt: Fixture.now, results: [])),
        ("ItemResult", Fixture.accepted(item)),
        ("StatusRequest", StatusRequest(requestId: Fixture.batchId, itemIds: [])),
        ("StatusAnswer", StatusAnswer(requestId: Fixture.batchId, receivedAt: Fixture.now, results: [])),
        ("StatusAnswer", UpstreamDecision(label: "x", at: Fixture.now)),
        ("KeyList", Fixture.keyList(serial: 1, keys: [])), ("KeyList", Fixture.recipientKey("rk-1")),
        (
            "Problem",
            WireProblem(
                type: "x", title: "x", status: 400, detail: "x", storedSha256: ContentDigest(of: []), maxBytes: 1,
                maxItems: 1)
        ),
    ]

    @Test(arguments: samples.indices) func `every member that is sent stands in the file`(_ index: Int) throws {
        let (name, value) = Self.samples[index]
        let members = Self.members(name)
        #expect(!members.all.isEmpty && !members.required.isEmpty, "\(name)")
        #expect(try Self.keys(value).subtracting(members.all) == [], "\(name)")
    }

    @Test(arguments: [0, 3, 4, 5, 6, 7, 8, 10, 12]) func `every required member is sent`(_ index: Int) throws {
        let (name, value) = Self.samples[index]
        #expect(Self.members(name).required.subtracting(try Self.keys(value)) == [], "\(name)")
    }

    @Test func `suites, outcomes, problems and signing strings stand in the file`() {
        for suite in Uplink.Suite.allCases { #expect(Self.text.contains(suite.rawValue)) }
        for outcome in Outcome.allCases { #expect(Self.text.contains(outcome.rawValue)) }
        for name in ProblemName.allCases { #expect(Self.text.contains("`\(name.rawValue)`"), "\(name)") }
        let bytes = [
            SigningBytes.itemAuthenticatedData(Fixture.context()),
            SigningBytes.auditHead(stationId: Fixture.station, sequence: 1, head: ContentDigest(of: [])),
            SigningBytes.receipt(
                verdict: .accepted, stationId: Fixture.station, itemId: Fixture.itemId(1),
                sha256: ContentDigest(of: []),
                receiptId: Fixture.station, receivedAt: Fixture.now),
            SigningBytes.keys(serial: 1, issuedAt: Fixture.now, keys: []),
        ]
        for signed in bytes {
            let first = String(decoding: signed.prefix { $0 != 0x0a }, as: UTF8.self)
            #expect(Self.text.contains("    \(first)\n"), "\(first)")
        }
        #expect(Self.text.contains("`\(String(decoding: SigningBytes.applicationInfo, as: UTF8.self))`"))
    }
}
