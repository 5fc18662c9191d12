import ArgumentParser
import Foundation
import Fuzzing
import Glibc
import StationCore

/// `station-fuzz row`: one row of inputs, in the process that may die of it.
struct RowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "row", shouldDisplay: false)

    @Option var target: String
    @Option var seed: UInt64
    @Option var first: Int
    @Option var count: Int
    @Option var seconds: Double?
    @Option(help: "File that always holds the number of the input being tried.") var position: String
    @Option(help: "Processor seconds that one input may take.") var bound: Double = 5

    func run() async throws {
        guard let target = FuzzTarget.named(target) else { throw ValidationError("there is no target \(target)") }
        Confinement.enter()
        // Tests that look at the clock run beside it.
        _ = nice(10)
        let file = open(position, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ValidationError("\(position): errno \(errno)") }
        let watchdog = Watchdog(bound: .seconds(bound))
        let row = InputRow(
            target: target, seed: seed, first: first, count: count, limit: seconds.map { .seconds($0) })
        do {
            let tally = try await row.run { number in
                var written = Int64(number)
                pwrite(file, &written, 8, 0)
                watchdog.begin(number)
            }
            FileHandle.standardOutput.write(Data(try StrictJSON.encode(tally)))
        } catch let violation as Violation {
            FileHandle.standardError.write(Data("promise broken: \(violation.promise)\n".utf8))
            throw ExitCode(Confinement.violationCode)
        }
    }
}
