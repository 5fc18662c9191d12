import GRDB
import HTTPTypes
import Logging
import NIOCore
import StationCore
import Uplink

/// Takes a batch in: reads it as it arrives, judges each whole part, commits, then answers.
struct BatchIntake: Sendable {
    let store: UpstreamStore
    let judge: ItemJudge
    let registry: StationRegistry
    let authority: AuthoritySigningKey
    let clock: any StationClock
    let random: any RandomSource
    let faults: FaultPlan
    let logger: Logger
    let begun = BegunParts()

    /// The results for a whole request, or of a batch that came by stick and so may be late. What a cut request brought whole is committed as well, then the fault is thrown.
    func receive(
        _ body: some AsyncSequence<ByteBuffer, any Error>,
        head: BatchHead,
        sender: StationID,
        base: ProblemBase,
        isLate: Bool = false
    ) async throws -> BatchAnswer {
        let receivedAt = clock.now
        var reader = BatchReader(boundary: head.boundary, batchId: head.batchId, sender: sender)
        var take = Take(receivedAt: receivedAt, isLate: isLate)
        do {
            for try await buffer in body {
                for (item, bytes) in try reader.push(Array(buffer.readableBytesView)) {
                    if take.held == nil { take.held = try await store.digests(of: reader.itemIds) }
                    guard let whole = begun.complete(bytes, of: item, from: sender) else {
                        // The digest is not the item's: the station asks, and sends it whole.
                        take.postponed.append((item.itemId, ContentDigest(of: bytes)))
                        continue
                    }
                    judgeOne(item, whole, &take, base: base)
                }
            }
            try reader.finish(expecting: head.digest)
        } catch {
            if let part = reader.begun { begun.keep(part.body, of: part.item, from: sender) }
            if let manifest = reader.manifest, !take.arrivals.isEmpty {
                _ = try await settle(&take, manifest: manifest, sender: sender, base: base)
                logger.notice(
                    "kept the whole parts of a request that ended early",
                    metadata: [
                        "batch": "\(head.batchId.text)", "parts": "\(take.arrivals.count)",
                    ]
                )
            }
            throw error
        }
        guard let manifest = reader.manifest else { throw RequestProblem(400, .malformedRequest, "no manifest") }
        let results = try await settle(&take, manifest: manifest, sender: sender, base: base)
        return BatchAnswer(batchId: manifest.batchId, receivedAt: receivedAt, results: results)
    }

    /// What one request brought so far.
    private struct Take {
        let receivedAt: Timestamp
        let isLate: Bool
        var held: [ItemID: ContentDigest]?
        var arrivals: [Arrival] = []
        var refused: [(item: ManifestItem, sha256: ContentDigest, problem: WireProblem)] = []
        var postponed: [(ItemID, ContentDigest)] = []
    }

    private func judgeOne(_ item: ManifestItem, _ bytes: [UInt8], _ take: inout Take, base: ProblemBase) {
        let digest = ContentDigest(of: bytes)
        switch faults.refusal {
        case .retry:
            take.postponed.append((item.itemId, digest))
            return
        case .policy:
            let problem = base.problem(.policyRefused, detail: "told to refuse everything")
            take.refused.append((item, digest, problem))
            return
        case .busy, .forbidden, .portal, nil: break
        }
        switch judge.judge(
            item,
            body: bytes,
            digest: digest,
            held: take.held?[item.itemId],
            receivedAt: take.receivedAt
        ) {
        case .takes(let arrival): take.arrivals.append(arrival)
        case .refuses(let name, let detail, let held):
            take.refused.append((item, digest, base.problem(name, detail: detail, storedSha256: held)))
        }
    }

    private func settle(
        _ take: inout Take,
        manifest: BatchManifest,
        sender: StationID,
        base: ProblemBase
    ) async throws -> [ItemResult] {
        let sighting = AuditSighting(
            senderId: sender,
            head: manifest.audit,
            isSigned: registry.key(manifest.audit.signingKeyId, of: sender)
                .map { manifest.audit.verifies(stationId: sender, key: $0) } ?? false,
            isLate: take.isLate,
            at: take.receivedAt
        )
        let settlements = try await store.commit(take.arrivals, audit: sighting) { [authority, random] arrival in
            try Self.receipt(
                .accepted,
                for: arrival.item,
                sha256: arrival.item.sha256,
                at: arrival.receivedAt,
                by: authority,
                random: random
            )
        }
        var results: [ItemResult] = []
        for (arrival, settlement) in zip(take.arrivals, settlements) {
            let digest = arrival.item.sha256
            switch settlement {
            case .accepted(let id, let receipt):
                results.append(ItemResult(itemId: id, outcome: .accepted, sha256: digest, receipt: receipt))
            case .duplicate(let id, let receipt):
                results.append(ItemResult(itemId: id, outcome: .duplicate, sha256: digest, receipt: receipt))
            case .conflict(_, let held):
                // Another request stored other bytes since this one was judged.
                let problem = base.problem(
                    .digestConflict,
                    detail: "other bytes are stored under this id",
                    storedSha256: held
                )
                take.refused.append((arrival.item, digest, problem))
            }
        }
        var rejections: [Rejection] = []
        for (item, digest, problem) in take.refused {
            guard let verdict = ReceiptVerdict.rejected(type: problem.name) else { throw Failure(.internalFault) }
            let receipt = try Self.receipt(
                verdict,
                for: item,
                sha256: digest,
                at: take.receivedAt,
                by: authority,
                random: random
            )
            results.append(
                ItemResult(itemId: item.itemId, outcome: .rejected, sha256: digest, receipt: receipt, problem: problem)
            )
            rejections.append(
                Rejection(
                    itemId: item.itemId,
                    sha256: digest,
                    stationId: item.stationId,
                    senderId: sender,
                    problem: problem.name,
                    at: take.receivedAt,
                    receipt: receipt
                )
            )
        }
        for (id, digest) in take.postponed {
            results.append(ItemResult(itemId: id, outcome: .retry, sha256: digest, retryAfterSeconds: 1))
        }
        try await store.note(rejections)
        return results
    }

    private static func receipt(
        _ verdict: ReceiptVerdict,
        for item: ManifestItem,
        sha256: ContentDigest,
        at time: Timestamp,
        by authority: AuthoritySigningKey,
        random: any RandomSource
    ) throws -> Receipt {
        guard let receiptId = WireName("r-\(Hex.text(random.bytes(16)))") else { throw Failure(.internalFault) }
        return try Receipt(
            receiptId: receiptId,
            verdict: verdict,
            stationId: item.stationId,
            itemId: item.itemId,
            sha256: sha256,
            receivedAt: time,
            key: authority
        )
    }
}
