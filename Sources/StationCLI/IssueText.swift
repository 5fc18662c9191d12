package import StationAPI
import StationCore

/// Problems that the point reports upward, for people and for spreadsheets.
package struct IssueText {
    private let words: Language

    /// Renders in a language.
    package init(_ words: Language) { self.words = words }

    /// A table, and how to get the next page.
    package func text(_ list: IssueList) -> String {
        guard let next = list.next else { return text(list.issues) }
        return text(list.issues) + "\n" + words.pick("Trang sau: --after \(next)", "Next page: --after \(next)")
    }

    func text(_ issues: [IssueReport]) -> String {
        var table = Table([
            words.pick("SỐ", "NO"), words.pick("GHI LÚC", "NOTED"), words.pick("TỪ LÚC", "SINCE"),
            words.pick("AI", "WHO"), words.pick("LOẠI", "CATEGORY"), words.pick("HỒ SƠ", "APPLICATION"),
            words.pick("NỘI DUNG", "WHAT HAPPENED"),
        ])
        for issue in issues {
            let category = issue.category.text
            table.add([
                "\(issue.number)", issue.at.text, issue.since.text, issue.operatorId,
                words.pick(category.vi, category.en), issue.itemId?.text ?? "-", issue.text,
            ])
        }
        return table.text
    }

    /// The mark by which spreadsheets know UTF-8, and the names of the columns.
    package static let csvHead =
        "\u{FEFF}"
        + line([
            "number", "at", "clockQuality", "since", "operatorId", "category", "categoryVi", "itemId", "text",
        ])

    /// One problem as a record of RFC 4180.
    package static func csvLine(_ issue: IssueReport) -> String {
        line([
            "\(issue.number)", issue.at.text, issue.clockQuality.rawValue, issue.since.text, issue.operatorId,
            issue.category.rawValue, issue.category.text.vi, issue.itemId?.text ?? "", issue.text,
        ])
    }

    private static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// A spreadsheet computes a cell that begins like a formula; an apostrophe before it makes it text.
    package static func cell(_ text: String) -> String {
        // By scalars: CR and LF together are one character of Swift's.
        let isFormula = text.unicodeScalars.first.map("=+-@\t\r".unicodeScalars.contains) ?? false
        let plain = isFormula ? "'" + text : text
        guard plain.unicodeScalars.contains(where: ",\"\r\n".unicodeScalars.contains) else { return plain }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
}
