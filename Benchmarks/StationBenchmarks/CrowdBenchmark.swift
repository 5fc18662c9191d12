import Foundation
import StationAPI
import StationBench
import StationCore

/// Reads of one card while a crowd hangs on the socket, and the same reads without it, in turns: 100 slow clients and 1,000
/// idle ones, who come again whenever they are cut.
struct CrowdBenchmark {
    /// What a crowd may slow a read by.
    static let limit = 1.10

    let station: BenchStation
    let card: String
    /// How many turns, each of `reads` reads with the crowd and as many without.
    let rounds: Int
    private let reads = 5

    init(station: BenchStation, card: String, rounds: Int) {
        self.station = station
        self.card = card
        self.rounds = rounds
    }

    /// The station's own time of a read, and the whole time that the desk waits.
    func figures() async throws -> [Figure] {
        let run = IntakeRun(client: station.client)
        try await station.insertCard(card)
        let reader = try await run.readerWithCard(named: station.readerName)
        let credential = ReadRequest.Credential(number: try PersonNumber(card: card).number)
        let desk = try await run.desk()
        // The first reads find everything cold.
        for _ in 0..<reads { _ = try await read(desk, reader, credential) }
        var (quiet, crowded): ([Measured], [Measured]) = ([], [])
        var ended = 0
        for round in 0..<rounds {
            // Who begins takes turns as well.
            for isCrowded in [round % 2 == 0, round % 2 != 0] {
                let crowd =
                    isCrowded
                    ? ConnectionCrowd(path: station.layout.operatorSocket, slow: 100, idle: 1_000) : nil
                if let crowd { try await arrival(of: crowd) }
                for _ in 0..<reads {
                    let measured = try await read(desk, reader, credential)
                    if isCrowded { crowded.append(measured) } else { quiet.append(measured) }
                }
                await crowd?.disperse()
                ended += crowd?.tally.ended ?? 0
            }
        }
        await station.removeCard()
        try await run.waitForReaders { $0.readers.first?.state == .empty }
        func ratio(_ value: (Measured) -> Double) -> Double {
            Sample(crowded.map(value)).percentile(50) / Sample(quiet.map(value)).percentile(50)
        }
        return [
            Figure("crowd.read.ownRatio", ratio(\.own), "times", peer: ("limit", Self.limit)),
            Figure("crowd.read.waitRatio", ratio(\.wait), "times", peer: ("limit", Self.limit)),
            Figure("crowd.connectionsCut", Double(ended), "connections"),
        ]
    }

    private struct Measured {
        let own: Double
        let wait: Double
    }

    private func read(
        _ desk: IntakeRun.Desk, _ reader: String, _ credential: ReadRequest.Credential
    ) async throws -> Measured {
        let start = ContinuousClock.now
        let report = try await desk.read(reader: reader, credential: credential)
        guard report.state == .finished else { throw report.problem ?? Problem(.internalFault, "no read") }
        return Measured(
            own: report.cost.milliseconds - report.cost.cardMilliseconds,
            wait: (ContinuousClock.now - start).milliseconds)
    }

    /// Until the daemon has cut somebody: then it has as many as it bears.
    private func arrival(of crowd: ConnectionCrowd) async throws {
        let limit = ContinuousClock.now + .seconds(30)
        while crowd.tally.ended == 0 {
            guard ContinuousClock.now < limit else { throw Failure(.internalFault, "the crowd does not arrive") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
