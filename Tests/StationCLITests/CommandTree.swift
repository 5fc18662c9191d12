import Foundation
import StationCore

/// The commands as the built program itself describes them.
struct CommandTree: Decodable {
    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let arguments: [Argument]?
        let subcommands: [Command]?

        var takesJSON: Bool { arguments?.contains { $0.names?.contains { $0.name == "json" } ?? false } ?? false }

        /// Every command without commands below it, by its words behind the program's name.
        func leaves(_ prefix: [String] = []) -> [String: Command] {
            let below = (subcommands ?? []).filter { $0.commandName != "help" }
            guard !below.isEmpty else { return [prefix.joined(separator: " "): self] }
            return below.reduce(into: [:]) { found, command in
                found.merge(command.leaves(prefix + [command.commandName])) { $1 }
            }
        }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String

            var text: String { (kind == "short" ? "-" : "--") + name }
        }

        let kind: String
        let abstract: String?
        let defaultValue: String?
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let allValues: [String]?
    }

    let command: Command

    /// Asks the built program.
    static func built() async throws -> CommandTree {
        let dump = try await Bench.run(["--experimental-dump-help"])
        return try JSONDecoder().decode(CommandTree.self, from: Data(dump.output.utf8))
    }

    /// The repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
