/// The three-valued result of a check. Absence of proof is never a pass (law 7).
public enum Verdict: String, Codable, Sendable, CaseIterable {
    /// The check was made and holds.
    case passed
    /// The check was made and does not hold.
    case failed
    /// The check could not be made, or not to its end; the finding's reason says why.
    case notDetermined
}

/// One check's result with its reason.
public struct Finding: Codable, Hashable, Sendable {
    /// Which check, a stable lower-camel-case word such as `passiveAuthentication`.
    public let check: String
    /// Its result.
    public let verdict: Verdict
    /// Why, a stable lower-camel-case word such as `issuerNotAnchored`; nil only when passed without remark.
    public let reason: String?

    /// Makes a finding.
    public init(check: String, verdict: Verdict, reason: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.reason = reason
    }
}

extension Sequence where Element == Finding {
    /// The weakest of several findings: one failure fails all, one gap leaves all undetermined, no finding at all is no
    /// proof.
    public var combined: Verdict {
        var result: Verdict?
        for finding in self {
            switch (finding.verdict, result) {
            case (.failed, _): return .failed
            case (.notDetermined, _): result = .notDetermined
            case (.passed, nil): result = .passed
            case (.passed, _): break
            }
        }
        return result ?? .notDetermined
    }
}
