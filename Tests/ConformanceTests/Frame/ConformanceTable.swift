import Foundation
import StationCore

/// The part of docs/conformance.md that the test run writes: one section a family, one row a case.
enum ConformanceTable {
    static let file = root.appendingPathComponent("docs/conformance.md")
    private static let beginning = "<!-- The rest of this page is written by the test run. -->\n"

    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The page with its hand-written beginning and this table.
    static func page(_ table: String) throws -> String {
        try head() + table
    }

    static func recorded() throws -> String {
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.range(of: beginning).map { String(text[$0.upperBound...]) } ?? ""
    }

    private static func head() throws -> String {
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.range(of: beginning).map { String(text[..<$0.upperBound]) } ?? text + "\n" + beginning
    }

    static func render(_ answers: [(ConformanceCase, ConformanceAnswer)]) -> String {
        var text = "\n" + summary(answers)
        for family in ConformanceFamily.all {
            let rows = answers.filter { family.contains($0.0.id) }
            guard !rows.isEmpty else { continue }
            text += "\n## \(family.name): \(family.subject)\n\n"
            text += "| Case | Basis | Guideline | The card | Verdict | Reason | Operator reads |\n"
            text += "|---|---|---|---|---|---|---|\n"
            for (item, answer) in rows { text += row(item, answer) }
        }
        let left = ConformanceOmission.all
        text += "\n## Left out\n\n| Cases | Reason |\n|---|---|\n"
        for item in left { text += "| \(item.ids.joined(separator: ", ")) | \(item.reason) |\n" }
        return text
    }

    private static func summary(_ answers: [(ConformanceCase, ConformanceAnswer)]) -> String {
        func count(_ basis: ConformanceCase.Basis) -> Int { answers.filter { $0.0.basis == basis }.count }
        let deviating = answers.filter { $0.0.deviation != nil }.map(\.0.id)
        var text = "\(answers.count) cases run: \(count(.stated)) stated, \(count(.inferred)) inferred.\n\n"
        if !deviating.isEmpty {
            text += "Declared deviations, the reason in the row: \(deviating.joined(separator: ", ")).\n"
        }
        return text
    }

    private static func row(_ item: ConformanceCase, _ answer: ConformanceAnswer) -> String {
        var card = item.card
        if let deviation = item.deviation { card += ". **Deviation:** \(deviation)" }
        let reasons = answer.reasons.map { "`\($0)`" }.joined(separator: ", ")
        let text = answer.operatorText.map { "`\($0.rawValue)`" } ?? ""
        let cells = [item.id, item.basis.rawValue, item.demand.rawValue, card, answer.verdict, reasons, text]
        return "| " + cells.joined(separator: " | ") + " |\n"
    }
}

/// A family of cases.
struct ConformanceFamily: Sendable {
    let name: String
    let subject: String
    /// How many numbers the guideline has given in this family.
    let count: Int

    /// Every number of the family.
    var ids: [String] { ConformanceOmission.numbers(name, 1...count) }

    func contains(_ id: String) -> Bool { id.hasPrefix(name + "_") }

    /// In the guideline's order.
    static let all = [
        ConformanceFamily(name: "ISO7816_A", subject: "selecting the application", count: 3),
        ConformanceFamily(name: "ISO7816_B", subject: "BAC and secure messaging", count: 10),
        ConformanceFamily(name: "ISO7816_C", subject: "reading files", count: 8),
        ConformanceFamily(name: "ISO7816_D", subject: "chip authentication", count: 15),
        ConformanceFamily(name: "ISO7816_F", subject: "active authentication", count: 9),
        ConformanceFamily(name: "ISO7816_G", subject: "PACE", count: 41),
        ConformanceFamily(name: "LDS_A", subject: "EF.COM", count: 10),
        ConformanceFamily(name: "LDS_B", subject: "DG1", count: 28),
        ConformanceFamily(name: "LDS_C", subject: "DG2", count: 28),
        ConformanceFamily(name: "LDS_F", subject: "DG14", count: 7),
        ConformanceFamily(name: "LDS_H", subject: "EF.SOD", count: 98),
        ConformanceFamily(name: "LDS_I", subject: "DG15", count: 3),
        ConformanceFamily(name: "LDS_J", subject: "EF.CardSecurity", count: 4),
        ConformanceFamily(name: "LDS_K", subject: "EF.ATR/INFO", count: 4),
    ]
}
