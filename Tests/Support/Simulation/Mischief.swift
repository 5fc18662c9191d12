import Foundation
import StationCore
import Uplink

/// What may happen to one request on its way, or to its answer.
enum Mischief: CaseIterable {
    case cutUpload, lostReply, crashBefore, crashAfter, repeated, endlessReply
    case truncated, serverFault, foreignAnswer, foreignProblem, strangeOutcome
    case missingResults, doubledResults, foreignReceipts, wrongDigests, contradicting, retryLater, foreignResults
}

/// Answers as they arrive when something on the way, or upstream itself, spoils them.
struct AnswerSpoiler {
    let dice: Dice
    let forger: AuthoritySigningKey
    let foreignId = RequestID("00000000-0000-4000-8000-000000000000")

    /// A key of the authority's name that is not the authority's.
    init(dice: Dice) throws {
        self.dice = dice
        forger = try SigningKey(keyId: .constant("auth-1"), seed: [UInt8](repeating: 3, count: 32))
    }

    /// The spoilt answer, and whether the station must take it for a network fault.
    func spoilt(
        _ reply: UpstreamReply, _ mischief: Mischief, path: String
    ) throws -> (reply: UpstreamReply, isFault: Bool) {
        switch mischief {
        case .truncated:
            let half = Array(reply.body.prefix(reply.body.count / 2))
            return (UpstreamReply(status: reply.status, fields: reply.fields, body: half), reply.status == 200)
        case .serverFault: return (.page(500), true)
        case .foreignProblem: return (try .problem(403, "station-refused", foreign: true), true)
        case .strangeOutcome:
            let text = String(decoding: reply.body, as: UTF8.self)
                .replacingOccurrences(of: "\"outcome\":\"accepted\"", with: "\"outcome\":\"adored\"")
            return (UpstreamReply(status: reply.status, fields: reply.fields, body: Array(text.utf8)), false)
        default: break
        }
        guard reply.status == 200 else { return (reply, false) }
        if path == "/v1/intake/batches", let answer = try? StrictJSON.decode(BatchAnswer.self, from: reply.body) {
            let isForeign = mischief == .foreignAnswer
            let results = try answer.results.flatMap { try spoilt($0, mischief) }
            let changed = BatchAnswer(
                batchId: isForeign ? foreignId ?? answer.batchId : answer.batchId, receivedAt: answer.receivedAt,
                results: results)
            return (try .json(changed), isForeign)
        }
        if path == "/v1/intake/status", mischief == .foreignAnswer, let foreignId,
            let answer = try? StrictJSON.decode(StatusAnswer.self, from: reply.body)
        {
            let spoilt = StatusAnswer(requestId: foreignId, receivedAt: answer.receivedAt, results: answer.results)
            return (try .json(spoilt), true)
        }
        return (reply, false)
    }

    private func spoilt(_ result: ItemResult, _ mischief: Mischief) throws -> [ItemResult] {
        guard dice.happens(500) else { return [result] }
        func changed(
            _ outcome: Uplink.Outcome, sha256: ContentDigest? = nil, receipt: Receipt? = result.receipt,
            problem: WireProblem? = nil, wait: Int? = nil
        ) -> [ItemResult] {
            [
                ItemResult(
                    itemId: result.itemId, outcome: outcome, sha256: sha256 ?? result.sha256, receipt: receipt,
                    problem: problem, retryAfterSeconds: wait)
            ]
        }
        switch mischief {
        case .missingResults: return []
        case .doubledResults: return [result, result]
        case .wrongDigests:
            return changed(result.outcome, sha256: ContentDigest(of: [1, 2, 3]), problem: result.problem)
        case .contradicting:
            return changed(.rejected, problem: WireProblem(type: "/api/problems/content-invalid"))
        case .retryLater: return changed(.retry, receipt: nil, wait: 40)
        case .foreignReceipts:
            guard let receipt = result.receipt else { return [result] }
            let forged = try Receipt(
                receiptId: receipt.receiptId, verdict: receipt.verdict, stationId: receipt.stationId,
                itemId: receipt.itemId, sha256: receipt.sha256, receivedAt: receipt.receivedAt, key: forger)
            return changed(result.outcome, receipt: forged, problem: result.problem)
        case .foreignResults:
            let stranger = ItemID(at: Timestamp(milliseconds: 1_772_384_400_000), random: dice)
            return [result, ItemResult(itemId: stranger, outcome: .accepted, sha256: result.sha256)]
        default: return [result]
        }
    }
}
