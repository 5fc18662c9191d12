import ArgumentParser
import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore

/// What docs/performance.md claims, measured: each figure beside its peer or limit in the same run. Nothing is asserted.
@main
struct StationBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-benchmarks", abstract: "Measures the station beside its peers; writes bench.json.")

    @Option(help: "How many applications are taken in.") var saves = 60
    @Option(help: "How many reads are made in a row in memory.") var reads = 1_000
    @Option(help: "How many applications are queued in the full spool; 0 leaves it out.") var spool = 50_838
    @Option(help: "How many of them are drained.") var drained = 6_000
    @Option(help: "How many are drained to an upstream that keeps them; 0 leaves it out.") var kept = 2_000
    @Option(help: "How many applications cross the slow link; 0 leaves it out.") var link = 100
    @Option(help: "Decides when the slow link breaks.") var seed: UInt64 = 7
    @Option(help: "How many turns of reads beside a crowd of clients; 0 leaves it out.") var crowd = 20
    @Option(help: "How many citizens are taken in on the operator's page; 0 leaves it out.") var citizens = 11
    @Flag(help: "Only the operator's page.") var pageOnly = false
    @Flag(help: "Only the reads beside a crowd; fails where it slows them beyond its limit.") var crowdOnly = false
    @Flag(help: "Only the saves.") var savesOnly = false
    @Flag(help: "Only the full spool and the slow link.") var uplinkOnly = false
    @Option(help: "Where the figures go.") var output = "bench.json"

    func run() async throws {
        var figures: [Figure] = []
        if crowdOnly { return try await proveCrowd() }
        if savesOnly {
            for figure in try await deskFigures() { say(figure.row) }
            return
        }
        if pageOnly {
            for figure in try await pageFigures() { say(figure.row) }
            return
        }
        if !uplinkOnly { figures += try await deskFigures() + pageFigures() }
        if spool > 0 {
            figures += try await FullSpoolBenchmark(items: spool, drained: min(spool, drained), saves: saves).figures()
        }
        if kept > 0 { figures += try await KeptDrainBenchmark(items: kept).figures() }
        if link > 0 { figures += try await LinkBenchmark(items: link, seed: seed).figures() }
        say(Figure.header)
        for figure in figures { say(figure.row) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(figures).write(to: URL(fileURLWithPath: output))
    }

    /// The reads beside a crowd alone, as a proof: a limit that is passed is a failure.
    private func proveCrowd() async throws {
        let station = try await BenchStation()
        do {
            let card = try await station.issueCard("citizen", ["--seed", "7"])
            try await station.startUpstream()
            try await station.configure()
            try await station.cardService.start()
            try await station.startDaemon()
            let figures = try await CrowdBenchmark(station: station, card: card, rounds: max(1, crowd)).figures()
            await station.stop()
            station.layout.remove()
            for figure in figures { say(figure.row) }
            // Of the waiting the desk's own client has a part, which is no promise.
            let slowed = figures.filter { $0.name == "crowd.read.ownRatio" && $0.value > CrowdBenchmark.limit }
            guard slowed.isEmpty else { throw ExitCode.failure }
        } catch {
            await station.stop()
            throw error
        }
    }

    /// Reads and saves.
    private func deskFigures() async throws -> [Figure] {
        let station = try await BenchStation()
        var figures: [Figure] = []
        do {
            let card = try await station.issueCard("citizen", ["--seed", "7"])
            try await station.startUpstream()
            try await station.configure()
            try await station.cardService.start()
            try await station.startDaemon()
            if !savesOnly {
                figures += try await EngineBenchmark(card: card, reads: reads).figures()
                figures += try await CardBenchmark(station: station, card: card).figures()
            }
            if crowd > 0, !savesOnly {
                figures += try await CrowdBenchmark(station: station, card: card, rounds: crowd).figures()
            }
            figures += try await SaveBenchmark(station: station, card: card, count: saves, isBusy: false).figures()
            figures += try await SaveBenchmark(station: station, card: card, count: saves, isBusy: true).figures()
            figures += try await StoreSaveBenchmark(station: station, count: 10 * saves).figures()
            await station.stop()
            station.layout.remove()
        } catch {
            await station.stop()
            throw error
        }
        return figures
    }

    /// A citizen at the operator's page, and its first paint, at a station of their own.
    private func pageFigures() async throws -> [Figure] {
        guard citizens > 0 else { return [] }
        guard Browser.executable != nil else {
            say("no Chromium: the figures of the operator's page are left out")
            return []
        }
        let station = try await BenchStation()
        do {
            _ = try await station.issueCard("citizen", ["--seed", "7"])
            try await station.startUpstream()
            try await station.configure()
            try await station.cardService.start()
            try await station.startDaemon()
            let figures = try await PageBenchmark(station: station, rounds: citizens).figures()
            await station.stop()
            station.layout.remove()
            return figures
        } catch {
            await station.stop()
            throw error
        }
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

extension Figure {
    /// The table's head.
    static var header: String {
        zip(["figure", "value", "unit", "peer or limit", "its value", "ratio"], [38, 12, 14, 34, 12, 8])
            .map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }.joined()
    }
}
