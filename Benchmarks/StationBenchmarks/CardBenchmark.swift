import Foundation
import StationAPI
import StationBench
import StationCore

/// Reads of one virtual card through the real card service, with extended and with short lengths.
struct CardBenchmark {
    let station: BenchStation
    let card: String

    func figures() async throws -> [Figure] {
        let extended = try await reads([])
        let short = try await reads(["--fault", "short-length-only"])
        let own = Sample(extended.map { $0.cost.milliseconds - $0.cost.cardMilliseconds })
        let total = Sample(extended.map(\.cost.milliseconds))
        let inCard = Sample(extended.map(\.cost.cardMilliseconds))
        return [
            Figure("card.identity.apdus.extended", identityAPDUs(extended), "APDUs", peer: ("limit", 40)),
            Figure("card.identity.apdus.short", identityAPDUs(short), "APDUs"),
            Figure("card.full.apdus.extended", Double(extended.last?.cost.apdus ?? 0), "APDUs"),
            Figure(
                "card.identity.milliseconds", Sample(extended.compactMap(\.cost.identityMilliseconds)).percentile(50),
                "ms"),
            Figure(
                "card.full.milliseconds", total.percentile(50), "ms",
                peer: ("the card's and reader's own time", inCard.percentile(50))),
            Figure("card.full.ownMilliseconds", own.percentile(50), "ms", peer: ("limit", 50)),
        ]
    }

    private func identityAPDUs(_ reads: [ReadReport]) -> Double { Double(reads.last?.cost.identityAPDUs ?? 0) }

    private func reads(_ arguments: [String]) async throws -> [ReadReport] {
        let run = IntakeRun(client: station.client)
        try await station.insertCard(card, arguments)
        let reader = try await run.readerWithCard(named: station.readerName)
        let number = try PersonNumber(card: card).number
        var reports: [ReadReport] = []
        for _ in 0..<20 {
            let read = try await run.read(reader: reader, credential: .init(number: number))
            guard read.state == .finished else { throw read.problem ?? Problem(.internalFault, "no read") }
            reports.append(read)
        }
        await station.removeCard()
        try await run.waitForReaders { $0.readers.first?.state == .empty }
        return reports
    }
}

/// The number that is printed on an issued card.
struct PersonNumber {
    let number: String

    init(card: String) throws {
        struct Record: Codable { let number: String }
        let data = try Data(contentsOf: URL(fileURLWithPath: card + "/person.json"))
        number = try StrictJSON.decode(Record.self, from: Array(data)).number
    }
}
