import Foundation
import StationBench
import StoreMeasurement

/// The part of a save that makes it durable: the store's transaction alone, in this process.
struct StoreSaveBenchmark {
    let station: BenchStation
    let count: Int

    func figures() async throws -> [Figure] {
        let directory = station.layout.state + "/measured"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let measured = try await SaveMeasurement.run(directory: directory, count: count, bytes: 40_000)
        let (save, append, plain) = (
            SaveMeasurement.percentile(measured.saves, 50), SaveMeasurement.percentile(measured.appends, 50),
            SaveMeasurement.percentile(measured.plain, 50)
        )
        return [
            Figure("save.store.p50.ratioToFdatasync", save / append, "times", peer: ("plain SQLite", plain / append)),
            Figure("save.store.p50.milliseconds", save, "ms", peer: ("plain SQLite, p50", plain)),
            Figure(
                "save.store.p99.milliseconds", SaveMeasurement.percentile(measured.saves, 99), "ms",
                peer: ("plain SQLite, p99", SaveMeasurement.percentile(measured.plain, 99))),
        ]
    }
}
