/// Who may import whom: the table of docs/architecture.md, rows of the form "| `Module` | `A`, `B` | …".
struct ImportTable {
    let allowed: [String: Set<String>]

    /// Modules of the platform that every module may import.
    static let platform: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

    init(markdown: String) {
        var allowed: [String: Set<String>] = [:]
        for line in markdown.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard cells.count >= 3, let module = Self.names(cells[1]).first else { continue }
            allowed[module] = Set(Self.names(cells[2]))
        }
        self.allowed = allowed
    }

    /// The imports of one source that its module's row does not list.
    func crossings(module: String, lines: [Substring]) -> [String] {
        Self.imports(lines).filter { !Self.platform.contains($0) && allowed[module]?.contains($0) != true }
    }

    static func imports(_ lines: [Substring]) -> [String] {
        lines.compactMap { line in
            var words = line.split(separator: " ")[...]
            while let word = words.first,
                ["public", "package", "internal", "private", "@testable"].contains(word)
                    || word.hasPrefix("@")
            {
                words = words.dropFirst()
            }
            guard words.first == "import" else { return nil }
            words = words.dropFirst()
            if let kind = words.first,
                ["struct", "class", "enum", "func", "protocol", "typealias", "var"].contains(kind)
            {
                words = words.dropFirst()
            }
            return words.first.map { String($0.split(separator: ".")[0]) }
        }
    }

    private static func names(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
