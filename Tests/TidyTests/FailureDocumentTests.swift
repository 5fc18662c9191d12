import Foundation
import StationCore
import Testing

/// docs/failure-codes.md is the table of the code. `RECORD_FAILURES=1` writes it anew.
@Suite struct FailureDocumentTests {
    private static let path = "docs/failure-codes.md"

    @Test func thePageIsTheTable() throws {
        let page = Self.page
        if ProcessInfo.processInfo.environment["RECORD_FAILURES"] != nil {
            try page.write(to: SourceTree.root.appendingPathComponent(Self.path), atomically: true, encoding: .utf8)
        }
        #expect(try SourceTree.text(Self.path) == page, "run with RECORD_FAILURES=1 and look at the difference")
    }

    @Test func aReaderFindsThePage() throws {
        #expect(try SourceTree.text("README.md").contains("(docs/failure-codes.md)"))
        #expect(try SourceTree.text("docs/architecture.md").contains("(failure-codes.md)"))
    }

    static var page: String {
        let groups = Culprit.allCases.map { culprit in
            (culprit, FailureCode.allCases.filter { $0.text.culprit == culprit })
        }
        return ([head] + groups.map(contents) + [""] + groups.flatMap(section)).joined(separator: "\n") + "\n"
    }

    private static let head = """
        # Failure codes

        Every stop of the station has one of these codes, on the operator's page, in the API, on the command line and in the log. The page is written from the table in `Sources/StationCore` (`RECORD_FAILURES=1 swift test --filter FailureDocumentTests`); a test compares the two, others see to it that every code is made somewhere in the sources and met by a test.

        - **What** happened, **why** as a rule, and the **remedy**, each in Vietnamese and English.
        - **Who** can end it: `operator` (at the desk), `supervisor` (answers for the team), `administrator` (of the machine), `upstream`, `citizen`, `developer` (of the software that called), or `station`: nobody has to, it goes on by itself.
        - **Again**: whether the same request may succeed later without a change (`retryable`).
        - **HTTP**: the status of an answer that is this stop (a failed read's code answers whoever would save from it). Without one, the code comes inside a report (a read, an application, the status), as an event, or from a program.

        In the API a stop is `application/problem+json` (RFC 9457): `type` is `urn:intake-station:problem:` and the code; `title`, `cause`, `remedy` are the English texts, `detailVi`, `causeVi`, `remedyVi` the Vietnamese ones, `culprit` is the group below, `actor` who can end it; `detail` is what is known of this occurrence, English and never personal.

        | whose fault | codes |
        |---|---|
        """

    private static func contents(_ culprit: Culprit, _ codes: [FailureCode]) -> String {
        let links = codes.map { "[`\($0.rawValue)`](#\($0.rawValue))" }.joined(separator: ", ")
        return "| [\(culprit.rawValue)](#\(anchor(culprit))) | \(links) |"
    }

    private static func section(_ culprit: Culprit, _ codes: [FailureCode]) -> [String] {
        ["<a id=\"\(anchor(culprit))\"></a>", "", "## \(name(culprit))", ""] + codes.map(entry)
    }

    private static func entry(_ code: FailureCode) -> String {
        let text = code.text
        let status = text.status.map { "\($0)" } ?? "none"
        return """
            ### \(code.rawValue)

            Who: \(text.actor.rawValue). Again: \(text.retryable ? "yes" : "no"). HTTP: \(status).

            | | vi | en |
            |---|---|---|
            | what | \(cell(text.titleVi)) | \(cell(text.title)) |
            | why | \(cell(text.causeVi)) | \(cell(text.cause)) |
            | remedy | \(cell(text.remedyVi)) | \(cell(text.remedy)) |

            """
    }

    private static func anchor(_ culprit: Culprit) -> String { "culprit-\(culprit.rawValue)" }

    private static func cell(_ text: String) -> String {
        text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "*", with: "\\*")
    }

    private static func name(_ culprit: Culprit) -> String {
        switch culprit {
        case .card: "The card"
        case .reader: "The reader"
        case .disk: "The disk or the medium"
        case .clock: "The clock"
        case .key: "Keys and certificates"
        case .network: "The network"
        case .upstream: "Upstream"
        case .input: "What was entered or asked"
        case .permission: "Permission"
        case .station: "The station itself"
        }
    }
}
