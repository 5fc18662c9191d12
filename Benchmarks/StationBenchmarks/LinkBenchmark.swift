import Foundation
import ShapedLink
import SpoolFilling
import StationAPI
import StationBench
import StationCore

/// A backlog over 256 kbit/s and 300 ms that breaks every 200 kB to 2 MB, to the reference upstream; counted at the link.
struct LinkBenchmark {
    let items: Int
    let seed: UInt64

    func figures() async throws -> [Figure] {
        let station = try await BenchStation()
        do {
            _ = try await station.issueCard("anchor")
            try await station.startUpstream()
            try await station.configure()
            let layout = station.layout
            let filled = try await SpoolFiller(
                state: layout.state, enrolment: layout.upstream + "/stations/" + BenchStation.stationID,
                credentials: layout.credentials
            ).fill(items)
            let shape = LinkShape.mountain(cutEvery: LinkShape.rareCuts, seed: seed)
            guard let port = await station.port else { throw Failure(.internalFault, "no port") }
            let link = try ShapedLink(to: port, shape: shape)
            let start = ContinuousClock.now
            try await station.startDaemon(environment: ["UPSTREAM_URL": "https://localhost:\(link.port)"])
            try await IntakeRun(client: station.administration).waitForStatus { $0.queue.waiting == 0 }
            let seconds = (ContinuousClock.now - start).milliseconds / 1_000
            let traffic = link.traffic
            await link.stop()
            await station.stop()
            layout.remove()
            let payload = Double(filled.payloadBytes)
            return [
                Figure(
                    "link.goodputRatio", payload / seconds / Double(shape.bytesPerSecond), "of the link",
                    peer: ("limit (at least)", 0.85)),
                Figure(
                    "link.wireBytesRatio", Double(traffic.bytes) / payload, "of the payload", peer: ("limit", 1.15)),
                Figure("link.cuts", Double(traffic.cuts), "in \(items) items"),
            ]
        } catch {
            await station.stop()
            station.layout.remove()
            throw error
        }
    }
}
