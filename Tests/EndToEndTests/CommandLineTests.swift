import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// `intakectl` for as long as a daemon comes and goes: events without a hole, a wait that ends.
@Suite(.serialized) struct CommandLineTests {
    @Test func followedEventsHaveNoHoleOverARestartOfTheDaemon() async throws {
        try await withStation { station, run, citizen in
            let follower = try await start(["events", "--follow", "--json"], station)
            _ = try await follower.firstLine { $0.text.contains("snapshot") }
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            _ = try await follower.firstLine {
                $0.text.contains(saved.itemId.text) && $0.text.contains("\"state\":\"accepted\"")
            }
            // The listener sees nothing of all that follows while it happens.
            follower.send(signal: SIGSTOP)
            await station.stopDaemon()
            try await station.startDaemon()
            let other = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345679", overrides: Self.repeated,
                coSignature: try await station.coSignature())
            _ = try await run.wait(for: other.itemId, until: ["accepted"])
            follower.send(signal: SIGCONT)
            _ = try await follower.firstLine {
                $0.text.contains(other.itemId.text) && $0.text.contains("\"state\":\"accepted\"")
            }
            await follower.terminate()

            let heard = try applications(of: follower)
            var kept: [Int64] = []
            for try await event in try await station.administration.events(after: 0) {
                if event.application != nil, let id = event.id { kept.append(id) }
                if kept.last == heard.last { break }
            }
            #expect(heard == kept && heard.count >= 2, "\(heard) of \(kept)")
            #expect(follower.lines.contains { $0.isError && $0.text.contains("station-unreachable") } == false)
        }
    }

    @Test func anAnswerThatNobodyTakesEndsTheCommandAndNothingMore() async throws {
        try await withStation { station, _, _ in
            let intakectl = try BuiltExecutables.path("intakectl")
            for sink in ["> /dev/full", "| true"] {
                let script = """
                    set -o pipefail; for i in 1 2 3; do
                    "\(intakectl)" audit export --admin-socket "\(station.layout.adminSocket)" \(sink); echo "ended $?"; done
                    """
                let output = try await ManagedProcess.run(
                    Command("/bin/bash", ["-c", script], environment: Command.plainEnvironment))
                #expect(output.output.allSatisfy { ["ended 0", "ended 1"].contains($0) }, "\(output)")
                if sink == "> /dev/full" { #expect(output.output == Array(repeating: "ended 1", count: 3)) }
                #expect(!output.error.contains("Fatal error"))
            }
        }
    }

    @Test func theDrainIsWaitedForAndAnnounced() async throws {
        try await withStation { station, run, citizen in
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let late = try await station.administer(["wait", "--drained", "--timeout", "1", "--language", "en"])
            #expect(late.status == .exited(5) && late.output == ["1 applications wait to be sent"], "\(late)")
            let waiting = try await start(["wait", "--drained", "--language", "en"], station)
            // What an administrator sees needs no sign-in, and no person is in it.
            let queue = try await station.administer(["queue"])
            #expect(queue.status == .exited(0) && queue.output.joined().contains(saved.itemId.text))
            let shown = try await station.administer(["show", saved.itemId.text])
            #expect(shown.status == .exited(0) && !shown.output.joined().contains(citizen.name))
            #expect(waiting.exitStatus == nil)
            #expect(try await station.administer(["resume"]).status == .exited(0))
            #expect(await waiting.waitForExit() == .exited(0))
            #expect(try await station.client.application(saved.itemId.text).summary.state == "accepted")
        }
    }

    @Test func aProblemIsReportedUpwardByNumberAndApplication() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let order = IssueOrder(category: .populationData, text: "Sai nơi cư trú", itemId: saved.itemId)
            let noted = try await station.client.note(order)
            #expect(noted.number == 1 && noted.operatorId == "lan" && noted.itemId == saved.itemId)
            await expectProblem(.fieldInvalid) {
                try await station.client.note(IssueOrder(category: .phone, text: "số 0912 345 678"))
            }
            await expectProblem(.applicationUnknown) {
                let nobody = ItemID(at: saved.savedAt, random: SystemRandomSource())
                return try await station.client.note(IssueOrder(category: .card, text: "x", itemId: nobody))
            }
            let csv = try await station.administer(["issue-log", "export", "--format", "csv"])
            #expect(csv.status == .exited(0))
            #expect(csv.output.last?.contains("population-data,Dữ liệu dân cư,\(saved.itemId.text),Sai nơi") == true)
            #expect(
                try await station.client.application(saved.itemId.text).history.contains { $0.action == "issue.noted" })
        }
    }

    private func start(_ arguments: [String], _ station: BenchStation) async throws -> ManagedProcess {
        try await ManagedProcess.start(
            Command(
                try BuiltExecutables.path("intakectl"), arguments + ["--admin-socket", station.layout.adminSocket]))
    }

    /// The numbers of the application events that were printed, in order.
    private func applications(of process: ManagedProcess) throws -> [Int64] {
        try process.lines.filter { !$0.isError }.compactMap { line in
            let event = try StrictJSON.decode(StationEvent.self, from: Array(line.text.utf8))
            return event.application == nil ? nil : event.id
        }
    }

    private static let repeated = ["duplicateToday", "phoneReused"].map {
        ApplicationSubmission.Override(kind: $0, reason: "thử")
    }
}
