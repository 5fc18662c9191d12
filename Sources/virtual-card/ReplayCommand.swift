import ArgumentParser
import Foundation
import StationCore
import VirtualCard

/// `virtual-card replay RECORD.json --directory CARD`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Reads a card in memory as a recorded read did, and tells the first difference. Exit 1 when there is one.",
        discussion: "The record is what 'intakectl reads show ID --json' prints.")

    @Argument(help: "File of the record.")
    var record: String

    @Option(help: "Directory of an issued card.")
    var directory: String

    @Option(help: "A fault of the chip; may be repeated.")
    var fault: [Fault] = []

    func run() async throws {
        guard let json = FileManager.default.contents(atPath: record) else {
            throw ValidationError("\(record) cannot be read")
        }
        let image = try CardDirectory(path: directory).image(adding: Set(fault))
        let outcome = try await RecordReplay.run(
            RecordReplay.attempts(Array(json)), on: image, clock: SystemClock())
        print(outcome.text)
        if case .differs = outcome { throw ExitCode(1) }
    }
}
