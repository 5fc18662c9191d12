import Foundation
import StationCore
import Testing

@testable import Store

/// docs/applications.md says what the code does. `RECORD_TRANSITIONS=1` writes its tables anew.
@Suite struct TransitionDocumentTests {
    private let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/applications.md").standardized

    private var transitions: String {
        let rows = ItemTransition.allCases.map { transition in
            let sources = ItemState.allCases.filter(transition.sources.contains).map(\.rawValue)
            let note = transition.onlyBeforeFirstSending ? ", only before it has left" : ""
            return "| \(transition.rawValue) | \(sources.joined(separator: ", "))\(note) | \(transition.target.rawValue) |"
        }
        return (["| transition | from | to |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    private var reasons: String {
        let rows = ReasonCode.allCases.map { "| `\($0.rawValue)` | \($0.text.vi) | \($0.text.en) |" }
        return (["| reason | vi | en |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    @Test func theTablesAreTheCodes() throws {
        var text = try String(contentsOf: file, encoding: .utf8)
        if ProcessInfo.processInfo.environment["RECORD_TRANSITIONS"] != nil {
            text = replacing(text, "| transition |", "TABLE", by: transitions)
            text = replacing(text, "| reason |", "REASONS", by: reasons)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text.contains(transitions) && text.contains(reasons))
    }

    private func replacing(_ text: String, _ head: String, _ placeholder: String, by table: String) -> String {
        var lines = text.components(separatedBy: "\n")
        if let place = lines.firstIndex(of: placeholder) {
            lines[place] = table
        } else if let first = lines.firstIndex(where: { $0.hasPrefix(head) }) {
            let count = lines[first...].prefix { $0.hasPrefix("|") }.count
            lines.replaceSubrange(first..<first + count, with: [table])
        }
        return lines.joined(separator: "\n")
    }
}
