import CanarySearch
import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A thief finds nothing: not in the database, its log, the runtime directory, what the daemon logged, what a killed daemon
/// left, or a core file.
@Suite(.serialized) struct SecrecyTests {
    @Test func nothingReadableIsLeftOnDisk() async throws {
        try await withStation { station, run, citizen in
            let canaries = try Canaries(citizen)
            let read = try await station.read(citizen, run)
            let saved = try await station.client.submit(
                try await canaries.submission(of: read, run), idempotencyKey: canaries.key)
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            #expect(try canaries.found(station).isEmpty)
            await station.stopDaemon()
            #expect(try canaries.found(station).isEmpty)
        }
    }

    /// SIGKILL with a read open, right after the commit, and while a request is being judged: what lies on disk then was
    /// never cleaned up by anybody.
    @Test func aKilledDaemonLeavesNothingReadable() async throws {
        try await withStation { station, run, citizen in
            let canaries = try Canaries(citizen)
            for round in 0..<6 {
                let read = try await station.read(citizen, run)
                let submission = try await canaries.submission(of: read, run)
                switch round {
                case 0: break
                case 1, 2:
                    _ = try await station.client.submit(submission, idempotencyKey: "\(canaries.key)-\(round)")
                default:
                    async let answer = try? station.client.submit(
                        submission, idempotencyKey: "\(canaries.key)-\(round)")
                    try await Task.sleep(for: .milliseconds(2 * (round - 3)))
                    await station.killDaemon()
                    _ = await answer
                }
                await station.killDaemon()
                #expect(try canaries.found(station).isEmpty, "round \(round)")
                try await station.startDaemon()
            }
        }
    }
}

/// What must not be found, one per field of what is read, declared and typed.
private struct Canaries {
    let search: CanarySearch
    private let citizenNumber: String
    let key = "canary-idempotency-key-5f1c"
    private static let phone = "0987654321"
    private static let email = "canary.thu.nghiem@vidu-khong-co.vn"
    private static let reason = "Lý do chim hoàng yến 7319"
    private static let hamlet = "canary-hamlet-4471"

    init(_ citizen: Citizen) throws {
        struct Record: Codable {
            let mrz: [String]
            let qr: String
            let origin: String
        }
        let record = try StrictJSON.decode(
            Record.self, from: Array(try Data(contentsOf: URL(fileURLWithPath: citizen.directory + "/person.json"))))
        citizenNumber = citizen.number
        search = CanarySearch(
            [citizen.number, citizen.name, citizen.residence, record.origin, record.qr] + record.mrz
                + [Self.phone, Self.email, Self.reason, Self.hamlet, key])
    }

    func submission(of read: ReadReport, _ run: IntakeRun) async throws -> ApplicationSubmission {
        try await run.forget(citizenNumber)
        let overrides = [ApplicationSubmission.Override(kind: "phoneReused", reason: Self.reason)]
        var submission = try await run.submission(read: read, phone: Self.phone, overrides: overrides)
        submission.declared.email = Self.email
        submission.hamletId = Self.hamlet
        return submission
    }

    /// Everything that the daemon and its neighbours write, upstream apart.
    func found(_ station: BenchStation) throws -> Set<CanarySearch.Finding> {
        let layout = station.layout
        return try [layout.state, layout.logs, layout.runtime, layout.configuration, layout.cardService].reduce(
            into: []
        ) { found, directory in found.formUnion(try search.findings(below: directory)) }
    }
}
