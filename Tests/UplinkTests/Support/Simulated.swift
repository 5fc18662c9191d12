import StationCore
import Synchronization

@testable import Uplink

/// A spool in memory that holds its callers to the port's rules.
actor MemorySpool: SpoolPort, KeyPort, UplinkObserver {
    enum State: Hashable {
        case saved
        case deferred(until: Duration)
        case unknown
        case accepted
        case rejected(String)
        case quarantined(String)
        /// By a person.
        case held
    }

    private let clock: SimulatedTime
    private var order: [ItemID] = []
    private var items: [ItemID: OutgoingItem] = [:]
    private var lost: Set<ItemID> = []
    private var reads: [ItemID: Int] = [:]
    private(set) var mostHeld = 0
    private(set) var flushes = 0
    private(set) var states: [ItemID: State] = [:]
    private(set) var announced: Set<ItemID> = []
    /// In a batch that was not judged yet.
    private(set) var chosen: Set<ItemID> = []
    private(set) var givenBack = 0
    private(set) var violations: [String] = []
    private(set) var conditions: [LaneCondition] = []
    private(set) var list: KeyList?
    private var isFull = false
    private(set) var keyFailures: [Failure] = []
    private(set) var offsets: [Int64] = []
    private(set) var foreignResults = 0
    private(set) var questions = 0
    private(set) var obeyUntil: Duration?

    init(_ items: [OutgoingItem], clock: SimulatedTime) {
        self.clock = clock
        order = items.map(\.entry.itemId)
        self.items = Dictionary(uniqueKeysWithValues: items.map { ($0.entry.itemId, $0) })
        states = Dictionary(uniqueKeysWithValues: items.map { ($0.entry.itemId, .saved) })
    }

    func add(_ item: OutgoingItem) {
        order.append(item.entry.itemId)
        items[item.entry.itemId] = item
        states[item.entry.itemId] = .saved
    }

    var isSettled: Bool {
        states.values.allSatisfy {
            switch $0 {
            case .accepted, .rejected, .quarantined, .held: true
            case .saved, .deferred, .unknown: false
            }
        }
    }

    func workload() -> UplinkLane.Workload {
        let waits = states.values.compactMap { state -> Duration? in
            if case .deferred(let until) = state, until > clock.elapsed { until - clock.elapsed } else { nil }
        }
        return UplinkLane.Workload(
            due: order.count(where: isDue), unknown: states.values.count { $0 == .unknown }, nextDue: waits.min(),
            urgent: order.count { isDue($0) && items[$0]?.entry.supersedes != nil })
    }

    private func isDue(_ id: ItemID) -> Bool {
        guard !chosen.contains(id) else { return false }
        return switch states[id] {
        case .saved: true
        case .deferred(let until): until <= clock.elapsed
        default: false
        }
    }

    func hold(_ id: ItemID) { states[id] = .held }

    func waits(_ item: ItemID) -> Bool {
        switch states[item] {
        case .saved, .deferred, .unknown: true
        default: false
        }
    }

    func dueItems(_ wish: BatchWish) -> [ManifestItem] {
        var result: [ManifestItem] = []
        var bytes = 0
        let begun = wish.begun.filter { order.contains($0) }
        for id in begun + order.filter({ !begun.contains($0) }) where isDue(id) && id != wish.excluding {
            guard let item = items[id], result.count < wish.maxItems else { break }
            if wish.correctionsOnly, item.entry.supersedes == nil { continue }
            bytes += item.sealed.count
            if bytes > wish.maxBytes, !result.isEmpty { break }
            result.append(item.entry)
        }
        chosen.formUnion(result.map(\.itemId))
        return result
    }

    /// From now on this item's payload is damaged when it is read for the second time.
    func lose(_ id: ItemID) { lost.insert(id) }

    func payloads(of entries: [ManifestItem]) -> [[UInt8]?] { entries.map(payload) }

    private func payload(of entry: ManifestItem) -> [UInt8]? {
        guard let sealed = items[entry.itemId]?.sealed else { return nil }
        reads[entry.itemId, default: 0] += 1
        let isLost = lost.contains(entry.itemId) && reads[entry.itemId, default: 0] > 1
        if isLost || ContentDigest(of: sealed) != entry.sha256 || sealed.count != entry.size {
            states[entry.itemId] = .quarantined("payload-damaged")
            return nil
        }
        return sealed
    }

    func flush() { flushes += 1 }

    func unknownItems(maxItems: Int) -> [SentItem] {
        questions += 1
        return order.filter { states[$0] == .unknown }.prefix(maxItems).compactMap { items[$0] }.map {
            SentItem(itemId: $0.entry.itemId, stationId: $0.entry.stationId, sha256: $0.entry.sha256)
        }
    }

    func giveBack(_ ids: [ItemID]) {
        for id in ids where !chosen.contains(id) { violations.append("\(id) given back unchosen") }
        chosen.subtract(ids)
        givenBack += ids.count
    }

    func willSend(_ ids: [ItemID], in batchId: RequestID) {
        for id in ids where !chosen.contains(id) {
            violations.append("\(id) sent while \(String(describing: states[id]))")
        }
        announced = Set(ids)
    }

    func record(_ judgements: [ItemJudgement]) {
        for judgement in judgements {
            let id = judgement.itemId
            chosen.remove(id)
            switch states[id] {
            case .accepted, .rejected, .quarantined: violations.append("\(id) judged again")
            default: break
            }
            switch judgement.verdict {
            case .accepted(let receipt, _):
                if receipt.sha256 != items[id]?.entry.sha256 { violations.append("\(id) over other bytes") }
                states[id] = .accepted
            case .rejected(_, let problem): states[id] = .rejected(problem.name)
            case .deferred(let wait, _): states[id] = .deferred(until: clock.elapsed + (wait ?? .seconds(5)))
            case .unknown: states[id] = .unknown
            case .resend: states[id] = .saved
            case .quarantined(let reason, _): states[id] = .quarantined(reason)
            case .unchanged: break
            }
        }
    }

    func auditHead() throws -> AuditHead {
        try AuditHead(stationId: Fixture.station, sequence: 1, head: ContentDigest(of: []), key: Fixture.stationKey)
    }

    func keepUpstreamWait(_ wait: Duration?) { obeyUntil = wait.map { clock.elapsed + $0 } }
    func upstreamWait() -> Duration? { obeyUntil.flatMap { $0 > clock.elapsed ? $0 - clock.elapsed : nil } }

    func keyList() -> KeyList? { list }
    func fillDisk() { isFull = true }
    func replaceKeyList(_ list: KeyList) throws {
        if isFull { throw Failure(.diskFull) }
        self.list = list
    }
    func laneChanged(_ condition: LaneCondition) { conditions.append(condition) }
    func clockMeasured(offsetMilliseconds: Int64) { offsets.append(offsetMilliseconds) }
    func answerDoubted(foreignResults: Int, unknownItems: Int) { self.foreignResults += foreignResults }
    func keysFailed(_ failure: Failure) { keyFailures.append(failure) }
}

/// An upstream behind a bad link, in memory: strict about what it is sent, and as unreliable as its seed says.
actor MemoryUpstream: Transport {
    enum Mischief: CaseIterable {
        case none, unreachable, cutUpload, lostReply, cutReply, portal, busy, serverFault, foreignBatch, wrongReceipts
        case missingResults, retry
    }

    private let random: SeededRandom
    private let clock: SimulatedTime
    private let trouble: Int
    private let spool: MemorySpool
    private(set) var stored: [ItemID: ContentDigest] = [:]
    private(set) var storings = 0
    private(set) var violations: [String] = []
    private(set) var requests: [String] = []
    private(set) var mischiefs: Set<String> = []
    private(set) var wireBytes = 0
    var poison: Set<ItemID> = []
    var poisonStatus = 422
    var refusal: UpstreamReply?
    var maxItems = 1_000
    private var seenBatchIds: Set<String> = []
    /// The next batches are cut behind so many bytes.
    private var cuts: [Int] = []
    /// What is kept of parts is told and forgotten.
    private var isForgetful = false
    /// What is kept of parts that a cut hit.
    private var begun: [ItemID: [UInt8]] = [:]
    private(set) var resumed = 0

    func cut(after bytes: [Int], isForgetful: Bool = false) {
        cuts = bytes
        self.isForgetful = isForgetful
    }

    /// - Parameter trouble: of a hundred requests, so many meet a mischief.
    init(seed: UInt64, trouble: Int, clock: SimulatedTime, spool: MemorySpool) {
        random = SeededRandom(seed)
        self.trouble = trouble
        self.clock = clock
        self.spool = spool
    }

    func set(poison: Set<ItemID> = [], status: Int = 422, refusal: UpstreamReply? = nil, maxItems: Int = 1_000) {
        self.poison = poison
        poisonStatus = status
        self.refusal = refusal
        self.maxItems = maxItems
    }

    func send(_ request: UpstreamRequest) async throws -> UpstreamReply {
        try Task.checkCancellation()
        try await clock.sleep(for: .milliseconds(300))
        requests.append(request.path)
        if let refusal { return refusal }
        let mischief =
            random.below(100) < trouble ? Mischief.allCases[random.below(Mischief.allCases.count)] : .none
        if mischief != .none { mischiefs.insert("\(mischief)") }
        switch mischief {
        case .unreachable: throw TransportFault(.networkUnreachable, mayHaveArrived: false, "simulated")
        case .portal: return Fixture.reply(200, type: "text/html", body: Array("<html>log in</html>".utf8))
        case .busy: return Fixture.reply(503, type: nil, fields: [HeaderField("Retry-After", "20")])
        default: break
        }
        let reply: UpstreamReply
        switch request.path {
        case "/v1/intake/batches":
            do {
                reply = try await batch(request, mischief)
            } catch let failure as Failure where failure.code == .itemQuarantined {
                // The body was cut from the station's side: no reply, as over a socket.
                throw TransportFault(.networkUnreachable, mayHaveArrived: true, "cut")
            }
        case "/v1/intake/status": reply = try await status(request)
        case "/v1/intake/keys":
            reply = Fixture.json(Fixture.keyList(serial: 1, keys: [Fixture.recipientKey("rk-1")], maxItems: maxItems))
        default: reply = Fixture.problem(404, "not-found")
        }
        switch mischief {
        case .lostReply: throw TransportFault(.networkTimeout, mayHaveArrived: true, "simulated")
        case .serverFault: return Fixture.reply(502, type: "text/html")
        case .cutReply:
            return UpstreamReply(
                status: 200, fields: reply.fields, body: Array(reply.body.dropLast(reply.body.count / 2)))
        default: return reply
        }
    }

    private func batch(_ request: UpstreamRequest, _ mischief: Mischief) async throws -> UpstreamReply {
        func field(_ name: String) -> String { request.fields.first { $0.name == name }?.value ?? "" }
        let whole = try await request.body.bytes()
        let isCut = mischief == .cutUpload || !cuts.isEmpty
        let bytes = isCut ? Array(whole.prefix(cuts.first ?? random.below(whole.count))) : whole
        cuts = Array(cuts.dropFirst())
        wireBytes += bytes.count
        if ContentDigest(fieldValue: field("Content-Digest")) != ContentDigest(of: whole) {
            violations.append("digest")
        }
        if !seenBatchIds.insert(field("Intake-Batch-Id")).inserted { violations.append("a batch id twice") }
        var parser = MultipartParser(
            boundary: MultipartRelated.boundary(ofContentType: field("Content-Type")) ?? "", bounds: .batch)
        let parts = (try? parser.push(bytes)) ?? []
        if isCut {
            if let root = parts.first, let manifest = try? StrictJSON.decode(BatchManifest.self, from: root.body) {
                for part in parts.dropFirst() { store(part, manifest) }
                if let body = parser.begunBody, parts.count <= manifest.items.count {
                    let entry = manifest.items[parts.count - 1]
                    begun[entry.itemId] = Array((begun[entry.itemId] ?? []).prefix(entry.offset)) + body
                }
            }
            throw TransportFault(.networkUnreachable, mayHaveArrived: true, "simulated")
        }
        try parser.finish()
        let manifest = try StrictJSON.decode(BatchManifest.self, from: parts[0].body)
        if manifest.batchId.text != field("Intake-Batch-Id") { violations.append("batch id") }
        if parts.dropFirst().map(\.contentID) != manifest.items.map(\.itemId.text) {
            violations.append("order of parts")
        }
        let announced = await spool.announced
        if Set(manifest.items.map(\.itemId)) != announced { violations.append("left before it was recorded") }
        if manifest.items.count > maxItems {
            return Fixture.json(
                WireProblem(type: "x", maxItems: maxItems), type: "application/problem+json", status: 413)
        }
        if manifest.items.contains(where: { poison.contains($0.itemId) }) {
            return Fixture.problem(poisonStatus, "manifest-invalid")
        }
        var results = parts.dropFirst().compactMap { store($0, manifest, retry: mischief == .retry) }
        if mischief == .missingResults { results.removeLast((results.count + 1) / 2) }
        if mischief == .wrongReceipts {
            results = results.map {
                ItemResult(
                    itemId: $0.itemId, outcome: $0.outcome, sha256: $0.sha256,
                    receipt: Fixture.receipt(
                        SentItem(itemId: $0.itemId, stationId: Fixture.station, sha256: $0.sha256),
                        key: Fixture.foreignKey))
            }
        }
        return Fixture.answer(
            results.reversed(),
            batchId: mischief == .foreignBatch ? RequestID("00000000-0000-4000-8000-000000000000")! : manifest.batchId)
    }

    @discardableResult
    private func store(_ part: MultipartPart, _ manifest: BatchManifest, retry: Bool = false) -> ItemResult? {
        guard let entry = manifest.items.first(where: { $0.itemId.text == part.contentID }) else {
            violations.append("a part without entry")
            return nil
        }
        var body = part.body
        if entry.offset > 0 {
            guard let kept = begun.removeValue(forKey: entry.itemId), kept.count >= entry.offset else {
                return ItemResult(itemId: entry.itemId, outcome: .retry, sha256: ContentDigest(of: part.body))
            }
            resumed += 1
            body = kept.prefix(entry.offset) + body
        }
        let digest = ContentDigest(of: body)
        if digest != entry.sha256 || body.count != entry.size {
            violations.append("a part that is not its entry's")
        }
        let verifier = try? VerifyingKey(
            keyId: Fixture.stationKey.keyId, rawRepresentation: Fixture.stationKey.publicKey)
        if verifier.map({ entry.verifies(suite: .x25519, key: $0) }) != true { violations.append("signature") }
        if retry, random.below(2) == 0 {
            return ItemResult(itemId: entry.itemId, outcome: .retry, sha256: digest, retryAfterSeconds: 10)
        }
        let held = stored.updateValue(digest, forKey: entry.itemId)
        if let held, held != digest { violations.append("other bytes under one id") }
        if held == nil { storings += 1 }
        return result(entry.itemId, digest, held == nil ? .accepted : .duplicate)
    }

    private func result(_ id: ItemID, _ digest: ContentDigest, _ outcome: Outcome) -> ItemResult {
        let item = SentItem(itemId: id, stationId: Fixture.station, sha256: digest)
        return Fixture.accepted(item, outcome: outcome)
    }

    private func status(_ request: UpstreamRequest) async throws -> UpstreamReply {
        let question = try StrictJSON.decode(StatusRequest.self, from: try await request.body.bytes())
        if question.itemIds.count > 500 || question.itemIds.isEmpty { violations.append("500 ids at most") }
        let results = question.itemIds.compactMap { id in
            stored[id].map { StatusResult(item: result(id, $0, .duplicate)) }
        }
        defer { if isForgetful { begun = [:] } }
        return Fixture.json(
            StatusAnswer(
                requestId: question.requestId, receivedAt: clock.now, results: results,
                begun: question.itemIds.compactMap { id in
                    begun[id].map { BegunPart(itemId: id, bytes: $0.count) }
                }))
    }
}
