import ArgumentParser
import Foundation
import Glibc
import Simulation
import Synchronization

/// Days of a station in seconds: `make simulate`.
@main struct StationSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-simulate", abstract: "Runs the station's production parts through days of trouble.")

    @Option(help: "How many seeds.") var seeds = 20
    @Option(help: "The first seed, or with --seeds 1 the only one.") var first: UInt64 = 1
    @Option(help: "Days of each run.") var days = 7
    @Option(help: "A fault built in on purpose: acknowledgesBeforeCommit, synchronousOff.") var control: String?
    @Flag(help: "Print the whole trace.") var trace = false

    func run() throws {
        var broken = 0
        let began = processorSeconds()
        for seed in first..<(first + UInt64(seeds)) {
            let before = processorSeconds()
            var scenario = Scenario(seed: seed, days: days)
            if let control {
                guard let fault = Scenario.Control(rawValue: control) else { throw ValidationError("no such control") }
                scenario.control = fault
            }
            var listener: (@Sendable (String) -> Void)?
            if trace { listener = { print($0) } }
            let report = try Simulation.run(scenario, listener: listener)
            let seconds = processorSeconds() - before
            print("seed \(seed): \(report.violations.isEmpty ? "ok" : "BROKEN") \(report.digest.prefix(16)), "
                + String(format: "%.1f s, %.1f days a second: ", seconds, Double(days) / seconds) + report.summary)
            guard !report.violations.isEmpty else { continue }
            broken += 1
            if !trace { report.tail.forEach { print("  \($0)") } }
            report.violations.forEach { print("  broken: \($0)") }
            print("  again: make simulate SEED=\(seed) DAYS=\(days)")
        }
        let seconds = processorSeconds() - began
        print("\(seeds) seeds of \(days) days: \(broken) broken, "
            + String(format: "%.1f simulated days a second of processor time", Double(seeds * days) / seconds))
        if broken > 0 { throw ExitCode.failure }
    }

    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
