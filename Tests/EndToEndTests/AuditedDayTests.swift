import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A day of a station with nothing but its exported audit to tell of it.
@Suite(.serialized) struct AuditedDayTests {
    @Test func aDaysWorkIsReplayedFromTheAuditAlone() async throws {
        try await withStation(settings: "stick:\n  directories: [/tmp]\n  mustBeMounted: false") {
            station, run, citizen in
            let stick = station.layout.root + "/stick"
            try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: false)
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let first = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let hoa = try await station.coSignature()
            let second = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345678", overrides: Self.repeated,
                coSignature: hoa)
            let held = try await station.control(["hold", first.itemId.text, "--reason", "document-awaited"])
            #expect(held.status == .exited(0), "\(held)")
            let released = try await station.coSignedControl(["release", first.itemId.text, "--reason", "settled"])
            #expect(released.status == .exited(0), "\(released)")
            let shift = try #require(try await station.client.currentShift())
            let handed = try await station.coSignedControl(["shift", "hand-over"])
            #expect(handed.status == .exited(0), "\(handed)")
            let exported = try await station.coSignedControl(["export", stick, "--json"])
            let bundle = try StrictJSON.decode(ExportReport.self, from: Array(exported.output.joined().utf8))
            #expect(bundle.items == 2)
            let closer = try await station.client(of: .hoa)
            #expect(try await closer.closeShift(shift.shiftId).taken == 2)

            let export = try await station.administer(["audit", "export"])
            #expect(export.status == .exited(0))
            // From here on nothing but the export is looked at.
            let rows = try export.output.dropLast().map {
                try StrictJSON.decode(AuditPage.Row.self, from: Array($0.utf8))
            }
            let told = rows.map { row in
                [row.actor, row.action, row.object, row.detail].compactMap { $0 }.joined(separator: " ")
            }
            let (admin, one, two) = ("uid:\(getuid())", first.itemId.text, second.itemId.text)
            let (session, medium) = (shift.shiftId, try #require(bundle.bundleId))
            let reads = rows.filter { $0.action == "card.read" }.compactMap(\.object)
            try #require(reads.count == 2)
            let day = [
                "\(admin) operator.entered op:lan operator", "\(admin) operator.signed-in op:lan",
                "op:lan operator.secret-changed op:lan", "op:lan operator.signed-out op:lan",
                "\(admin) operator.signed-in op:lan",
                "op:lan shift.opened \(session)", "\(admin) transmission.pause", "op:lan card.read \(reads[0])",
                "op:lan item.saved \(one)",
                "\(admin) operator.entered op:hoa supervisor", "\(admin) operator.signed-in op:hoa",
                "op:hoa operator.secret-changed op:hoa", "op:hoa operator.signed-out op:hoa",
                "op:lan card.read \(reads[1])", "op:lan operator.co-signed op:hoa", "op:lan item.saved \(two)",
                "op:hoa item.co-signed \(two)",
                "op:lan item.hold \(one) document-awaited",
                "op:lan operator.co-signed op:hoa", "op:lan item.release \(one) settled",
                "op:hoa item.co-signed \(one)",
                "op:lan operator.co-signed op:hoa", "op:lan shift.handed-over \(session) op:hoa",
                "op:lan operator.co-signed op:hoa", "op:lan bundle.exported \(medium) op:hoa",
                "op:lan item.export \(one) \(medium)", "op:lan item.export \(two) \(medium)",
                "\(admin) operator.signed-in op:hoa", "op:hoa shift.closed \(session)", "\(admin) audit.read",
            ]
            #expect(told == day, "\(told.joined(separator: "\n"))")
            try await expectEveryMutationIsFound(export.output, station)
        }
    }

    /// A row that is gone, one that says something else, two that changed places: each is named.
    private func expectEveryMutationIsFound(_ lines: [String], _ station: BenchStation) async throws {
        let file = station.layout.root + "/day.jsonl"
        func verify(_ lines: [String]) async throws -> (status: StationBench.ExitStatus, report: AuditReport) {
            try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let result = try await station.administer(["audit", "verify", file, "--json"])
            return (result.status, try StrictJSON.decode(AuditReport.self, from: Array(result.output.joined().utf8)))
        }
        let whole = try await verify(lines)
        #expect(whole.status == .exited(0) && whole.report.rows == Int64(lines.count - 1))
        let index = try #require(lines.firstIndex { $0.contains("\"item.hold\"") })
        var removed = lines
        removed.remove(at: index)
        var changed = lines
        changed[index] = lines[index].replacing("\"op:lan\"", with: "\"op:hoa\"")
        #expect(changed[index] != lines[index])
        var reordered = lines
        reordered.swapAt(index, index + 1)
        for mutated in [removed, changed, reordered] {
            let found = try await verify(mutated)
            #expect(found.status == .exited(4))
            #expect(found.report == AuditReport(intact: false, rows: Int64(index), brokenAt: Int64(index + 1)))
        }
    }

    private static let repeated = ["duplicateToday", "phoneReused"].map {
        ApplicationSubmission.Override(kind: $0, reason: "thử")
    }
}
