/// What became of a damaged spool.
package struct RecoveryReport: Hashable, Sendable {
    /// What was done.
    package enum Kind: String, Sendable {
        /// A new database was built from the rows of the damaged one.
        case rebuilt
        /// The log's last transaction was taken apart, and what of it holds was taken over.
        case tail
    }

    /// What was done.
    package let kind: Kind
    /// Why: a failure's detail, or `requested`.
    package let cause: String
    /// Where the damaged file lies now; nil when it is still in use.
    package let setAside: String?
    /// Payloads that are whole.
    package let payloads: Int
    /// Applications whose state had to be put together anew.
    package let restated: Int
    /// What the station cannot vouch for and had not named before.
    package let missing: [MissingRange]
    /// Audit rows that are gone or do not follow.
    package let auditBreaks: [ClosedRange<Int64>]

    /// Lines for an administrator, nothing personal in them.
    package var text: String {
        var lines = [
            "\(kind.rawValue): \(cause)", "payloads: \(payloads)", "restated: \(restated)",
            "missing: \(missing.isEmpty ? "none" : missing.map { "\($0.text) (\($0.reason.rawValue))" }.joined(separator: ", "))",
        ]
        if !auditBreaks.isEmpty {
            let breaks = auditBreaks.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
            lines.append("audit breaks: \(breaks)")
        }
        if let setAside { lines.append("set aside: \(setAside)") }
        return lines.joined(separator: "\n")
    }
}
