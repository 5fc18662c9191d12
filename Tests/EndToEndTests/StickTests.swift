import CanarySearch
import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Applications and receipts by stick, with the real programs: a station that never sends, a desk that passes on, an
/// upstream that takes bundles too. Everything goes more than one way, and upstream has each application once.
@Suite(.serialized) struct StickTests {
    @Test func everythingArrivesOnceByWhateverWay() async throws {
        try await withStation(settings: "stick:\n  directories: [/tmp]\n  mustBeMounted: false") {
            station, run, first in
            let second = try Citizen(directory: try await station.issueCard("second", ["--seed", "77"]))
            let third = try Citizen(directory: try await station.issueCard("third", ["--seed", "99"]))
            let (stick, later) = (station.layout.root + "/stick", station.layout.root + "/later")
            for path in [stick, later] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            // A station without a way to upstream.
            #expect(try await station.administer(["pause"]).status == .exited(0))
            var items: [ItemID] = []
            for (citizen, phone) in [(first, "0912345678"), (second, "0912345679")] {
                let read = try await station.read(citizen, run)
                items.append(try await run.submit(read: read, phone: phone).itemId)
            }
            await expectProblem(.coSignatureMissing) {
                try await station.client.export(ExportOrder(directory: stick))
            }
            await expectProblem(.stickUnavailable) {
                try await station.client.export(
                    ExportOrder(directory: "/proc"), coSignature: try await station.coSignature())
            }
            let export = try await station.coSignedControl(["export", stick, "--json"])
            #expect(export.status == .exited(0), "\(export)")
            let report = try StrictJSON.decode(ExportReport.self, from: Array(export.output.joined().utf8))
            #expect(report.items == 2 && report.marked == 2)
            // The daemon's own files are nobody else's; a stick's are, for the machine that reads it.
            let name = try #require(report.name)
            let mode = try FileManager.default.attributesOfItem(atPath: stick + "/" + name)[.posixPermissions] as? Int
            #expect(mode == 0o755)
            for item in items {
                #expect(try await station.client.application(item.text).summary.state == "exported")
            }
            #expect(try await station.coSignedControl(["export", stick]).status == .exited(2))

            for desk in BenchStation.deskIDs { try await passOn(station, at: desk, stick: stick, items: items) }
            let back = try await station.client.importReceipts(ImportOrder(directory: stick))
            #expect(back.bundles.map(\.accepted) == [2, 0] && back.refused.isEmpty)
            #expect(back.bundles.map(\.known) == [0, 2])
            for item in items {
                let detail = try await station.client.application(item.text)
                #expect(detail.summary.state == "accepted" && detail.receipt?.verdict == "accepted")
            }
            let again = try await station.client.importReceipts(ImportOrder(directory: stick))
            #expect(again.bundles.map(\.known) == [2, 2] && again.bundles.map(\.accepted) == [0, 0])

            // A third one goes straight to upstream by stick, and is asked about by network as well.
            let read = try await station.read(third, run)
            let item = try await run.submit(read: read, phone: "0912345680").itemId
            #expect(try await station.coSignedControl(["export", later]).status == .exited(0))
            await station.stopUpstream()
            let held = try await station.held()
            #expect(Set(held.items.map(\.itemId)) == Set(items) && held.items.count == 2)
            for (medium, expected) in [(later, "accepted 1"), (stick, "duplicate 2"), (later, "duplicate 1")] {
                let taken = try await station.upstreamCommand(["import"], [medium, "--csca", station.anchorPath()])
                #expect(taken.status == .exited(0) && taken.output.joined().contains(expected), "\(taken)")
            }
            #expect(try await station.control(["recall"]).status == .exited(0))
            #expect(try await station.client.application(item.text).summary.state == "unknown")
            try await station.startUpstream()
            #expect(try await station.administer(["resume"]).status == .exited(0))
            #expect(try await station.administer(["flush"]).status == .exited(0))
            _ = try await run.wait(for: item, until: ["accepted"])
            let last = try await station.client.importReceipts(ImportOrder(directory: later))
            #expect(last.bundles.allSatisfy { $0.accepted == 0 && $0.known == 1 && $0.invalid == 0 })

            let all = try await station.held()
            #expect(Set(all.items.map(\.itemId)) == Set(items + [item]) && all.items.count == 3)
            #expect(all.rejections.isEmpty)
            let canaries = [first, second, third].flatMap { [$0.number, $0.name, $0.residence] }
            let search = CanarySearch(canaries + ["0912345678", "0912345679", "0912345680"])
            for medium in [stick, later] { #expect(try search.findings(below: medium) == []) }
        }
    }

    /// A desk takes the stick in twice, sends, and writes the receipts onto it.
    private func passOn(_ station: BenchStation, at name: String, stick: String, items: [ItemID]) async throws {
        let desk = try await BenchStation(deskOf: station, named: name)
        do {
            try await desk.configure("stick:\n  directories: [/tmp]\n  mustBeMounted: false")
            try await desk.startDaemon()
            let taken = try await desk.administer(["import", stick, "--json"])
            #expect(taken.status == .exited(0), "\(taken)")
            let report = try StrictJSON.decode(ImportReport.self, from: Array(taken.output.joined().utf8))
            #expect(report.bundles.map(\.taken) == [2] && report.bundles.map(\.signature) == [.notDetermined])
            let again = try await desk.administer(["import", stick, "--json"])
            let second = try StrictJSON.decode(ImportReport.self, from: Array(again.output.joined().utf8))
            #expect(second.bundles.map(\.known) == [2] && second.bundles.map(\.taken) == [0])
            try await IntakeRun(client: desk.client).waitForStatus { $0.queue.forwarded == ["accepted": 2] }
            // Never among its own.
            #expect(try await desk.client.applications().applications.isEmpty)
            #expect(try await desk.client.status().queue.counts.isEmpty)
            await expectProblem(.applicationUnknown) { try await desk.client.application(items[0].text) }
            let receipts = ["receipts", "export", stick, "--station", BenchStation.stationID]
            #expect(try await desk.administer(receipts).status == .exited(0))
            #expect(try await desk.administer(receipts).status == .exited(2))
            await desk.stop()
            desk.layout.remove()
        } catch {
            await desk.stop()
            desk.layout.remove()
            throw error
        }
    }
}
