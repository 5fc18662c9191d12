import Foundation
import SpoolFilling
import StationAPI
import StationBench
import StationCore

/// A station with a district's whole campaign queued beside an empty one: start, status, saves, memory, and the drain.
struct FullSpoolBenchmark {
    let items: Int
    /// How many of them are drained.
    let drained: Int
    let saves: Int

    func figures() async throws -> [Figure] {
        let (full, empty) = (try await BenchStation(), try await BenchStation())
        do {
            let cards = [try await full.issueCard("citizen"), try await empty.issueCard("citizen")]
            for station in [full, empty] {
                try await station.startUpstream()
                try await station.configure()
                await station.stopUpstream()
                try await station.cardService.start()
            }
            let layout = full.layout
            let filled = try await SpoolFiller(
                state: layout.state, enrolment: layout.upstream + "/stations/" + BenchStation.stationID,
                credentials: layout.credentials
            ).fill(items)
            var figures = try await standing(full, filled)
            try await empty.startDaemon()
            figures.append(try await saving(full, empty, cards: cards))
            await empty.stop()
            empty.layout.remove()
            figures += try await DrainBenchmark(station: full, items: drained).figures()
            await full.stop()
            full.layout.remove()
            return figures
        } catch {
            for station in [full, empty] {
                await station.stop()
                station.layout.remove()
            }
            throw error
        }
    }

    /// Three starts, then what the last one is like with nothing to do but to try upstream now and then.
    private func standing(_ station: BenchStation, _ filled: SpoolFiller.Filled) async throws -> [Figure] {
        var starts: [Double] = []
        for round in 0..<3 {
            let start = ContinuousClock.now
            try await station.startDaemon()
            starts.append((ContinuousClock.now - start).milliseconds / 1_000)
            if round < 2 { await station.stopDaemon() }
        }
        let bytes = ["station.sqlite", "station.sqlite-wal"].reduce(0) { sum, name in
            let path = station.layout.state + "/" + name
            let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
            return sum + (size ?? 0)
        }
        let connection = try SocketConnection(path: station.layout.operatorSocket)
        var answers: [Double] = []
        for _ in 0..<50 {
            let start = ContinuousClock.now
            guard try connection.get("/v1/status").status == 200 else { throw Failure(.internalFault, "no status") }
            answers.append((ContinuousClock.now - start).milliseconds)
        }
        guard let process = await station.runningDaemon?.processID else { throw Failure(.internalFault) }
        return [
            Figure(
                "start.fullSpool.seconds", Sample(starts).percentile(50), "s (\(filled.ids.count) items)",
                peer: ("limit", 1)),
            Figure("status.fullSpool.milliseconds", Sample(answers).percentile(50), "ms", peer: ("limit", 50)),
            Figure("status.fullSpool.worst", Sample(answers).percentile(100), "ms", peer: ("limit", 50)),
            Figure("memory.idle.mebibytes", ProcessFigures(process: process).resident, "MiB", peer: ("limit", 48)),
            Figure(
                "database.bytesRatio", Double(bytes) / Double(filled.payloadBytes), "times", peer: ("limit", 1.05)),
        ]
    }

    /// One save here, one there, so that both meet the same moments of the disk. Upstream is away from both.
    private func saving(_ full: BenchStation, _ empty: BenchStation, cards: [String]) async throws -> Figure {
        var times: [[Double]] = [[], []]
        let stations = [full, empty]
        var desks: [(run: IntakeRun, reader: String, number: String, connection: SocketConnection)] = []
        for (station, card) in zip(stations, cards) {
            try await station.insertCard(card)
            let run = IntakeRun(client: station.client)
            desks.append(
                (
                    run, try await run.readerWithCard(named: station.readerName), try PersonNumber(card: card).number,
                    try SocketConnection(
                        path: station.layout.operatorSocket, token: station.client.session.token)
                ))
        }
        for round in 0..<saves {
            for (index, desk) in desks.enumerated() {
                let read = try await desk.run.read(reader: desk.reader, credential: .init(number: desk.number))
                try await desk.run.forget(desk.number)
                let body = try StrictJSON.encode(
                    try await desk.run.submission(read: read, phone: "0912345678"))
                let start = ContinuousClock.now
                let answer = try desk.connection.post(
                    "/v1/applications",
                    headers: ["Content-Type": "application/json", "Idempotency-Key": "full-\(round)-\(read.id)"],
                    body: body)
                guard answer.status == 201 else { throw Failure(.internalFault, "status \(answer.status)") }
                times[index].append((ContinuousClock.now - start).milliseconds)
            }
        }
        for station in stations { await station.removeCard() }
        return Figure(
            "save.p50.ratioAtFullSpool", Sample(times[0]).percentile(50) / Sample(times[1]).percentile(50), "times",
            peer: ("limit", 1.2))
    }
}
