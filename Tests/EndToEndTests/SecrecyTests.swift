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

    /// A daemon that crashes while it holds a read ends at once, and leaves no core file even where the limit for cores was
    /// raised, and no word of itself in its log: the language's crash reporter would write what registers point to. Beside
    /// it, a process without that protection leaves a core, so that the place and the kernel's settings do allow it.
    @Test(.timeLimit(.minutes(5))) func aCrashLeavesNothingOfTheCitizen() async throws {
        // Where this process is: those that it starts are there too.
        let place = FileManager.default.currentDirectoryPath
        let coresLieHere = try String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
            .hasPrefix("core")
        @Sendable func cores() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: place).filter { $0.hasPrefix("core") })
        }
        @Sendable func crash(_ process: ManagedProcess, _ signal: Int32) async throws {
            let raised = try await ManagedProcess.run(
                Command("/usr/bin/prlimit", ["--pid", "\(process.processID)", "--core=unlimited:unlimited"]))
            #expect(raised.status == .exited(0))
            process.send(signal: signal)
            #expect(await process.waitForExit() == .signalled(signal))
        }
        try await withStation { station, run, citizen in
            let canaries = try Canaries(citizen)
            let before = try cores()
            for signal in [SIGABRT, SIGSEGV, SIGILL] {
                let read = try await station.read(citizen, run)
                #expect(read.state == .finished)
                let daemon = try #require(await station.runningDaemon)
                try await crash(daemon, signal)
                #expect(try cores() == before)
                #expect(try canaries.found(station).isEmpty)
                let log = try FileManager.default.contentsOfDirectory(atPath: station.layout.logs)
                    .compactMap { FileManager.default.contents(atPath: station.layout.logs + "/" + $0) }
                    .map { String(decoding: $0, as: UTF8.self) }.joined()
                #expect(!log.isEmpty)
                #expect(!log.contains("Backtrac") && !log.contains("crashed"), "a crash reporter wrote to the log")
                await station.killDaemon()
                try await station.startDaemon()
            }
            guard coresLieHere else {
                return withKnownIssue("cores of this machine go elsewhere") { Issue.record("no control") }
            }
            try await crash(try await ManagedProcess.start(Command("/bin/sleep", ["60"])), SIGABRT)
            let left = try cores().subtracting(before)
            #expect(!left.isEmpty, "the control left no core: this proves nothing here")
            for name in left { try FileManager.default.removeItem(atPath: "\(place)/\(name)") }
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
