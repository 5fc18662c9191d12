import StationCore
import Store
import Uplink

/// The store as the uplink sees it.
struct SpoolAdapter: SpoolPort {
    let stationID: StationID
    let store: Store
    let signingKey: StationSigningKey
    let random: any RandomSource

    func workload() async throws -> UplinkLane.Workload {
        let work = try await store.workload()
        return .init(due: work.due, unknown: work.unknown, nextDue: work.nextDue, urgent: work.urgent)
    }

    func dueItems(_ wish: BatchWish) async throws -> [ManifestItem] {
        let chosen = try await store.chooseBatch(
            maxItems: wish.maxItems, maxBytes: wish.maxBytes, overheadPerItem: Limits.Uplink.overheadPerItemBytes,
            excluding: wish.excluding, correctionsOnly: wish.correctionsOnly, retriedFirst: wish.retriedFirst,
            begun: wish.begun)
        var entries: [ManifestItem] = []
        for item in chosen {
            if let entry = ManifestItem(item) {
                entries.append(entry)
            } else {
                // A row that cannot be what was saved costs its item, nobody else.
                try await store.apply([(item.metadata.itemId, .quarantined(problem: word("payload-damaged")))])
            }
        }
        return entries
    }

    func waits(_ item: ItemID) async throws -> Bool {
        guard let state = try await store.item(item)?.summary.state else { return false }
        return [.saved, .batched, .sent, .deferred, .unknown].contains(state)
    }

    func payloads(of entries: [ManifestItem]) async throws -> [[UInt8]?] {
        try await store.payloads(of: entries.map(\.itemId))
    }

    func flush() async throws { try await store.makeAllDue() }

    func unknownItems(maxItems: Int) async throws -> [SentItem] {
        try await store.unknownItems(limit: maxItems).map { item in
            guard let digest = ContentDigest(bytes: item.sha256) else {
                throw Failure(.storeDamaged, "a digest is not 32 bytes long")
            }
            return SentItem(itemId: item.itemId, stationId: item.stationId ?? stationID, sha256: digest)
        }
    }

    func giveBack(_ items: [ItemID]) async throws { try await store.apply(items.map { ($0, .unsent) }) }

    func willSend(_ items: [ItemID], in batchId: RequestID) async throws { try await store.markSent(items) }

    func record(_ judgements: [ItemJudgement]) async throws {
        _ = try await store.apply(try judgements.map { ($0.itemId, try outcome($0.verdict)) })
        let decisions = judgements.compactMap { judgement -> KeptDecision? in
            guard case .accepted(_, let decision?) = judgement.verdict else { return nil }
            return KeptDecision(itemId: judgement.itemId, label: decision.label, at: decision.at)
        }
        if !decisions.isEmpty { try await store.keepDecisions(decisions, cursor: nil) }
    }

    func keepUpstreamWait(_ wait: Duration?) async throws { try await store.keepUpstreamWait(wait) }

    func upstreamWait() async throws -> Duration? { try await store.upstreamWait() }

    func auditHead() async throws -> SignedAuditHead {
        let head = try await store.auditHead()
        guard let digest = ContentDigest(bytes: head.hash) else {
            throw Failure(.storeDamaged, "the audit head is not 32 bytes long")
        }
        return try SignedAuditHead(stationId: stationID, sequence: head.sequence, head: digest, key: signingKey)
    }

    private func outcome(_ verdict: ItemVerdict) throws -> ItemOutcome {
        switch verdict {
        case .accepted(let receipt, _): .accepted(try VerifiedReceipt(receipt))
        case .rejected(let receipt, let problem): .rejected(try VerifiedReceipt(receipt), problem: word(problem.name))
        case .deferred(let wait, let problem):
            .retry(after: wait ?? ownWait(), problem: word(problem?.name ?? FailureCode.upstreamBusy.rawValue))
        case .unknown(.noAnswer): .unknown(after: .zero, problem: word(UnknownReason.noAnswer.rawValue))
        // Upstream spoke and contradicts itself about this item: its own wait keeps it out of the others' way.
        case .unknown(let reason): .unknown(after: ownWait(), problem: word(reason.rawValue))
        case .resend: .notStored
        case .quarantined(let reason, _): .quarantined(problem: word(reason))
        // It did not leave, or came back unopened: the lane decides when it is tried again.
        case .unchanged: .retry(after: .zero, problem: word(FailureCode.transmissionPending.rawValue))
        }
    }

    /// Half to one and a half minutes, so that items that upstream put off do not come back all at once.
    private func ownWait() -> Duration { .seconds(30) + .milliseconds(60_000 * random.fraction()) }

    private func word(_ text: String) -> WireName { WireName(text) ?? .unnamedProblem }
}

extension WireName {
    /// For upstream's words that no wire name can hold.
    static var unnamedProblem: WireName {
        guard let name = WireName("unnamed-problem") else { preconditionFailure("a constant within the alphabet") }
        return name
    }
}

extension OutgoingItem {
    /// A stored item as the wire has it; throws `storeDamaged` when a value is none of the wire's.
    init(_ item: SealedItem) throws {
        let chosen = ChosenItem(
            metadata: item.metadata, size: item.sealed.count, sha256: item.sha256, signingKeyId: item.signingKeyId,
            signature: item.signature)
        guard let entry = ManifestItem(chosen) else {
            throw Failure(.storeDamaged, "item \(item.metadata.itemId)")
        }
        self.init(entry: entry, sealed: item.sealed)
    }
}

extension ManifestItem {
    fileprivate init?(_ item: ChosenItem) {
        let metadata = item.metadata
        // The entry carries no suite; of a forwarded item it is not even known here.
        let suite = Suite(rawValue: metadata.suite.text) ?? .x25519
        guard let digest = ContentDigest(bytes: item.sha256),
            let signature = Signature(bytes: item.signature)
        else { return nil }
        let context = ItemContext(
            suite: suite, stationId: metadata.stationId, itemId: metadata.itemId, sequence: metadata.sequence,
            revision: metadata.revision, supersedes: metadata.supersedes, keyId: metadata.keyId,
            capturedAt: metadata.capturedAt)
        self.init(
            context: context, size: item.size, sha256: digest, signingKeyId: item.signingKeyId, signature: signature)
    }
}

extension VerifiedReceipt {
    init(_ receipt: Receipt) throws {
        self.init(
            receiptId: receipt.receiptId, sha256: receipt.sha256.bytes, json: try StrictJSON.encode(receipt))
    }
}
