import Foundation
import ShapedLink
import SpoolFilling
import StationAPI
import StationBench
import StationCore
import Testing

/// A backlog over a slow, distant link that breaks, counted at the link: everything arrives, once, and the link carries
/// little besides. With 500 applications the limits hold for whole packets and the cuts as they came; with 25 for what
/// TCP carries, as if the cuts had come at their mean distance: of so few, luck decides how many there are.
///
/// `make test` sends 25 applications over a link of four times the speed and a quarter of the delay; cuts come after as
/// many bytes as on the slow one. `make prove` sends 500 over the link of 256 kbit/s and 300 ms itself, where goodput too
/// has its limit: the back-off after a cut is a second on either link, so that the fast one cannot say it.
@Suite struct LinkTests {
    @Test(.timeLimit(.minutes(40))) func drainsOverALinkThatBreaksNowAndThen() async throws {
        let result = try await drain(cutEvery: LinkShape.rareCuts, name: "200 kB to 2 MB")
        #expect(result.judgedRatio <= 1.15, "\(result.text)")
        if Drain.speedup == 1 { #expect(result.goodputRatio >= 0.85, "\(result.text)") }
    }

    @Test(.timeLimit(.minutes(40))) func drainsOverALinkThatHardlyHolds() async throws {
        let result = try await drain(cutEvery: LinkShape.frequentCuts, name: "20 to 200 kB")
        #expect(result.traffic.cuts > 0)
        #expect(result.judgedRatio <= 1.5, "\(result.text)")
    }

    /// What came of a drain.
    private struct Drain {
        static let items = setting("LINK_ITEMS") ?? 25
        static let speedup = setting("LINK_SPEEDUP") ?? 4

        let traffic: LinkTraffic
        let cutEvery: ClosedRange<Int>
        let payloadBytes: Int
        let seconds: Double
        let bytesPerSecond: Int
        let seed: UInt64

        var wireRatio: Double { Double(traffic.bytes) / Double(payloadBytes) }
        /// What TCP carried, without headers and acknowledgements.
        var streamBytes: Int { traffic.upStreamBytes + traffic.downStreamBytes }
        var streamRatio: Double { Double(streamBytes) / Double(payloadBytes) }
        /// What TCP carried if a cut costs what it cost here and each came at the mean distance: between two of them
        /// passes what the cut costs, and payload.
        var evenRatio: Double {
            let distance = Double(cutEvery.lowerBound + cutEvery.upperBound) / 2
            let payload = distance - Double(streamBytes - payloadBytes) / Double(max(1, traffic.cuts))
            return payload > 0 ? distance / payload : .infinity
        }
        var judgedRatio: Double { Self.speedup == 1 ? wireRatio : evenRatio }
        var goodputRatio: Double { Double(payloadBytes) / seconds / Double(bytesPerSecond) }
        var text: String {
            let figures = [goodputRatio, wireRatio, seconds, streamRatio, evenRatio].map { String(format: "%.3f", $0) }
            return
                "goodput \(figures[0]) of the link, wire bytes \(figures[1]) of the payload's (\(figures[3]) without headers, \(figures[4]) with even cuts), \(figures[2]) s, "
                + "\(traffic.cuts) cuts, \(traffic.connections) connections, seed \(seed)"
        }

        private static func setting(_ name: String) -> Int? {
            ProcessInfo.processInfo.environment[name].flatMap(Int.init)
        }
    }

    private func drain(cutEvery: ClosedRange<Int>, name: String) async throws -> Drain {
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0 ... .max)
        let station = try await BenchStation()
        do {
            _ = try await station.issueCard("anchor")
            try await station.startUpstream()
            try await station.configure()
            let layout = station.layout
            let filled = try await SpoolFiller(
                state: layout.state, enrolment: layout.upstream + "/stations/" + BenchStation.stationID,
                credentials: layout.credentials
            ).fill(Drain.items)
            var shape = LinkShape.mountain(cutEvery: cutEvery, seed: seed)
            shape.bytesPerSecond *= Drain.speedup
            shape.roundTrip /= Drain.speedup
            let port = try #require(await station.port)
            let link = try ShapedLink(to: port, shape: shape)
            let start = ContinuousClock.now
            try await station.startDaemon(environment: ["UPSTREAM_URL": "https://localhost:\(link.port)"])
            try await IntakeRun(client: station.administration).waitForStatus { $0.queue.waiting == 0 }
            let result = Drain(
                traffic: link.traffic, cutEvery: cutEvery, payloadBytes: filled.payloadBytes,
                seconds: (ContinuousClock.now - start).milliseconds / 1_000, bytesPerSecond: shape.bytesPerSecond,
                seed: seed)
            print("link cut every \(name), \(Drain.items) applications, speed x\(Drain.speedup): \(result.text)")
            let held = try await station.held()
            #expect(held.items.map(\.itemId).sorted() == filled.ids.sorted(), "lost or twice; seed \(seed)")
            #expect(held.rejections.isEmpty)
            await link.stop()
            await station.stop()
            layout.remove()
            return result
        } catch {
            await station.stop()
            station.layout.remove()
            throw error
        }
    }
}
