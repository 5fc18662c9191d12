import FakeStation
import Foundation
import StationAPI
import StationCore
import Testing

/// The built program against a station on a real socket: exit codes, and what goes where.
struct ProgramTests {
    @Test func `Status ends with 0 when all is well and with 4 when not`() async throws {
        try await Bench.with { bench in
            let station = bench.station
            let good = try await bench.control("status")
            #expect(good.code == 0)
            #expect(good.output.contains("Tình trạng    tốt"))
            #expect(good.error.isEmpty)
            station.set(Samples.status(.degraded, problems: [Samples.network]))
            let degraded = try await bench.control("status", "--language", "en")
            #expect(degraded.code == 4)
            #expect(degraded.output.contains("! Connection to upstream lost [network-unreachable]"))
        }
    }

    @Test func `The queue ends with 2 when empty, and shows what there is`() async throws {
        try await Bench.with { bench in
            let station = bench.station
            #expect(try await bench.control("queue").code == 2)
            station.keep(Samples.detail)
            let all = try await bench.control("queue")
            #expect(all.code == 0)
            #expect(all.output.contains("T01-0041"))
            #expect(try await bench.control("queue", "--state", "held").code == 2)
            #expect(try await bench.control("queue", "--after", "41").code == 2)
        }
    }

    @Test func `Show ends with 3 for an unknown application`() async throws {
        try await Bench.with { bench in
            let station = bench.station
            station.keep(Samples.detail)
            let known = try await bench.control("show", Samples.item.text, "--json")
            #expect(known.code == 0)
            #expect(try StrictJSON.decode(ApplicationDetail.self, from: Array(known.output.utf8)) == Samples.detail)
            let unknown = try await bench.control("show", "01987abc-0000-7000-8000-00000000dead")
            #expect(unknown.code == 3)
            #expect(unknown.output.isEmpty)
            #expect(unknown.error.contains("Không có hồ sơ này / There is no such application [application-unknown]"))
        }
    }

    @Test func `Reads show prints the record as JSON, and ends with 3 for an unknown read`() async throws {
        try await Bench.with { bench in
            let station = bench.station
            station.keep(Samples.record)
            let known = try await bench.control("reads", "show", "r1", "--json")
            #expect(known.code == 0)
            #expect(try StrictJSON.decode(ReadRecord.self, from: Array(known.output.utf8)) == Samples.record)
            let text = try await bench.control("reads", "show", "r1")
            #expect(text.code == 0 && text.output.contains("GIAI ĐOẠN"))
            let unknown = try await bench.control("reads", "show", "r2")
            #expect(unknown.code == 3 && unknown.output.isEmpty && unknown.error.contains("[read-unknown]"))
        }
    }

    @Test func `Readers ends with 2 without a reader and 1 without the card service`() async throws {
        try await Bench.with { bench in
            let station = bench.station
            #expect(try await bench.control("readers").code == 0)
            station.set(Scene.status(readers: Scene.readers(nil)))
            #expect(try await bench.control("readers").code == 2)
            station.set(Scene.status(readers: ReaderList(serviceRunning: false, readers: [])))
            let down = try await bench.control("readers")
            #expect(down.code == 1)
            #expect(down.error.contains("reader-service-down"))
        }
    }

    @Test func `Events prints the present and ends`() async throws {
        try await Bench.with { bench in
            let events = try await bench.control("events")
            #expect(events.code == 0)
            #expect(events.output.hasPrefix("#7  snapshot  ok"))
        }
    }

    @Test func `An audit file that is none is told by its code, a missing one by exit 3`() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString)").path
        let missing = try await Bench.run(["audit", "verify", file])
        #expect(missing.code == 3 && missing.error.contains("[audit-file-invalid]"))
        try Data("no row\n".utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let garbage = try await Bench.run(["audit", "verify", file])
        #expect(garbage.code == 1 && garbage.output.isEmpty)
        #expect(garbage.error.contains("[audit-file-invalid]") && garbage.error.contains("neither a row nor a head"))
    }

    @Test(arguments: ["status", "queue", "readers", "events"])
    func `Without a daemon every command ends with 1 and tells the remedy`(command: String) async throws {
        let result = try await Bench.run([command, "--socket", "/nonexistent/operator.sock"])
        #expect(result.code == 1)
        #expect(result.output.isEmpty)
        #expect(result.error.contains("[station-unreachable]"))
        #expect(result.error.contains("systemctl status intaked"))
    }
}
