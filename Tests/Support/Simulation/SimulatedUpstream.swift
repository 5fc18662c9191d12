import Foundation
import StationCore
import Uplink

extension WireName {
    /// A name written here.
    static func constant(_ text: StaticString) -> WireName {
        guard let name = WireName("\(text)") else { preconditionFailure("a constant within the alphabet") }
        return name
    }
}

/// An upstream that keeps the contract: it verifies signature, digest and seal, stores each item once, signs receipts,
/// keeps the whole parts of a cut request. What goes wrong on its side is told to it.
final class SimulatedUpstream: @unchecked Sendable {  // Sendable: touched by the timeline's one thread only.
    private struct Held {
        let sha256: ContentDigest
        let receipt: Receipt
    }

    let authority: AuthoritySigningKey
    private let dice: Dice
    private let keyDice: Dice
    private let stationKey: VerifyingKey
    private var held: [ItemID: Held] = [:]
    private(set) var order: [ItemID] = []
    private var cases: [Int: [ItemID]] = [:]
    private var receipts = 0
    private var auditSequence: Int64 = 0
    private var auditHash: ContentDigest?

    /// Every key that was ever published; it opens with all of them.
    private var keys: [(name: WireName, key: RecipientPrivateKey, notBefore: Timestamp)] = []
    private var serial: Int64 = 0
    private var list: KeyList?

    /// Cases (by their number modulo 97) that it refuses for policy, and those over which it trips with 422.
    var refused: Set<Int> = []
    var trippedBy: Set<Int> = []
    /// First bytes of parts that a cut hit, oldest first; in memory, and not for ever.
    private var begun: [(id: ItemID, sha256: ContentDigest, bytes: [UInt8])] = []
    /// What it ever said of them.
    private var told: [ItemID: Set<Int>] = [:]
    /// Parts that went on where a cut had hit them, and those whose beginning was forgotten meanwhile.
    private(set) var resumed = 0
    private(set) var postponed = 0
    /// What it takes in one batch.
    var mostItems = 1_000
    /// What it found wrong with what it was sent.
    private(set) var complaints: [String] = []

    init(dice: Dice, keyDice: Dice, stationKey: StationSigningKey) throws {
        self.dice = dice
        self.keyDice = keyDice
        authority = try SigningKey(keyId: .constant("auth-1"), seed: dice.bytes(32))
        self.stationKey = try VerifyingKey(keyId: stationKey.keyId, rawRepresentation: stationKey.publicKey)
    }

    func holds(_ id: ItemID) -> Bool { held[id] != nil }
    func items(ofCase number: Int) -> [ItemID] { cases[number] ?? [] }

    // MARK: Keys

    /// Publishes a new key; of the older ones the last stays published, so that there is an overlap.
    func rotateKeys(at now: Timestamp) throws {
        serial += 1
        guard let name = WireName("rk-\(serial)") else { throw Failure(.internalFault) }
        let key = try RecipientPrivateKey(suite: .x25519, seed: keyDice.bytes(32))
        keys.append((name, key, now))
        list = try signedList(at: now)
    }

    private func signedList(at now: Timestamp) throws -> KeyList {
        try KeyList(
            serial: serial, issuedAt: now,
            keys: try keys.suffix(2).map {
                try RecipientKey(
                    keyId: $0.name, key: $0.key, notBefore: $0.notBefore.adding(.seconds(-86_400)),
                    notAfter: $0.notBefore.adding(.seconds(20 * 86_400)))
            },
            maxItems: mostItems, maxBytes: 4_000_000, key: authority)
    }

    /// The list as a station is given it at enrolment.
    func enrolment() throws -> [UInt8] { try StrictJSON.encode(list) }

    // MARK: Requests

    /// Answers a request that arrived whole.
    func answer(_ request: CollectedRequest, at now: Timestamp) throws -> UpstreamReply {
        switch SimulatedLink.path(request) {
        case "/v1/intake/decisions": return try decisions(request, at: now)
        case "/v1/intake/keys":
            list = try signedList(at: list?.issuedAt ?? now)
            return try .json(list)
        case "/v1/intake/status": return try status(request, at: now)
        case "/v1/intake/batches":
            guard let batch = read(request, bytes: request.size, at: now) else {
                return try .problem(400, "malformed-request")
            }
            guard batch.manifest.items.count <= mostItems else {
                return try .json(
                    WireProblem(
                        type: "/api/problems/too-large", maxBytes: dice.happens(500) ? 2_000_000 : nil,
                        maxItems: dice.happens(500) ? mostItems : nil),
                    type: "application/problem+json", status: 413)
            }
            if !trippedBy.isEmpty, batch.parts.contains(where: { trips(over: $0) }) {
                return try .problem(422, "manifest-invalid")
            }
            let results = try batch.parts.map { part in
                guard let whole = whole(part) else { return postpone(part) }
                return try settle(part.entry, whole, at: now)
            }
            return try .json(BatchAnswer(batchId: batch.manifest.batchId, receivedAt: now, results: results))
        default: return try .problem(404, "not-found")
        }
    }

    /// Takes the beginning of a batch that was cut: every complete part is kept, and of the next its first bytes.
    func takePart(of request: CollectedRequest, bytes: Int, at now: Timestamp) throws {
        guard request.path == "/v1/intake/batches", let batch = read(request, bytes: bytes, at: now) else { return }
        for part in batch.parts where !trips(over: part) {
            if let whole = whole(part) { _ = try settle(part.entry, whole, at: now) } else { _ = postpone(part) }
        }
        if let part = batch.begun { keep(part) }
    }

    // MARK: Parts that a cut hit

    /// It crashes: what is not stored is gone.
    func crash() { begun = [] }

    private func keep(_ part: Part) {
        let kept = kept(of: part.entry)
        guard held[part.entry.itemId] == nil, part.entry.offset == 0 || kept != nil else { return }
        let bytes = ((kept ?? []) + part.bytes).prefix(part.entry.size - 1)
        begun.removeAll { $0.id == part.entry.itemId }
        guard !bytes.isEmpty else { return }
        begun.append((part.entry.itemId, part.entry.sha256, Array(bytes)))
        if begun.count > Limits.Upstream.begunPartsOfStation { begun.removeFirst() }
    }

    /// What is kept of an item, up to where this request goes on; nil when that much is not.
    private func kept(of entry: ManifestItem) -> [UInt8]? {
        guard entry.offset > 0 else { return [] }
        let part = begun.first { $0.id == entry.itemId && $0.sha256 == entry.sha256 }
        return part.flatMap { $0.bytes.count >= entry.offset ? Array($0.bytes.prefix(entry.offset)) : nil }
    }

    /// The part with what was kept of it; nil when its beginning is forgotten.
    private func whole(_ part: Part) -> [UInt8]? { kept(of: part.entry).map { $0 + part.bytes } }

    private func postpone(_ part: Part) -> ItemResult {
        postponed += 1
        return ItemResult(itemId: part.entry.itemId, outcome: .retry, sha256: ContentDigest(of: part.bytes))
    }

    private typealias Part = (entry: ManifestItem, bytes: [UInt8])

    private struct Batch {
        let manifest: BatchManifest
        let parts: [Part]
        /// The part that a cut hit.
        let begun: Part?
    }

    private func trips(over part: Part) -> Bool {
        guard !trippedBy.isEmpty, held[part.entry.itemId] == nil, let whole = whole(part),
            let number = caseNumber(part.entry, whole)
        else { return false }
        return trippedBy.contains(number % 97)
    }

    private func read(_ request: CollectedRequest, bytes: Int, at now: Timestamp) -> Batch? {
        func field(_ name: String) -> String { request.fields.first { $0.name == name }?.value ?? "" }
        let isWhole = bytes >= request.size
        if isWhole, ContentDigest(fieldValue: field("Content-Digest")) != ContentDigest(ofChunks: request.chunks) {
            complaints.append("Content-Digest")
        }
        var parser = MultipartParser(
            boundary: MultipartRelated.boundary(ofContentType: field("Content-Type")) ?? "", bounds: .batch)
        var rest = bytes
        var parts: [MultipartPart] = []
        do {
            for chunk in request.chunks where rest > 0 {
                parts += try parser.push(rest >= chunk.count ? chunk : Array(chunk.prefix(rest)))
                rest -= chunk.count
            }
            if isWhole { try parser.finish() }
        } catch {
            complaints.append("framing: \(error)")
            return nil
        }
        guard let root = parts.first else { return nil }
        guard let manifest = try? StrictJSON.decode(BatchManifest.self, from: root.body) else {
            complaints.append("manifest")
            return nil
        }
        if manifest.senderId != World.station || manifest.batchId.text != field("Intake-Batch-Id") {
            complaints.append("sender or batch id")
        }
        sight(manifest.audit)
        let ids = manifest.items.map(\.itemId.text)
        let found = parts.dropFirst().map { $0.contentID ?? "" }
        if found != Array(ids.prefix(found.count)) || isWhole && found.count != ids.count {
            complaints.append("parts are not the manifest's")
        }
        for item in manifest.items where item.offset > 0 && told[item.itemId]?.contains(item.offset) != true {
            complaints.append("\(item.itemId) goes on at \(item.offset), of which nobody spoke")
        }
        var begun: Part?
        if !isWhole, found.count < manifest.items.count, let body = parser.begunBody {
            begun = (manifest.items[found.count], body)
        }
        return Batch(
            manifest: manifest, parts: zip(manifest.items, parts.dropFirst()).map { ($0, $1.body) }, begun: begun)
    }

    /// The audit's head never goes back and never changes.
    private func sight(_ head: Uplink.AuditHead) {
        if !head.verifies(stationId: World.station, key: stationKey) { complaints.append("audit head's signature") }
        if head.sequence == auditSequence, let auditHash, auditHash != head.head {
            complaints.append("audit rewritten")
        }
        guard head.sequence >= auditSequence else { return }
        auditSequence = head.sequence
        auditHash = head.head
    }

    private func caseNumber(_ entry: ManifestItem, _ bytes: [UInt8]) -> Int? {
        guard let key = keys.first(where: { $0.name == entry.keyId })?.key,
            let plaintext = try? ItemSealer.open(bytes, context: entry.context(suite: .x25519), with: key),
            let content = try? SealedContent(parsing: plaintext)
        else { return nil }
        return Self.caseNumber(in: content.application)
    }

    private static let numberMark = Array("\"personalNumber\":\"070".utf8)

    private static func caseNumber(in json: [UInt8]) -> Int? {
        guard let first = numberMark.first else { return nil }
        var place = json.startIndex
        while let found = json[place...].firstIndex(of: first) {
            if json[found...].starts(with: numberMark) {
                return Int(String(decoding: json[(found + numberMark.count)...].prefix(9), as: UTF8.self))
            }
            place = found + 1
        }
        return nil
    }

    private func settle(_ entry: ManifestItem, _ bytes: [UInt8], at now: Timestamp) throws -> ItemResult {
        let digest = ContentDigest(of: bytes)
        if digest != entry.sha256 || bytes.count != entry.size { complaints.append("a part is not its entry's") }
        if entry.offset > 0 { resumed += 1 }
        begun.removeAll { $0.id == entry.itemId }
        if let first = held[entry.itemId] {
            if first.sha256 != digest { complaints.append("\(entry.itemId) came with other bytes") }
            return ItemResult(itemId: entry.itemId, outcome: .duplicate, sha256: digest, receipt: first.receipt)
        }
        if entry.stationId != World.station || !entry.verifies(suite: .x25519, key: stationKey) {
            complaints.append("signature of \(entry.itemId)")
        }
        guard let number = caseNumber(entry, bytes) else {
            complaints.append("\(entry.itemId) does not open")
            return ItemResult(itemId: entry.itemId, outcome: .retry, sha256: digest)
        }
        if refused.contains(number % 97) {
            guard let verdict = ReceiptVerdict.rejected(type: "policy-refused") else { throw Failure(.internalFault) }
            return ItemResult(
                itemId: entry.itemId, outcome: .rejected, sha256: digest,
                receipt: try receipt(verdict, for: entry, digest, at: now),
                problem: WireProblem(type: "/api/problems/policy-refused"))
        }
        let receipt = try receipt(.accepted, for: entry, digest, at: now)
        held[entry.itemId] = Held(sha256: digest, receipt: receipt)
        order.append(entry.itemId)
        cases[number, default: []].append(entry.itemId)
        if cases[number]?.count != 1 { complaints.append("case \(number) came under two ids") }
        return ItemResult(itemId: entry.itemId, outcome: .accepted, sha256: digest, receipt: receipt)
    }

    private func receipt(
        _ verdict: ReceiptVerdict, for entry: ManifestItem, _ digest: ContentDigest, at now: Timestamp
    ) throws -> Receipt {
        receipts += 1
        guard let name = WireName("r-\(receipts)") else { throw Failure(.internalFault) }
        return try Receipt(
            receiptId: name, verdict: verdict, stationId: entry.stationId, itemId: entry.itemId, sha256: digest,
            receivedAt: now, key: authority)
    }

    /// What was received six hours ago is decided; the cursor is its place in the order.
    private func decisions(_ request: CollectedRequest, at now: Timestamp) throws -> UpstreamReply {
        let after = request.path.split(separator: "=").last.flatMap { Int($0) } ?? 0
        guard after <= order.count else { return try .problem(410, "cursor-unknown") }
        let decided = order[after...].prefix(50).prefix { id in
            held[id].map { $0.receipt.receivedAt.adding(.seconds(6 * 3_600)) <= now } ?? false
        }
        let next = after + decided.count
        return try .json(
            DecisionPage(
                items: decided.map { .init(itemId: $0, label: "đã duyệt", at: now) }, next: String(next),
                more: decided.count == 50))
    }

    private func status(_ request: CollectedRequest, at now: Timestamp) throws -> UpstreamReply {
        let question = try StrictJSON.decode(StatusRequest.self, from: Array(request.chunks.joined()))
        if !(1...Limits.Uplink.statusItems).contains(question.itemIds.count) { complaints.append("ids of a status") }
        let results = question.itemIds.compactMap { id in
            held[id].map { held in
                StatusResult(
                    item: ItemResult(itemId: id, outcome: .accepted, sha256: held.sha256, receipt: held.receipt))
            }
        }
        let kept = begun.filter { question.itemIds.contains($0.id) }
        for part in kept { told[part.id, default: []].insert(part.bytes.count) }
        // Nobody is promised them: now and then they are gone as soon as they were spoken of.
        if !kept.isEmpty, dice.happens(200) { begun = [] }
        return try .json(
            StatusAnswer(
                requestId: question.requestId, receivedAt: now, results: results,
                begun: kept.map { BegunPart(itemId: $0.id, bytes: $0.bytes.count) }))
    }
}

extension UpstreamReply {
    static func json(
        _ value: some Encodable, type: String = "application/json", status: Int = 200
    ) throws -> UpstreamReply {
        UpstreamReply(
            status: status, fields: [HeaderField("Content-Type", type)], body: try StrictJSON.encode(value))
    }

    static func problem(_ status: Int, _ name: String, foreign: Bool = false) throws -> UpstreamReply {
        try .json(
            WireProblem(type: (foreign ? "https://elsewhere.example" : "") + "/api/problems/\(name)", status: status),
            type: "application/problem+json", status: status)
    }

    static func page(_ status: Int, fields: [HeaderField] = []) -> UpstreamReply {
        UpstreamReply(
            status: status, fields: [HeaderField("Content-Type", "text/html")] + fields,
            body: Array("<html><title>Sign in to the network</title></html>".utf8))
    }
}
