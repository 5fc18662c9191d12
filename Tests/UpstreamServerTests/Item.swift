import ApplicationForm
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import StationCore
import Uplink

@testable import UpstreamServer

/// A sealed and signed item as a station makes it, and what a test may spoil about it.
struct Item: Sendable {
    var entry: ManifestItem
    var sealed: [UInt8]

    static let capturedAt = Timestamp(text: "2026-03-02T02:00:00.000Z")!

    /// Seals and signs. `json` replaces the application's bytes; `files` travel along and are described.
    static func make(
        _ bench: Bench,
        sequence: Int64 = 1,
        id: ItemID? = nil,
        station: StationID = Bench.station,
        revision: Int = 1,
        supersedes: ItemID? = nil,
        suite: Suite = .x25519,
        key: StationSigningKey? = nil,
        keyId: WireName? = nil,
        files: [SealedContent.File] = [],
        describing: [PartDescriptor]? = nil,
        stating base: ApplicationContent = sampleContent,
        json: ((ApplicationDocument) throws -> [UInt8])? = nil
    ) throws -> Item {
        let itemId = id ?? ItemID(at: capturedAt, random: SystemRandomSource())
        let recipient = try bench.recipient(suite)
        let context = ItemContext(
            suite: suite,
            stationId: station,
            itemId: itemId,
            sequence: sequence,
            revision: revision,
            supersedes: supersedes,
            keyId: keyId ?? recipient.keyId,
            capturedAt: capturedAt
        )
        let parts =
            describing
            ?? files.map {
                PartDescriptor(contentId: $0.name, size: $0.bytes.count, sha256: ContentDigest(of: $0.bytes).text)
            }
        let content: ApplicationDocument.Content =
            revision == 1
            ? .application(base.carrying(cardFiles: parts))
            : .amendment(AmendmentContent(reason: "số điện thoại sai", phone: "0987654321"))
        let document = ApplicationDocument(
            itemId: itemId,
            stationId: station,
            revision: revision,
            supersedes: supersedes,
            capturedAt: capturedAt,
            clockQuality: .synchronized,
            intake: IntakeCircumstances(operatorId: WireName("op-7")),
            content: content
        )
        let bytes = try json?(document) ?? document.encoded()
        let plaintext = try SealedContent(application: bytes, files: files).encode(random: SystemRandomSource())
        let sealed = try ItemSealer.seal(plaintext, context: context, to: recipient.sealingKey())
        return Item(
            entry: try ManifestItem(context: context, sealed: sealed, key: key ?? bench.signingKey(station)),
            sealed: sealed
        )
    }
}

let sampleContent = ApplicationContent(
    citizen: CitizenSnapshot(
        personalNumber: "070201001234",
        fullName: "Điểu Thị Bích Ngọc",
        birthDate: PartialDate(text: "2001-05-17")!,
        sex: .female,
        nationality: "VNM",
        residence: "Ấp 3, Tân Khai",
        issueDate: nil,
        expiry: .unlimited
    ),
    card: CardFacts(
        readMethod: .chip,
        readAt: Item.capturedAt,
        accessProtocol: .pace,
        findings: [Finding(check: "dataGroupHashes", verdict: .passed)]
    ),
    declared: Declaration(phone: "0912345678", email: nil, integrations: [], noSmartphone: false),
    consent: ConsentRecord(
        textVersion: "2024-07",
        textSHA256: String(repeating: "ab", count: 32),
        language: "vi",
        readAloudBy: nil,
        confirmation: .spoken,
        at: Item.capturedAt,
        granted: true
    ),
    representative: nil,
    overrides: [],
    ruleSet: "decree-69-2024"
)

/// A batch on its way, and what a test may spoil about it.
struct Batch {
    var manifest: [UInt8]
    var parts: [(contentID: String, bytes: [UInt8])]
    var batchId: RequestID
    var digest: ContentDigest?

    init(
        _ bench: Bench,
        _ items: [Item],
        sender: StationID = Bench.station,
        auditSequence: Int64 = 1,
        auditHead: String = "head"
    ) throws {
        batchId = RequestID(random: SystemRandomSource())
        let audit = try AuditHead(
            stationId: sender,
            sequence: auditSequence,
            head: ContentDigest(of: Array(auditHead.utf8)),
            key: bench.signingKey(sender)
        )
        manifest = try StrictJSON.encode(
            BatchManifest(
                batchId: batchId,
                senderId: sender,
                sentAt: SystemClock().now,
                audit: audit,
                clock: ClockReport(offsetMilliseconds: nil, quality: .synchronized),
                items: items.map(\.entry)
            )
        )
        parts = items.map { ($0.entry.itemId.text, $0.sealed) }
    }

    /// The framed body and the fields that go with it.
    func framed() throws -> (fields: [(String, String)], bytes: [UInt8]) {
        let body = try MultipartRelated.encode(root: manifest, parts: parts, random: SystemRandomSource())
        let bytes = body.chunks.flatMap { $0 }
        return (
            [
                ("Content-Type", body.contentType), ("Intake-Batch-Id", batchId.text),
                ("Content-Digest", (digest ?? ContentDigest(of: bytes)).fieldValue),
            ], bytes
        )
    }
}

extension Bench {
    func reply(to batch: Batch, as station: StationID = Bench.station) async throws -> Reply {
        let (fields, bytes) = try batch.framed()
        return try await send(
            .POST,
            "/v1/intake/batches",
            fields: fields,
            body: .bytes(ByteBuffer(bytes: bytes)),
            tls: try tls(station)
        )
    }

    func answer(_ items: [Item], as station: StationID = Bench.station) async throws -> BatchAnswer {
        let batch = try Batch(self, items, sender: station)
        let reply = try await reply(to: batch, as: station)
        guard reply.status == 200, reply.headers["content-type"] == ["application/json"] else { throw Missing() }
        let answer = try StrictJSON.decode(BatchAnswer.self, from: reply.body)
        guard answer.batchId == batch.batchId else { throw Missing() }
        return answer
    }

    /// The only result for one item.
    func result(_ item: Item, as station: StationID = Bench.station) async throws -> ItemResult {
        let answer = try await answer([item], as: station)
        guard answer.results.count == 1 else { throw Missing() }
        return answer.results[0]
    }

    func status(_ ids: [ItemID], as station: StationID = Bench.station) async throws -> StatusAnswer {
        let question = StatusRequest(requestId: RequestID(random: SystemRandomSource()), itemIds: ids)
        let reply = try await send(
            .POST,
            "/v1/intake/status",
            fields: [("Content-Type", "application/json; charset=utf-8")],
            body: .bytes(ByteBuffer(bytes: try StrictJSON.encode(question))),
            tls: try tls(station)
        )
        guard reply.status == 200 else { throw Missing() }
        let answer = try StrictJSON.decode(StatusAnswer.self, from: reply.body)
        guard answer.requestId == question.requestId else { throw Missing() }
        return answer
    }
}
