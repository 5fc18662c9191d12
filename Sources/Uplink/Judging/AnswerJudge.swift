package import StationCore

/// Judges what came back, or did not, by the contract's rules. A pure value: no I/O, no clock.
///
/// An item counts as accepted only by a receipt that a pinned authority signed for this item, this station and exactly
/// our bytes. Nothing is inferred from a status code.
package struct AnswerJudge: Sendable {
    private let authorities: AuthorityKeys
    private let base: UpstreamBase

    /// Makes a judge that trusts these authorities and this upstream's problems.
    package init(authorities: AuthorityKeys, base: UpstreamBase) {
        self.authorities = authorities
        self.base = base
    }

    /// Judges the reply to a batch.
    package func judge(
        _ outcome: Result<UpstreamReply, TransportFault>, toBatch batchId: RequestID, of items: [SentItem]
    ) -> ReplyJudgement {
        let reply: UpstreamReply
        switch outcome {
        case .failure(let fault): return judge(fault, of: items)
        case .success(let found): reply = found
        }
        switch ReplyClass(reply, base: base) {
        case .answer:
            guard let answer = try? StrictJSON.decode(ReceivedBatchAnswer.self, from: reply.body),
                answer.batchId == batchId
            else { return .same(for: items, effect: .fault(.replyNotUpstream, linkTrouble: false)) }
            return judge(answer.results, receivedAt: answer.receivedAt, of: items)
        case .problem(let status, let problem): return judge(problem, status: status, toBatchOf: items)
        case .tooLarge(let problem):
            let verdict: ItemVerdict =
                items.count == 1 ? .quarantined(reason: "item-too-large", problem) : .unchanged
            return .same(
                for: items, effect: .tooLarge(maxItems: problem?.maxItems, maxBytes: problem?.maxBytes),
                verdict: verdict)
        case .slowDown(let wait): return .same(for: items, effect: .slowDown(wait))
        case .serverFault:
            return .same(
                for: items, effect: .fault(.upstreamBusy, linkTrouble: false), verdict: .unknown(.noAnswer))
        case .foreign: return .same(for: items, effect: .fault(.replyNotUpstream, linkTrouble: false))
        }
    }

    /// Judges the reply to a status request.
    package func judge(
        _ outcome: Result<UpstreamReply, TransportFault>, toStatus requestId: RequestID, of items: [SentItem]
    ) -> ReplyJudgement {
        let reply: UpstreamReply
        switch outcome {
        case .failure(let fault):
            // Asking changes nothing: the items are as unknown as before.
            return .same(for: items, effect: judge(fault, of: items).effect)
        case .success(let found): reply = found
        }
        switch ReplyClass(reply, base: base) {
        case .answer:
            guard let answer = try? StrictJSON.decode(ReceivedStatusAnswer.self, from: reply.body),
                answer.requestId == requestId
            else { return .same(for: items, effect: .fault(.replyNotUpstream, linkTrouble: false)) }
            return judge(answer.results, receivedAt: answer.receivedAt, of: items, asking: answer.begun)
        case .problem(401, _), .problem(403, _):
            return .same(for: items, effect: .stop(.upstreamRefusedStation))
        case .problem: return .same(for: items, effect: .progress, verdict: .resend(.statusRefused))
        case .tooLarge(let problem):
            return .same(for: items, effect: .tooLarge(maxItems: problem?.maxItems, maxBytes: nil))
        case .slowDown(let wait): return .same(for: items, effect: .slowDown(wait))
        case .serverFault: return .same(for: items, effect: .fault(.upstreamBusy, linkTrouble: false))
        case .foreign: return .same(for: items, effect: .fault(.replyNotUpstream, linkTrouble: false))
        }
    }

    private func judge(_ fault: TransportFault, of items: [SentItem]) -> ReplyJudgement {
        let effect: LaneEffect =
            switch fault.code {
            case .clientCertificateExpired, .upstreamRefusedStation: .stop(fault.code)
            default: .fault(fault.code, linkTrouble: fault.mayHaveArrived)
            }
        return .same(for: items, effect: effect, verdict: fault.mayHaveArrived ? .unknown(.noAnswer) : .unchanged)
    }

    private func judge(_ problem: WireProblem, status: Int, toBatchOf items: [SentItem]) -> ReplyJudgement {
        switch status {
        case 401, 403: return .same(for: items, effect: .stop(.upstreamRefusedStation))
        case 400 where problem.name == ProblemName.unsupportedVersion.rawValue:
            return .same(for: items, effect: .pause(problem))
        case 400, 422:
            guard items.count == 1 else { return .same(for: items, effect: .split(problem)) }
            if status == 400 { return .same(for: items, effect: .suspect(items[0].itemId, problem)) }
            return .same(for: items, effect: .progress, verdict: .quarantined(reason: problem.name, problem))
        default: return .same(for: items, effect: .pause(problem))
        }
    }

    /// - Parameter begun: of a status request, which speaks of stored items only; nil for a batch.
    private func judge(
        _ results: [ReceivedResult], receivedAt: Timestamp?, of items: [SentItem], asking begun: [BegunPart]? = nil
    ) -> ReplyJudgement {
        var byItem: [ItemID: [ReceivedResult]] = [:]
        for result in results {
            if let id = result.itemId { byItem[id, default: []].append(result) }
        }
        var moved = items.isEmpty
        let judgements = items.map { item in
            let found = byItem.removeValue(forKey: item.itemId) ?? []
            var verdict = judge(found, of: item)
            if begun != nil, verdict == .unknown(.noResult) { verdict = .resend(.notStored) }
            if begun != nil, verdict == .unknown(.digestDiffers) { verdict = .resend(.digestConflict) }
            switch verdict {
            case .accepted, .rejected, .resend: moved = true
            case .deferred, .unknown, .quarantined, .unchanged: break
            }
            return ItemJudgement(itemId: item.itemId, verdict: verdict)
        }
        let missing = Set(judgements.filter { $0.verdict == .resend(.notStored) }.map(\.itemId))
        let kept = (begun ?? []).filter { missing.contains($0.itemId) && $0.bytes > 0 }
        let foreign = byItem.values.reduce(0) { $0 + $1.count } + results.count { $0.itemId == nil }
        return ReplyJudgement(
            effect: moved ? .progress : .noProgress, items: judgements, foreignResults: foreign,
            receivedAt: receivedAt, begun: Dictionary(kept.map { ($0.itemId, $0.bytes) }, uniquingKeysWith: min))
    }

    private func judge(_ results: [ReceivedResult], of item: SentItem) -> ItemVerdict {
        guard let first = results.first else { return .unknown(.noResult) }
        guard results.count == 1 else { return .unknown(.severalResults) }
        guard let result = first.result else { return .unknown(.resultMalformed) }
        guard result.sha256 == item.sha256 else { return .unknown(.digestDiffers) }
        guard result.outcome != .retry else {
            let wait = result.retryAfterSeconds.map { RetryAfter.clamp(.seconds($0)) }
            return .deferred(wait, result.problem)
        }
        guard let receipt = result.receipt else { return .unknown(.receiptMissing) }
        guard receipt.itemId == item.itemId, receipt.stationId == item.stationId, receipt.sha256 == item.sha256,
            receipt.verifies(by: authorities)
        else { return .unknown(.receiptInvalid) }
        switch result.outcome {
        case .accepted, .duplicate:
            guard receipt.verdict == .accepted else { return .unknown(.contradiction) }
            return .accepted(receipt, first.decision)
        case .rejected:
            guard let problem = result.problem, receipt.verdict.rejectedType == problem.name else {
                return .unknown(.contradiction)
            }
            return .rejected(receipt, problem)
        case .retry: return .deferred(nil, result.problem)
        }
    }
}

extension ReplyJudgement {
    fileprivate static func same(
        for items: [SentItem], effect: LaneEffect, verdict: ItemVerdict = .unchanged
    ) -> ReplyJudgement {
        ReplyJudgement(effect: effect, items: items.map { ItemJudgement(itemId: $0.itemId, verdict: verdict) })
    }
}
