import StationCore

/// A case of the guideline that is not run, and why.
struct LeftOut: Sendable {
    let id: String
    let reason: String
}

/// docs/conformance.md.
struct ConformanceTable {
    let cases: [ConformanceCase]
    let leftOut: [LeftOut]

    func text() async throws -> String {
        var lines = [
            "# Conformance: BSI TR-03105 part 5.1",
            "",
            "Made by `ConformanceTests`; with `RECORD_CONFORMANCE=1` the run writes this file, otherwise it compares it. Each case is "
                + "a card of the virtual card's making, authentic but for what the case is about, read by the whole stack at the APDU "
                + "seam. `stated`: the guideline's text is public. `inferred`: only the title is; card and expectation are ours, and "
                + "no conformity is claimed.",
            "",
            "Run: \(cases.count). Left out, with the reason: \(leftOut.count).",
            "",
            "| case | basis | the card | our answer | the operator reads |",
            "|---|---|---|---|---|",
        ]
        for one in cases {
            var answers: [String] = []
            var words: [String] = []
            for setting in try one.settings() {
                let outcome = await ConformanceOutcome.of(setting, one.expectation)
                if !answers.contains(outcome.description) { answers.append(outcome.description) }
                if let text = outcome.operatorText, !words.contains(text) { words.append(text) }
            }
            lines.append(
                "| \(one.id) | \(one.basis.rawValue) | \(one.card) | \(answers.joined(separator: "; ")) "
                    + "| \(words.joined(separator: "; ")) |")
        }
        lines += ["", "## Left out", "", "| case | reason |", "|---|---|"]
        lines += leftOut.map { "| \($0.id) | \($0.reason) |" }
        return lines.joined(separator: "\n") + "\n"
    }
}
