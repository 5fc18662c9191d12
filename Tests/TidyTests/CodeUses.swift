import Foundation

/// Where the cases of an enum are used in a Swift text, as far as its words tell. No `\b` behind a name: to Unicode's word
/// boundaries `name.rawValue` is one word.
enum CodeUses {
    /// The product's sources without the table itself, by module.
    static func products() throws -> [String: String] {
        let files = try SourceTree.swiftFiles(below: "Sources").filter { file in
            let isTable =
                file.module == "StationCore"
                && (file.path.hasSuffix("FailureText.swift") || file.path.hasSuffix("FailureCode.swift"))
            // Of benches and training cards no citizen ever hears.
            return !isTable && !["StationBench", "intake-demo", "VirtualCard", "virtual-card"].contains(file.module)
        }
        return Dictionary(grouping: files, by: \.module).mapValues { files in
            files.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n")
        }
    }

    /// Names of the cases that stand where a value is made: no comment, no pattern, no comparison, no membership test.
    static func made(in text: String) -> Set<String> {
        var rest = text.replacing(/\/\/.*/, with: "")
        rest = rest.replacing(/\bcase\s+(?:let\s+)?\.[^:={}]*[:={}]/, with: " ")
        rest = rest.replacing(/[=!]=\s*(?:FailureCode)?\.\w+/, with: " ")
        rest = rest.replacing(/\[[^\[\]]*\](?:\.map\(\\\.rawValue\))?\s*\.contains\b/, with: " ")
        return Set(rest.matches(of: /(?:^|[^\w)\]?!]|FailureCode)\.([a-z]\w*)(?![\w(])/).map { String($0.1) })
    }

    /// Names that stand in a form that only a failure code has.
    static func explicitlyMade(in text: String) -> Set<String> {
        let plain = text.replacing(/\/\/.*/, with: "").replacing(/[=!]=\s*FailureCode\.\w+/, with: " ")
        return Set(
            plain.matches(of: /(?:Failure|Problem|Fault|FailureCode)(?:\(\s*|\([^()]*\? *)?\.([a-z]\w*)/)
                .map { String($0.1) }
        ).union(plain.matches(of: /(?:code:|"[\w.]+",)\s*\.([a-z]\w*)/).map { String($0.1) })
    }

    /// Cases that a source declares.
    static func declaredCases(in text: String) -> Set<String> {
        let lines = text.replacing(/\/\/.*/, with: "").matches(of: /(?m)^\s*(?:indirect )?case ([a-z][^:.\n]*)$/)
        return Set(lines.flatMap { $0.1.matches(of: /(?:^|, )(\w+)/).map { String($0.1) } })
    }

    /// The text of tests without comments and without what they give to the product: failures that they throw or answer in
    /// another part's place, problems that they have shown.
    static func withoutGiven(_ text: String) -> String {
        text.replacing(/\/\/.*/, with: "")
            .replacing(/throw Failure\(\.\w+/, with: "")
            .replacing(/\.failure\(\s*\w+\(\.\w+/, with: "")
            .replacing(/(^|[^A-Za-z])(?:Field)?Problem\((?:field: [^,()]*, code: )?\s*\.\w+/) { String($0.1) }
    }

    /// Names of cases, and words of machine codes within string literals.
    static func named(in text: String) -> (names: Set<String>, words: Set<String>) {
        let names = text.matches(of: /\.([a-z]\w*)/).map { String($0.1) }
        let words = text.matches(of: /[a-z]+(?:-[a-z]+)+/).map { String($0.0) }
        return (Set(names), Set(words))
    }
}
