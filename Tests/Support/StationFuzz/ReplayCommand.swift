import ArgumentParser
import Foundation
import Fuzzing
import StationCore

/// `station-fuzz replay FILE`: one input again; ends with 0 when the parser answers as it promises.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Gives a regression file to its parser again.")

    @Argument(help: "TARGET-HASH.bin") var file: String
    @Option(help: "The parser, unless the file's name says it.") var target: String?
    @Option(help: "Processor seconds that the input may take.") var bound: Double = 5

    func run() async throws {
        let name = target ?? Self.target(ofFile: file)
        guard let target = FuzzTarget.named(name) else { throw ValidationError("there is no target \(name)") }
        guard let input = FileManager.default.contents(atPath: file) else {
            throw ValidationError("\(file) cannot be read")
        }
        Confinement.enter()
        let watchdog = Watchdog(bound: .seconds(bound))
        watchdog.begin(0)
        do {
            let reaction = try await target.attempt(Array(input))
            FileHandle.standardOutput.write(Data("\(target.name): \(reaction)\n".utf8))
        } catch let violation as Violation {
            FileHandle.standardError.write(Data("promise broken: \(violation.promise)\n".utf8))
            throw ExitCode(Confinement.violationCode)
        }
    }

    static func target(ofFile path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.lastIndex(of: "-").map { String(name[..<$0]) } ?? name
    }
}
