import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Upstream is away, or is not upstream: intake goes on, nothing is lost, nothing is sent to a stranger.
@Suite(.serialized) struct UpstreamProblemTests {
    @Test func upstreamDownMeansSavedNowAndAcceptedLater() async throws {
        try await withStation { station, run, citizen in
            await station.stopUpstream()
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            try await run.waitForStatus { $0.uplink.problem?.code == FailureCode.networkUnreachable.rawValue }
            let status = try await station.client.status()
            #expect(status.intake.accepting && status.health == .degraded && status.queue.waiting == 1)
            try await station.startUpstream()
            #expect(try await run.wait(for: saved.itemId, until: ["accepted"]).receipt != nil)
        }
    }

    /// A station that was refused tries again after a quarter of an hour, and now when somebody asks for it.
    @Test func whatAPersonHurriesGoesWithoutWaitingForTheLanesOwnTime() async throws {
        try await withStation(upstream: ["--refuse", "forbidden"]) { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            try await run.waitForStatus { $0.uplink.problem?.code == FailureCode.upstreamRefusedStation.rawValue }
            await station.stopUpstream()
            try await station.startUpstream()
            let waiting = try await station.client.status().uplink
            let next = try #require(waiting.nextAttempt)
            #expect(SystemClock().now.adding(.seconds(300)) < next)
            _ = try await station.client.perform(.retry, on: saved.itemId.text, ApplicationOrder())
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    @Test func aWrongServerCertificateGetsNothing() async throws {
        try await withStation { station, run, citizen in
            await station.stopUpstream()
            // Another authority's server on the same port.
            let stranger = try await Stranger(of: station)
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            try await run.waitForStatus { $0.uplink.problem?.code == FailureCode.serverCertificateInvalid.rawValue }
            #expect(try await station.client.application(saved.itemId.text).receipt == nil)
            #expect(try await stranger.heldItems() == 0)
            await stranger.stop()
            try await station.startUpstream()
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    /// Certificate, key and CA are read again on SIGHUP: a pair that does not match changes nothing, another CA holds from
    /// the next connection on, and the right one lets the waiting application go, all in one process.
    @Test func theConnectionsCertificateAndAuthorityAreReloadedWithoutARestart() async throws {
        try await withStation { station, run, citizen in
            let enrolment = station.layout.upstream + "/stations/" + BenchStation.stationID
            let daemon = try #require(await station.runningDaemon)
            let files = ["ca.pem", "client.pem"].map { enrolment + "/" + $0 }
            let sound = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            func put(_ data: Data, _ file: String) throws { try data.write(to: URL(fileURLWithPath: file)) }

            try put(sound[0], files[1])
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration unchanged") }
            try put(sound[1], files[1])
            let first = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: first.itemId, until: ["accepted"])

            // An authority that issued nothing of upstream's: the station's own certificate will do.
            try put(sound[1], files[0])
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration reloaded") }
            try await run.forget(citizen.number)
            let second = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345678")
            try await run.waitForStatus { $0.uplink.problem?.code == FailureCode.serverCertificateInvalid.rawValue }

            try put(sound[0], files[0])
            daemon.send(signal: SIGHUP)
            _ = try await run.wait(for: second.itemId, until: ["accepted"])
            let status = try await station.client.status()
            #expect(status.uplink.certificateNotAfter != nil && status.uplink.recipientKeyNotAfter != nil)
        }
    }

    @Test func lostRepliesAreAskedAboutAndNothingArrivesTwice() async throws {
        try await withStation(upstream: ["--lose-replies", "0.7", "--seed", "3"]) { station, run, citizen in
            var saved: [ItemID] = []
            for number in 0..<4 {
                let read = try await station.read(citizen, run)
                try await run.forget(citizen.number)
                saved.append(
                    try await run.submit(read: read, phone: "091234567\(number)").itemId)
            }
            for item in saved { _ = try await run.wait(for: item, until: ["accepted"]) }
            #expect(try await station.held().items.map(\.itemId).sorted() == saved.sorted())
        }
    }
}

/// A reference upstream under an authority that the station does not know, on the real one's port.
private struct Stranger {
    private let process: ManagedProcess
    private let directory: String

    init(of station: BenchStation) async throws {
        directory = station.layout.root + "/stranger"
        let port = try #require(await station.port)
        let program = try BuiltExecutables.path("intake-upstream")
        _ = try await ManagedProcess.run(
            Command(program, ["init", directory, "--station", BenchStation.stationID]))
        process = try await ManagedProcess.start(Command(program, ["serve", directory, "--port", "\(port)"]))
        _ = try await process.firstLine { $0.text.hasPrefix("listening ") }
    }

    func heldItems() async throws -> Int {
        let listing = try await ManagedProcess.run(
            Command(try BuiltExecutables.path("intake-upstream"), ["list", directory, "--json"]))
        return try StrictJSON.decode(Holdings.self, from: Array(listing.output.joined().utf8)).items.count
    }

    func stop() async { await process.terminate() }
}
