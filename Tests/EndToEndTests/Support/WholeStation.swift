import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A whole station of real processes for one test: card service, upstream, daemon; ended and removed afterwards.
func withStation(
    card: [String] = [], upstream: [String] = [], settings: String = "", environment: [String: String] = [:],
    _ body: @Sendable (BenchStation, IntakeRun, Citizen) async throws -> Void
) async throws {
    let station = try await BenchStation()
    do {
        let directory = try await station.issueCard("citizen", card)
        try await station.startUpstream(upstream)
        try await station.configure(settings)
        try await station.cardService.start()
        try await station.startDaemon(environment: environment)
        try await body(station, IntakeRun(client: station.client), try Citizen(directory: directory))
        await station.stop()
        station.layout.remove()
    } catch {
        await station.stop()
        let log = (try? String(contentsOfFile: station.layout.logs + "/intaked.log", encoding: .utf8)) ?? ""
        Issue.record("daemon's log: \(log.suffix(2_000))")
        station.layout.remove()
        throw error
    }
}

/// A daemon alone, without card service and upstream, where nobody is signed in.
func withDaemon(
    settings: String = "", environment: [String: String] = [:], _ body: @Sendable (BenchStation) async throws -> Void
) async throws {
    let station = try await BenchStation()
    do {
        _ = try await station.issueCard("citizen")
        try await station.startUpstream()
        try await station.configure(settings)
        await station.stopUpstream()
        try await station.startDaemon(environment: environment, mans: false)
        try await body(station)
        await station.stop()
        station.layout.remove()
    } catch {
        await station.stop()
        station.layout.remove()
        throw error
    }
}

/// What is printed on an issued card.
struct Citizen: Sendable {
    let directory: String
    let number: String
    let name: String
    let residence: String
    /// As people type them: day, month, year in digits; empty for a card without expiry.
    let birth: String
    let expiry: String
    /// The text of the printed QR code, and the lines of the card's back.
    let qr: String
    let zone: [String]

    init(directory: String) throws {
        struct Record: Codable {
            let number: String
            let fullName: String
            let residence: String
            let birthDate: String
            let expiry: String?
            let qr: String
            let mrz: [String]
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/person.json"))
        let record = try StrictJSON.decode(Record.self, from: Array(data))
        self.directory = directory
        number = record.number
        name = record.fullName
        residence = record.residence
        birth = Self.typed(record.birthDate)
        expiry = record.expiry.map(Self.typed) ?? ""
        qr = record.qr
        zone = record.mrz
    }

    private static func typed(_ day: String) -> String { day.split(separator: "-").reversed().joined() }

    /// The number opens the chip.
    var credential: ReadRequest.Credential { .init(number: number) }
}

extension BenchStation {
    /// Lays the card down and reads it with its number.
    func read(_ citizen: Citizen, _ run: IntakeRun, arguments: [String] = []) async throws -> ReadReport {
        // As a person would: the last card is off the reader before the next one lies on it.
        await removeCard()
        try await run.waitForReaders { list in list.readers.first { $0.name == self.readerName }?.state == .empty }
        try await insertCard(citizen.directory, arguments)
        let reader = try await run.readerWithCard(named: readerName)
        return try await run.read(reader: reader, credential: citizen.credential)
    }

    /// Lays the card down, starts its read, and has it torn off after so many commands; returns the read as it waits.
    func tear(_ citizen: Citizen, _ run: IntakeRun, after apdus: Int) async throws -> ReadReport {
        try await insertCard(citizen.directory, ["--remove-after-apdus", "\(apdus)"])
        let reader = try await run.readerWithCard(named: readerName)
        let started = try await client.startRead(reader: reader, ReadRequest(credential: citizen.credential))
        return try await run.wait(forRead: started.id, until: { $0.state == .suspended })
    }

    /// Changes the store with `sqlite3` behind a daemon that does not run: as time does it, or somebody who has the disk.
    func alterStore(_ statements: String...) async throws {
        let output = try await ManagedProcess.run(
            Command(
                "/usr/bin/sqlite3", ["-bail", layout.state + "/station.sqlite", statements.joined(separator: "; ")]))
        try #require(output.status == .exited(0), "\(output.error)")
    }

    /// What upstream holds.
    func held() async throws -> Holdings {
        try StrictJSON.decode(Holdings.self, from: Array(try await upstreamListing().utf8))
    }
}

/// What `intake-upstream list --json` says, as far as the tests look at it.
struct Holdings: Codable {
    struct Item: Codable {
        let itemId: ItemID
        let sequence: Int64
        let cardVerdict: Verdict
    }
    struct Refused: Codable { let itemId: ItemID }

    let items: [Item]
    let rejections: [Refused]
}
