import Foundation
import StationCore
import Testing

/// The operator's guide says what the page says, and shows what there is.
@Suite struct GuideTests {
    private static let path = "docs/huong-dan-van-hanh.md"
    private let guide: String
    /// Everything that the page can show, in Vietnamese.
    private let words: Set<String>

    init() throws {
        guide = try SourceTree.text(Self.path)
        words = try Self.catalogue().union(
            FailureCode.allCases.flatMap { [$0.text.titleVi, $0.text.causeVi, $0.text.remedyVi] })
    }

    @Test func everyLabelInBoldIsTheCatalogues() throws {
        let catalogue = try Self.catalogue()
        #expect(catalogue.count > 300)
        let labels = guide.matches(of: /\*\*(.+?)\*\*/).map { String($0.1) }
        #expect(labels.count > 100)
        for label in Set(labels) { #expect(catalogue.contains(label), "the page does not say «\(label)»") }
    }

    /// A quotation may be a part of what the screen says.
    @Test func everyQuotationIsWhatTheStationSays() {
        let quotations = guide.matches(of: /“([^“”]+)”/).map { String($0.1) }
        #expect(quotations.count > 5)
        for quotation in quotations {
            #expect(words.contains { $0.contains(quotation) }, "nobody says «\(quotation)»")
        }
    }

    @Test func everyRowOfTheTroublesBeginsWithTheStationsWords() throws {
        let table = try #require(guide.split(separator: "| Màn hình nói | Làm gì |\n").last)
        let rows = table.split(separator: "\n").dropFirst().prefix { $0.hasPrefix("|") }
        #expect(rows.count > 25)
        for row in rows {
            let said = row.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)
            #expect(words.contains(said), "nobody says «\(said)»")
        }
    }

    @Test func everyStateHasItsRow() throws {
        let states = guide.split(separator: "| Trạng thái | Cần làm |\n").last ?? ""
        let page = try SourceTree.text("Sources/ConsoleServer/Page/strings.js")
        let all = page.matches(of: /"state\.\w+": \["([^"]+)"/).map { String($0.1) }
        #expect(all.count > 10)
        for state in all { #expect(states.contains("**\(state)**"), "«\(state)» has no row") }
    }

    @Test func everyPictureIsThereAndShown() throws {
        let named = Set(guide.matches(of: /!\[[^\]]+\]\(images\/([\w-]+\.png)\)/).map { String($0.1) })
        let folder = SourceTree.root.appendingPathComponent("docs/images")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(named.count >= 8)
        #expect(named == Set(kept))
        for name in kept {
            let picture = try Data(contentsOf: folder.appendingPathComponent(name))
            #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name) is no PNG")
            #expect(picture.count < 80_000, "\(name) is large: make pictures")
        }
        #expect(try SourceTree.text("README.md").contains("(\(Self.path))"))
    }

    @Test func everyWayInsideTheGuideLeadsToAHeading() {
        let headings = guide.matches(of: /(?m)^## (.+)$/).map { match in
            match.1.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }.replacing(" ", with: "-")
        }
        let ways = guide.matches(of: /\]\(#([^)]+)\)/).map { String($0.1) }
        #expect(ways.count > 10)
        for way in ways { #expect(headings.contains(way), "#\(way)") }
    }

    /// The Vietnamese column of the page's catalogue; a value that is put in stands as an ellipsis.
    private static func catalogue() throws -> Set<String> {
        var texts: Set<String> = []
        for name in ["strings", "strings-desk", "strings-views"] {
            let source = try SourceTree.text("Sources/ConsoleServer/Page/\(name).js")
            for match in source.matches(of: /(?m)^ +(?:"[\w.-]+"|\w+): \["((?:[^"\\]|\\.)+)", "/) {
                let text = match.1.replacing("\\u201c", with: "“").replacing("\\u201d", with: "”")
                texts.insert(String(text.replacing(/\{\w+\}/, with: "…")))
            }
        }
        return texts
    }
}
