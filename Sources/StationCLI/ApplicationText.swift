package import StationAPI
import StationCore

/// `intakectl queue` and `intakectl show` for people. Applications are named by id and receipt number, never by person.
package struct ApplicationText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// A table of applications, and how to get the next page.
    package func text(_ list: ApplicationList) -> String {
        var table = Table([
            "SEQ", language.pick("BIÊN NHẬN", "RECEIPT"), language.pick("LÚC NHẬN", "CAPTURED"), "ID",
            language.pick("LẦN GỬI", "ATTEMPTS"), language.pick("TRẠNG THÁI", "STATE"),
        ])
        for one in list.applications {
            table.add([
                "\(one.sequence)", one.receiptNumber, one.capturedAt.text, one.itemId.text, "\(one.attempts)",
                state(one),
            ])
        }
        guard let next = list.next else { return table.text }
        return table.text + "\n" + language.pick("Trang sau: --after \(next)", "Next page: --after \(next)")
    }

    /// One application with its history.
    package func text(_ detail: ApplicationDetail) -> String {
        let one = detail.summary
        var lines = [
            "\(one.receiptNumber)  \(one.itemId.text)",
            "  \(state(one))",
            "  \(language.pick("nhận lúc", "captured")) \(one.capturedAt.text), SEQ \(one.sequence), \(one.size) B, "
                + language.pick("số lần gửi \(one.attempts)", "attempts \(one.attempts)"),
            "  SHA-256 \(detail.sha256)",
            "  \(language.pick("niêm phong bằng khóa", "sealed to key")) \(detail.keyId)",
        ]
        if let revision = one.revision, let old = one.supersedes {
            lines.append("  \(language.pick("bản sửa lần \(revision) của", "revision \(revision) of")) \(old.text)")
        }
        if let decision = one.decision {
            lines.append(
                "  \(language.pick("cấp trên quyết định", "upstream decided")): \(decision.label) "
                    + "(\(language.pick(decision.meaning.vietnamese, decision.meaning.rawValue))), \(decision.at.text)")
        }
        if let problem = one.problem { lines.append("  → \(language.remedy(of: problem))") }
        if let receipt = detail.receipt {
            lines.append(
                "  \(language.pick("biên nhận cấp trên", "upstream's receipt")) \(receipt.receiptId): \(receipt.verdict), "
                    + "\(receipt.receivedAt.text), \(receipt.authorityKeyId)")
        }
        var table = Table([
            "AUDIT", language.pick("LÚC", "AT"), language.pick("VIỆC", "ACTION"), language.pick("AI", "WHO"),
        ])
        for entry in detail.history {
            table.add(["\(entry.auditSequence)", entry.at.text, entry.action, entry.actor])
        }
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }

    private func state(_ one: ApplicationSummary) -> String {
        let word = language.pick(one.stateVi, one.state)
        if let reason = one.reason.flatMap(ReasonCode.init(rawValue:)) {
            let who = one.by.map { ", \($0)" } ?? ""
            return "\(word): \(language.pick(reason.text.vi, reason.text.en)) [\(reason.rawValue)\(who)]"
        }
        let next = one.nextAttempt.map { language.pick(", thử lại lúc \($0.text)", ", next attempt \($0.text)") } ?? ""
        guard let problem = one.problem else { return word + next }
        return "\(word): \(language.title(of: problem)) [\(problem.code)]\(next)"
    }
}
