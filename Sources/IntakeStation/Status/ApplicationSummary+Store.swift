import StationAPI
import StationCore
import Store
import Uplink

extension ApplicationSummary {
    /// A line of the queue as the API tells it.
    /// - Parameter now: the moment of the listing, from which waits are told.
    init(_ item: ItemSummary, at now: Timestamp, _ meanings: DecisionMeanings) {
        self.init(
            itemId: item.itemId, receiptNumber: ReceiptNumber(item.sequence).text, sequence: item.sequence,
            state: item.state.rawValue, stateVi: item.state.vietnamese, capturedAt: item.capturedAt, size: item.size,
            attempts: item.attempts, problem: item.apiProblem, stateSince: item.stateSince, revision: item.revision,
            supersedes: item.supersedes, nextAttempt: item.retryIn.map { now.adding($0) },
            reason: item.state.isPersons ? item.problem?.text : nil, by: item.person?.text,
            decision: item.decision.map {
                Decision(label: $0.label, at: $0.at, meaning: meanings.meaning(of: $0.label))
            })
    }
}

extension ItemSummary {
    /// What it waits for or why it stopped: a failure of the table, or upstream's own word.
    fileprivate var apiProblem: Problem? {
        // Where a person decided, the word is that person's reason.
        guard let word = problem?.text, !state.isPersons else { return nil }
        if let code = FailureCode(rawValue: word) { return Problem(code) }
        switch state {
        case .rejected: return Problem(.upstreamRejectedItem, word)
        case .quarantined: return Problem(.itemQuarantined, word)
        case .unknown: return Problem(.upstreamAnswerContradicts, word)
        default: return Problem(.upstreamBusy, word)
        }
    }
}

extension ApplicationDetail {
    /// An application with its history as the API tells it.
    init(_ record: ItemRecord, at now: Timestamp, _ meanings: DecisionMeanings) {
        let receipt = record.receipt.flatMap { try? StrictJSON.decode(Receipt.self, from: $0.json) }
        self.init(
            summary: ApplicationSummary(record.summary, at: now, meanings), sha256: Hex.text(record.sha256),
            keyId: record.metadata.keyId.text,
            receipt: receipt.map {
                UpstreamReceipt(
                    receiptId: $0.receiptId.text, verdict: $0.verdict.text, receivedAt: $0.receivedAt,
                    authorityKeyId: $0.authorityKeyId.text)
            },
            history: record.history.map {
                Entry(
                    auditSequence: $0.sequence, at: $0.at, action: $0.note.action.text, actor: $0.note.actor.text,
                    detail: $0.note.detail?.text)
            })
    }
}

extension ItemState {
    /// The state as an operator says it.
    var vietnamese: String {
        switch self {
        case .saved: "Hồ sơ đã lưu, chờ truyền"
        case .batched: "Đã xếp lô"
        case .sent: "Đang truyền"
        case .accepted: "Cấp trên đã tiếp nhận"
        case .rejected: "Cơ quan cấp trên từ chối"
        case .deferred: "Chờ truyền lại"
        case .held: "Tạm giữ, cần xử lý"
        case .unknown: "Chưa rõ kết quả, đang kiểm tra lại"
        case .quarantined: "Cần xử lý thủ công"
        case .cancelled: "Đã hủy"
        case .closed: "Đã đóng hồ sơ"
        case .exported: "Đã xuất ra thiết bị lưu trữ"
        case .purged: "Dữ liệu cá nhân đã được xóa theo thời hạn lưu trữ"
        }
    }
}

extension ItemPage {
    /// A page of the listing that the API asks for. Throws `requestMalformed`.
    init(_ question: ApplicationQuestion) throws(Failure) {
        self.init(after: question.after ?? 0)
        if let word = question.state {
            guard let state = ItemState(rawValue: word) else { throw Failure(.requestMalformed, "unknown state") }
            self.state = state
        }
        before = question.before
        if let digits = question.ending {
            guard (1...Limits.Application.receiptDigits).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let rest = Int64(digits)
            else { throw Failure(.requestMalformed, "ending") }
            ending = Ending(modulus: digits.utf8.reduce(1) { power, _ in power * 10 }, rest: rest)
        }
    }
}
