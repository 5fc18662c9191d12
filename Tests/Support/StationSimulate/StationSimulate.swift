import ArgumentParser
import Dispatch
import Glibc
import Simulation
import Synchronization

/// Days of a station in seconds: `make simulate`.
@main struct StationSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-simulate", abstract: "Runs the station's production parts through days of trouble.")

    @Option(help: "How many seeds.") var seeds = 20
    @Option(help: "The first seed.") var first: UInt64 = 1
    @Option(help: "Only this seed, with its whole trace.") var seed: UInt64?
    @Option(help: "Days of each run.") var days = 7
    @Option(help: "A fault built in on purpose: acknowledgesBeforeCommit, synchronousOff, impatient.")
    var control: Scenario.Control?

    func run() throws {
        let seeds = seed.map { $0..<($0 + 1) } ?? first..<(first + UInt64(max(1, self.seeds)))
        let broken = Mutex<[UInt64]>([])
        let began = Self.time(CLOCK_PROCESS_CPUTIME_ID)
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            let isWhole = simulate(seeds.lowerBound + UInt64(index))
            if !isWhole { broken.withLock { $0.append(seeds.lowerBound + UInt64(index)) } }
        }
        let pace = Double(seeds.count * days) / (Self.time(CLOCK_PROCESS_CPUTIME_ID) - began)
        let failed = broken.withLock { $0.sorted() }
        print(
            "\(seeds.count) seeds of \(days) days, from \(seeds.lowerBound): \(failed.count) broken promises\(failed.isEmpty ? "" : " (seeds \(failed))"), "
                + "\(Self.rounded(pace)) simulated days a second of processor time")
        if !failed.isEmpty { throw ExitCode.failure }
    }

    private func simulate(_ seed: UInt64) -> Bool {
        let began = Self.time(CLOCK_THREAD_CPUTIME_ID)
        var listener: (@Sendable (String) -> Void)?
        if self.seed != nil { listener = { print($0) } }
        var lines: [String] = []
        var isWhole = false
        do {
            let report = try Simulation.run(Scenario(seed: seed, days: days, control: control), listener: listener)
            isWhole = report.violations.isEmpty
            let seconds = Self.time(CLOCK_THREAD_CPUTIME_ID) - began
            lines.append(
                "seed \(seed): \(isWhole ? "ok" : "BROKEN"), trace \(report.digest.prefix(16)), \(Self.rounded(seconds)) s; "
                    + report.summary)
            if !isWhole, self.seed == nil { lines += report.tail.map { "  " + $0 } }
            lines += report.violations.map { "  broken: " + $0 }
        } catch {
            lines.append("seed \(seed): \(error)")
        }
        if !isWhole { lines.append("  again: make simulate SEED=\(seed) DAYS=\(days)") }
        print(lines.joined(separator: "\n"))
        fflush(nil)
        return isWhole
    }

    private static func rounded(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private static func time(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Scenario.Control: ExpressibleByArgument {}
