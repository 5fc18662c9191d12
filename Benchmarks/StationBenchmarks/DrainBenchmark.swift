import Foundation
import NIOCore
import StationAPI
import StationBench
import StationCore

/// How fast a backlog leaves, beside curl with the same bytes in the same batches, and beside the forwarders that Debian
/// packages with as many messages of that size in a batch, all to the same receiver over loopback TLS 1.3 with client
/// certificates.
struct DrainBenchmark {
    let station: BenchStation
    let items: Int

    private var enrolment: String { station.layout.upstream + "/stations/" + BenchStation.stationID }

    func figures() async throws -> [Figure] {
        // A back-off from the time without upstream would be waited out first.
        await station.stopDaemon()
        guard let port = await station.port else { throw Failure(.internalFault, "no port") }
        let receiver = try await FastReceiver(upstream: station.layout.upstream, port: port)
        let daemon = try await station.startDaemon()
        let process = ProcessFigures(process: daemon.processID)
        let cpu = process.cpuMilliseconds
        let all = await receiver.batches(items: items)
        let (used, most) = (process.cpuMilliseconds - cpu, process.mostResident)
        await station.stopDaemon()
        let batches = Array(all.prefix { $0.body != nil })
        guard let first = batches.first, let last = batches.last else {
            throw Failure(.internalFault, "nothing was drained")
        }
        let sent = batches.reduce(0) { $0 + $1.items }
        let rate = Double(sent) / ((last.ended - first.began).milliseconds / 1_000)
        let exchanging = batches.reduce(0) { $0 + ($1.ended - $1.began).milliseconds }
        let curl = try await curlRate(batches, to: receiver)
        let size = max(1, sent / batches.count)
        var figures = [
            Figure("memory.draining.mebibytes", most, "MiB", peer: ("limit", 80)),
            Figure("drain.ratioToCurl", rate / curl, "times", peer: ("limit", 0.7)),
            Figure("drain.itemsPerSecond", rate, "items/s", peer: ("curl, the same batches", curl)),
            Figure(
                "drain.exchangeShare", exchanging / (last.ended - first.began).milliseconds, "of its time",
                peer: nil),
            Figure("drain.cpuPerItem", used / Double(all.reduce(0) { $0 + $1.items }), "ms"),
            Figure("drain.itemsPerBatch", Double(size), "items"),
        ]
        let peers = PeerForwarders(
            layout: station.layout, enrolment: enrolment, receiver: receiver, batchItems: size, messages: 6_000)
        for (name, theirs) in try await peers.rates() {
            figures.append(
                Figure("drain.ratioTo\(name)", rate / theirs, "times", peer: ("\(name), items/s", theirs)))
        }
        await receiver.stop()
        return figures
    }

    /// Items a second that one curl with one connection brings over, the median of three runs.
    private func curlRate(_ batches: [FastReceiver.Batch], to receiver: FastReceiver) async throws -> Double {
        let curl = try CurlPeer(
            batches, place: station.layout.root + "/curl", enrolment: enrolment, port: receiver.port)
        var rates: [Double] = []
        for _ in 0..<3 {
            receiver.forget()
            try await curl.send()
            let came = await receiver.batches(items: 1)
            guard let first = came.first, let last = came.last, came.count == curl.transfers else {
                throw Failure(.internalFault, "curl sent \(came.count) of \(curl.transfers)")
            }
            let count = came.reduce(0) { $0 + $1.items }
            rates.append(Double(count) / ((last.ended - first.began).milliseconds / 1_000))
        }
        receiver.forget()
        try curl.remove()
        return Sample(rates).percentile(50)
    }
}
