import Foundation
import SpoolFilling
import StationAPI
import StationBench
import StationCore

/// How fast a backlog leaves to the reference upstream, which opens, verifies and keeps each item before it answers, beside
/// curl with the same batches to the same upstream with nothing of them yet.
struct KeptDrainBenchmark {
    let items: Int

    func figures() async throws -> [Figure] {
        let station = try await BenchStation()
        do {
            let figures = try await measure(station)
            await station.stop()
            station.layout.remove()
            return figures
        } catch {
            await station.stop()
            station.layout.remove()
            throw error
        }
    }

    private func measure(_ station: BenchStation) async throws -> [Figure] {
        let layout = station.layout
        let enrolment = layout.upstream + "/stations/" + BenchStation.stationID
        _ = try await station.issueCard("citizen")
        try await station.startUpstream()
        try await station.configure()
        await station.stopUpstream()
        let filled = try await SpoolFiller(
            state: layout.state, enrolment: enrolment, credentials: layout.credentials
        ).fill(items)
        try keep(layout.state)
        try keep(layout.upstream)

        // The batches as the station sends them, for curl.
        guard let port = await station.port else { throw Failure(.internalFault, "no port") }
        let receiver = try await FastReceiver(upstream: layout.upstream, port: port)
        try await station.startDaemon(mans: false)
        let batches = await receiver.batches(items: items)
        await station.stopDaemon()
        await receiver.stop()
        guard batches.reduce(0, { $0 + $1.items }) == items, batches.allSatisfy({ $0.body != nil }) else {
            throw Failure(.internalFault, "not everything was drained")
        }

        try restore(layout.state)
        try await station.startUpstream()
        var start = ContinuousClock.now
        try await station.startDaemon(mans: false)
        try await drained(SocketConnection(path: layout.operatorSocket))
        let rate = Double(items) / ((ContinuousClock.now - start).milliseconds / 1_000)
        await station.stopDaemon()
        await station.stopUpstream()
        let listing = try await station.upstreamListing()
        guard filled.ids.allSatisfy({ listing.contains($0.text) }) else {
            throw Failure(.internalFault, "not everything arrived")
        }

        try restore(layout.upstream)
        try await station.startUpstream()
        let curl = try CurlPeer(batches, place: layout.root + "/curl", enrolment: enrolment, port: port)
        start = ContinuousClock.now
        try await curl.send()
        let theirs = Double(items) / ((ContinuousClock.now - start).milliseconds / 1_000)
        return [
            Figure("drain.kept.ratioToCurl", rate / theirs, "times", peer: ("limit", 0.7)),
            Figure("drain.kept.itemsPerSecond", rate, "items/s", peer: ("curl, the same batches", theirs)),
        ]
    }

    /// Until nothing waits any more. The time from the daemon's start counts against the station.
    private func drained(_ connection: SocketConnection) async throws {
        struct Status: Decodable {
            struct Queue: Decodable { let waiting: Int }
            let queue: Queue
        }
        while true {
            let answer = try connection.get("/v1/status")
            if try JSONDecoder().decode(Status.self, from: Data(answer.body)).queue.waiting == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func keep(_ directory: String) throws {
        try FileManager.default.copyItem(atPath: directory, toPath: directory + ".kept")
    }

    private func restore(_ directory: String) throws {
        try FileManager.default.removeItem(atPath: directory)
        try FileManager.default.copyItem(atPath: directory + ".kept", toPath: directory)
    }
}
