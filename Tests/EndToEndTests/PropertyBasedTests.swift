import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// The contract of the socket API as an OpenAPI tester sees it, against the real daemon: no server error, no answer that the
/// contract does not have, no hang. `FUZZ_API_SECONDS`, `FUZZ_API_EXAMPLES` and `SEED` make it longer, other or the same.
@Suite(.serialized) struct PropertyBasedTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path
    private static let python = root + "/.build/schemathesis/bin/python"

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "there is no .build/schemathesis: `scripts/install-packages test` prepares it"))
    func theDaemonAnswersAsTheContractSays() async throws {
        try await withStation(settings: "stick:\n  directories: [/tmp/no-medium]") { station, run, citizen in
            let environment = ProcessInfo.processInfo.environment
            let seconds = environment["FUZZ_API_SECONDS"] ?? "40"
            let secret = "604817"
            // "watching" asks everything; the others may lose their session or be locked out on the way.
            for (name, role) in [
                ("watching", OperatorRank.supervisor), ("changing", .operator), ("leaving", .operator),
            ] {
                try await station.enter(DeskPerson(name: name, role: role, secret: secret))
            }
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let watching = try await station.client(of: DeskPerson(name: "watching", role: .supervisor, secret: secret))
            await station.removeCard()
            try await run.waitForReaders { $0.readers.contains { $0.name == station.readerName && $0.state == .empty } }
            try await station.insertCard(citizen.directory)
            let reader = try await run.readerWithCard(named: station.readerName)
            let read = try await IntakeRun(client: watching).read(reader: reader, credential: citizen.credential)
            let shift = try #require(try await station.client.currentShift())
            let output = try await ManagedProcess.run(
                Command(
                    Self.python,
                    [
                        Self.root + "/Tests/PropertyBased/fuzz_api.py",
                        "--contract", Self.root + "/docs/openapi/station.yaml",
                        "--operator-socket", station.layout.operatorSocket,
                        "--admin-socket", station.layout.adminSocket,
                        "--secret", secret, "--work", station.layout.root, "--seed", environment["SEED"] ?? "1",
                        "--seconds", seconds,
                        "--examples", environment["FUZZ_API_EXAMPLES"] ?? "10",
                        "--known", "reader=\(reader)", "--known", "read=\(read.id)",
                        "--known", "application=\(saved.itemId)", "--known", "shift=\(shift.shiftId)",
                    ]), within: .seconds(2 * (Int(seconds) ?? 0) + 300))
            for line in output.output { print(line) }
            #expect(output.status == .exited(0), "\(output.error.suffix(20))")
            // It goes on working.
            #expect(try await station.client.application(saved.itemId.text).summary.itemId == saved.itemId)
        }
    }

    /// The control: a server that breaks its contract is reported, and one that keeps it is not.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "there is no .build/schemathesis: `scripts/install-packages test` prepares it"),
        arguments: [
            ("none", nil), ("undocumented-status", "Undocumented status code"), ("server-error", "Server error"),
            ("wrong-shape", "Response violates schema"),
        ] as [(String, String?)])
    func theTesterReportsAServerThatIsWrong(fault: String, report: String?) async throws {
        let work = "/tmp/wrong-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: work) }
        let scripts = Self.root + "/Tests/PropertyBased"
        let server = try await ManagedProcess.start(
            Command(Self.python, [scripts + "/wrong_server.py", "--work", work, "--fault", fault]))
        let output: ManagedProcess.Output
        do {
            _ = try await server.firstLine { $0.text == "serving" }
            output = try await ManagedProcess.run(
                Command(
                    Self.python,
                    [
                        scripts + "/fuzz_api.py", "--contract", work + "/contract.yaml",
                        "--operator-socket", work + "/operator.sock", "--admin-socket", work + "/admin.sock",
                        "--secret", "any", "--work", work, "--seconds", "20", "--examples", "3", "--seed", "1",
                    ]), within: .seconds(300))
            await server.terminate()
        } catch {
            await server.terminate()
            throw error
        }
        #expect(output.status == .exited(report == nil ? 0 : 1), "\(output)")
        if let report { #expect(output.output.contains { $0.contains(report) }, "\(output.output.suffix(60))") }
        // Both sockets were asked.
        #expect(output.output.count { $0.contains(" requests: ") } == 2)
    }
}
