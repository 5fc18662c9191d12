import Foundation
import Testing

/// The tree checks itself.
@Suite struct TidyTests {
    @Test func nobodyCrossesAWall() throws {
        let table = ImportTable(markdown: try SourceTree.text("docs/architecture.md"))
        for file in try SourceTree.swiftFiles(below: "Sources") {
            #expect(table.crossings(module: file.module, lines: file.lines) == [], "\(file.path)")
        }
    }

    @Test func everyModuleHasItsRowAndEveryRowItsModule() throws {
        let table = ImportTable(markdown: try SourceTree.text("docs/architecture.md"))
        let sources = SourceTree.root.appendingPathComponent("Sources").path
        let modules = Set(try FileManager.default.contentsOfDirectory(atPath: sources))
        #expect(Set(table.allowed.keys) == modules)
    }

    @Test func theGraphHasNoCycle() throws {
        let table = ImportTable(markdown: try SourceTree.text("docs/architecture.md"))
        var remaining = table.allowed
        while let leaf = remaining.first(where: { $0.value.isDisjoint(with: remaining.keys) }) {
            remaining[leaf.key] = nil
        }
        #expect(remaining.isEmpty, "a cycle among \(remaining.keys.sorted())")
    }

    @Test func aCrossingIsSeen() {
        let table = ImportTable(markdown: "| `A` | `B`, `C` | x |\n| `B` | | |")
        let lines = ["import B", "package import struct D.E", "@testable import C", "import Foundation", "// import F"]
        #expect(table.crossings(module: "A", lines: lines.map { $0[...] }) == ["D"])
        #expect(table.crossings(module: "B", lines: ["import A"]) == ["A"])
    }

    @Test(arguments: ["Sources", "Tests"])
    func noFileIsLongerThanItsReader(folder: String) throws {
        for file in try SourceTree.swiftFiles(below: folder) {
            #expect(file.lines.count <= 500, "\(file.path)")
        }
    }

    /// Each with the reason in words where it must stand.
    @Test(arguments: [
        ("try!", "an error has a name"), ("as!", "parse, do not assume"), ("Task.detached", "structured only"),
        ("nonisolated(unsafe)", "needs a proof that nobody has given"), ("usleep(", "wait for the event"),
    ])
    func whatNobodyWrites(word: String, reason: String) throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (number, line) in file.lines.enumerated() where !line.contains("//") {
                #expect(!line.contains(word), "\(file.path):\(number + 1): \(reason)")
            }
        }
    }

    @Test func anUncheckedSendableHasItsProofAbove() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (number, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
                let above = file.lines[max(0, number - 8)..<number].filter { $0.contains("//") }
                #expect(above.contains { $0.contains("Sendable") }, "\(file.path):\(number + 1)")
            }
        }
    }

    @Test func librariesDoNotPrint() throws {
        let programs = try SourceTree.swiftFiles(below: "Sources").filter { $0.module.first?.isUppercase == true }
        for file in programs where file.module != "StationBench" {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.trimmingCharacters(in: .whitespaces).hasPrefix("print("), "\(file.path):\(number + 1)")
            }
        }
    }
}
