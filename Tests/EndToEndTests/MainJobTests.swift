import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

@Suite(.serialized) struct MainJobTests {
    @Test func aCardBecomesAReceipt() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            #expect(read.state == .finished && read.verdict == .passed)
            #expect(read.access?.protocol == "PACE" && read.access?.downgradeReason == nil)
            #expect(read.citizen?.number == citizen.number && read.citizen?.name == citizen.name)
            #expect(read.citizen?.residence == citizen.residence)
            #expect(try #require(read.cost.identityAPDUs) < 40)

            let saved = try await run.submit(read: read, phone: "0912 345 678")
            let detail = try await run.wait(for: saved.itemId, until: ["accepted", "rejected", "quarantined"])
            #expect(detail.summary.state == "accepted" && detail.receipt?.verdict == "accepted")
            #expect(detail.history.map(\.action).contains("item.saved"))
            let held = try await station.held()
            #expect(held.items.map(\.itemId) == [saved.itemId] && held.rejections.isEmpty)
            #expect(held.items.first?.cardVerdict == .passed)

            // The read is forgotten with the save.
            let after = try await station.client.read(read.id)
            #expect(after.state == .saved && after.citizen == nil)
        }
    }

    @Test func theRecordOfAReadIsShownAndReplayedByTheProgramsThemselves() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            let shown = try await station.control(["reads", "show", read.id, "--json"])
            #expect(shown.status == .exited(0))
            let json = shown.output.joined()
            for personal in [citizen.number, citizen.name, String(citizen.number.suffix(6))] {
                #expect(!json.contains(personal))
            }
            let file = station.layout.cards + "/record.json"
            try json.write(toFile: file, atomically: true, encoding: .utf8)
            let replay = try await ManagedProcess.run(
                Command(
                    BuiltExecutables.path("virtual-card"), ["replay", file, "--directory", citizen.directory]))
            #expect(replay.status == .exited(0) && replay.output.first?.hasPrefix("equal: ") == true, "\(replay)")
            let other = try await ManagedProcess.run(
                Command(
                    BuiltExecutables.path("virtual-card"),
                    ["replay", file, "--directory", citizen.directory, "--fault", "short-length-only"]))
            #expect(other.status == .exited(1) && other.output.first == "different at command 2 of attempt 1")
        }
    }

    @Test func theSameKeyGetsTheSameAnswerAndAnotherBodyIsRefused() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var submission = try await run.submission(read: read, phone: "0912345678")
            let first = try await station.client.submit(submission, idempotencyKey: "k")
            let again = try await station.client.submit(submission, idempotencyKey: "k")
            #expect(first == again)
            submission.declared.phone = "0912345679"
            await expectProblem(.idempotencyKeyReused) {
                try await station.client.submit(submission, idempotencyKey: "k")
            }
            #expect(try await station.client.applications().applications.count == 1)
        }
    }

    @Test func theStationReadsByBACWhereItMustAndSaysSo() async throws {
        try await withStation { station, run, citizen in
            try await station.insertCard(citizen.directory, ["--fault", "pace-refused"])
            let reader = try await run.readerWithCard(named: station.readerName)
            let read = try await run.read(reader: reader, credential: try citizen.basicAccess())
            #expect(read.state == .finished)
            #expect(read.access?.protocol == "BAC")
            #expect(read.access?.downgradeReason != nil)
            #expect(read.verdict == .passed)
        }
    }

    @Test func thePortraitIsAPictureThatAPageCanShow() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            let portrait = try await station.client.portrait(read.id)
            #expect(portrait.mediaType == "image/png")
            #expect(portrait.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        }
    }
}

/// The call must fail with this code, and its problem must speak both languages.
@discardableResult
func expectProblem(
    _ code: FailureCode, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
) async -> Problem? {
    do {
        _ = try await body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
    } catch let problem as Problem {
        #expect(
            problem.code == code.rawValue,
            "\(problem.detail ?? "") \((problem.fields ?? []).map { "\($0.field) \($0.code)" })",
            sourceLocation: sourceLocation)
        #expect(
            problem.detailVi == code.text.titleVi && problem.remedy == code.text.remedy, sourceLocation: sourceLocation)
        return problem
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
    return nil
}
