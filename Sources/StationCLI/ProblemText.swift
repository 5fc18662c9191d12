package import StationAPI
import StationCore

/// A problem as the command line tells it: both languages, the code, and what is known of this occurrence.
package func problemText(_ problem: Problem) -> String {
    var lines = [
        "intakectl: \(problem.detailVi) / \(problem.title) [\(problem.code)]",
        "  → \(problem.remedyVi)",
        "  → \(problem.remedy)",
    ]
    if let detail = problem.detail { lines.append("  (\(detail))") }
    return lines.joined(separator: "\n")
}

extension Problem {
    /// The exit status that tells this problem to a script.
    package var isNotFound: Bool {
        [
            FailureCode.applicationUnknown, .readUnknown, .readerUnknown, .routeUnknown, .operatorUnknown,
            .shiftUnknown,
        ].map(\.rawValue).contains(code)
    }
}
