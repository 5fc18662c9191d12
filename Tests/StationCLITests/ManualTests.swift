import Foundation
import StationCore
import Testing

@testable import StationCLI

/// docs/man/intakectl.1 and the tables of docs/intakectl.md say what the program says.
struct ManualTests {
    private static let page = CommandTree.root.appendingPathComponent("docs/man/intakectl.1")
    private static let guide = CommandTree.root.appendingPathComponent("docs/intakectl.md")

    /// `RECORD_MANUAL=1 swift test --filter ManualTests` writes the page anew.
    @Test func `The manual page is what the program's own help makes`() async throws {
        let made = ManualPage(try await CommandTree.built()).text
        if ProcessInfo.processInfo.environment["RECORD_MANUAL"] != nil {
            try made.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == made, "RECORD_MANUAL=1 writes it anew")
    }

    @Test func `The exit codes stand in the guide as the program has them`() throws {
        let lines = try String(contentsOf: Self.guide, encoding: .utf8).split(separator: "\n").map(String.init)
        let rows = lines.filter { $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber ?? false }
        #expect(rows == ExitStatus.meanings.map { "| \($0.number) | \($0.vi) | \($0.en) |" })
    }

    @Test func `Every command stands in the guide`() async throws {
        let guide = try String(contentsOf: Self.guide, encoding: .utf8)
        for name in try await CommandTree.built().command.leaves().keys {
            #expect(guide.contains("`\(name)") || guide.contains(" \(name)`"), "\(name)")
        }
    }

    @Test func `Every exit code that a command's help promises is one of the table`() async throws {
        let known = Set(ExitStatus.meanings.map(\.number))
        for (name, command) in try await CommandTree.built().command.leaves() {
            for match in (command.abstract ?? "").matches(of: /[Ee]xit (\d+)/) {
                #expect(known.contains(try #require(Int32(match.1))), "\(name)")
            }
        }
    }
}

/// A page of man(7), section 1.
struct ManualPage {
    private var lines = [".\\\" Made from intakectl --experimental-dump-help; not to be edited.", ".TH INTAKECTL 1"]

    var text: String { lines.joined(separator: "\n") + "\n" }

    init(_ tree: CommandTree) {
        let program = tree.command
        lines += [".SH NAME", "intakectl \\- " + Self.plain(program.abstract ?? ""), ".SH SYNOPSIS"]
        lines += [".B intakectl", ".I command", "[\\fIoptions\\fR]", ".SH EXIT STATUS"]
        for line in (program.discussion ?? "").split(separator: "\n").dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            lines += [".TP", ".B " + parts[0], Self.plain(parts.last ?? "")]
        }
        lines.append(".SH COMMANDS")
        for command in program.subcommands ?? [] where command.commandName != "help" { add(command, []) }
        lines += [".SH SEE ALSO", "docs/intakectl.md, docs/schema/intakectl.json"]
    }

    private mutating func add(_ command: CommandTree.Command, _ above: [String]) {
        let words = above + [command.commandName]
        let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
        guard below.isEmpty else {
            for command in below { add(command, words) }
            return
        }
        lines.append(".SS " + Self.plain((words + Self.usage(command)).joined(separator: " ")))
        lines += Self.paragraphs(command.abstract)
        lines += Self.paragraphs(command.discussion).flatMap { [".PP", $0] }
        for argument in command.arguments ?? [] where argument.names?.contains(where: { $0.name == "help" }) != true {
            let names = (argument.names ?? []).map(\.text).joined(separator: ", ")
            let value = argument.kind == "flag" ? "" : " <\(argument.valueName ?? "value")>"
            lines += [".TP", ".B " + Self.plain((names + value).trimmingCharacters(in: .whitespaces))]
            let values = argument.allValues.map { " Values: \($0.joined(separator: ", "))." } ?? ""
            let standard = argument.defaultValue.map { " Default: \($0)." } ?? ""
            lines.append(Self.plain((argument.abstract ?? "") + values + standard))
        }
    }

    /// Positional arguments and what must be given.
    private static func usage(_ command: CommandTree.Command) -> [String] {
        (command.arguments ?? []).compactMap { argument in
            let value = "<\(argument.valueName ?? "value")>" + (argument.isRepeating ? "..." : "")
            if argument.kind == "positional" { return argument.isOptional ? "[\(value)]" : value }
            guard !argument.isOptional, argument.kind == "option", let name = argument.names?.last else { return nil }
            return "\(name.text) \(value)"
        }
    }

    private static func paragraphs(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").map { plain(String($0)) }
    }

    /// A hyphen stays one, and no line begins a request of its own.
    private static func plain(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\n", with: " ")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
