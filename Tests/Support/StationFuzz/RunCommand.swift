import ArgumentParser
import Foundation
import Fuzzing
import StationCore

/// `station-fuzz`: every parser or one, for a time or for a number of inputs, in child processes.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Fuzzes every parser, or one. Exit 1 when one died, hung or broke a promise.")

    @Option(help: "Only this parser.") var target: String?
    @Option(help: "For so long, all parsers together.") var seconds: Double?
    @Option(help: "So many inputs a parser.") var count: Int?
    @Flag(help: "The numbers of a proof: a million, fewer for whole conversations with a card.") var proof = false
    @Option(help: "Makes the inputs; by default drawn.") var seed: UInt64?
    @Option(help: "Children at a time.") var jobs = 2
    @Option(help: "Processor seconds that one input may take.") var bound: Double = 5
    @Option(help: "Directory for inputs that kill.") var regressions = "Tests/Fuzz/regressions"

    private enum Ending: Sendable {
        case tally(Tally)
        case report(Autopsy.Report)
    }

    func run() async throws {
        var targets = FuzzTarget.all
        if let target {
            guard let named = FuzzTarget.named(target) else {
                throw ValidationError("there is no target \(target): \(targets.map(\.name).joined(separator: ", "))")
            }
            targets = [named]
        }
        let seed = seed ?? UInt64.random(in: 0...UInt64(Int64.max))
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "station-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        Self.say(Self.row(["target", "inputs", "accepted", "slowest ms", "cpu s"]))
        let share = seconds.map { $0 * Double(max(1, min(jobs, targets.count))) / Double(targets.count) }
        let reports = try await withThrowingTaskGroup(of: Autopsy.Report?.self) { group in
            var waiting = targets[...]
            var reports: [Autopsy.Report] = []
            for _ in 0..<max(1, jobs) {
                guard let next = waiting.popFirst() else { break }
                group.addTask { try await work(next, seed: seed, share: share, in: directory) }
            }
            while let report = try await group.next() {
                if let report { reports.append(report) }
                guard let next = waiting.popFirst() else { continue }
                group.addTask { try await work(next, seed: seed, share: share, in: directory) }
            }
            return reports
        }
        Self.say("seed \(seed), \(targets.count) parsers, \(reports.count) with a finding")
        if !reports.isEmpty { throw ExitCode(1) }
    }

    /// All rows of one parser; ends with the first finding.
    private func work(
        _ target: FuzzTarget, seed: UInt64, share: Double?, in directory: URL
    ) async throws -> Autopsy.Report? {
        let child = ChildProcess(bound: bound)
        let position = directory.appendingPathComponent("\(target.name).position").path
        var rest = count ?? (share != nil ? .max / 2 : proof ? target.proofInputs : target.testInputs)
        var first = 0
        var sum = Tally()
        while rest > 0 {
            // A row is one process; a long one is cut so that its memory is looked at from outside now and then.
            let length = share != nil ? rest : min(rest, 250_000)
            let row = InputRow(
                target: target, seed: seed, first: first, count: length, limit: share.map { .seconds($0) })
            switch try await child.row(row, position: position) {
            case .done(let tally): sum.add(tally)
            case .died(let ending):
                let autopsy = Autopsy(
                    child: child, directory: directory, regressions: URL(fileURLWithPath: regressions))
                let report = try await autopsy.examine(row, position: position, ending: ending)
                Self.tell(report, seed: seed)
                return report
            }
            if share != nil { break }
            first += length
            rest -= length
        }
        Self.say(
            Self.row([
                target.name, "\(sum.inputs)", "\(sum.accepted)", String(format: "%.1f", sum.slowestMilliseconds),
                String(format: "%.1f", sum.seconds),
            ]))
        return nil
    }

    private static func tell(_ report: Autopsy.Report, seed: UInt64) {
        say("\(report.target): \(report.ending)")
        say("    seed \(seed), input \(report.input), made smaller to \(report.bytes) bytes")
        if report.needs > 0 {
            say(
                "    alone it does no harm: it needs the \(report.needs) inputs before it (make fuzz with the same seed)"
            )
        }
        say("    make fuzz REPLAY=\(report.file)")
    }

    private static func row(_ cells: [String]) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(1, (index == 0 ? 24 : 12) - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined()
    }

    /// One line at once: somebody watches.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
