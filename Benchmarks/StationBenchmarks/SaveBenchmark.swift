import Foundation
import StationAPI
import StationBench
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// A save, from POST to 201, each followed by one fdatasync of as many bytes appended to a file on the same disk, so that
/// both meet the same moments of it.
struct SaveBenchmark {
    let station: BenchStation
    let card: String
    let count: Int

    func figures() async throws -> [Figure] {
        let run = IntakeRun(client: station.client)
        try await station.insertCard(card)
        let reader = try await run.readerWithCard(named: station.readerName)
        let number = try PersonNumber(card: card).number
        let file = open(station.layout.state + "/append", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(.diskWriteFailed, "append: \(errno)") }
        defer { close(file) }
        let connection = try SocketConnection(path: station.layout.operatorSocket)
        var saves: [Double] = []
        var appends: [Double] = []
        for index in 0..<count {
            let read = try await run.read(reader: reader, credential: .init(number: number))
            let overrides = ["duplicateToday", "phoneReused"].map {
                ApplicationSubmission.Override(kind: $0, reason: "measurement")
            }
            let submission = try await run.submission(read: read, phone: "0912345678", overrides: overrides)
            let body = try StrictJSON.encode(submission)
            let start = ContinuousClock.now
            let answer = try connection.post(
                "/v1/applications",
                headers: ["Content-Type": "application/json", "Idempotency-Key": "bench-\(index)-\(read.id)"],
                body: body)
            saves.append((ContinuousClock.now - start).milliseconds)
            guard answer.status == 201 else { throw Failure(.internalFault, "status \(answer.status)") }
            let saved = try StrictJSON.decode(SavedApplication.self, from: answer.body)
            let size = try await run.wait(for: saved.itemId, until: ["accepted"]).summary.size
            appends.append(try append(SystemRandomSource().bytes(size), to: file))
        }
        let (save, peer) = (Sample(saves), Sample(appends))
        return [
            Figure(
                "save.p50.ratioToFdatasync", save.percentile(50) / peer.percentile(50), "times",
                peer: ("limit", 2)),
            Figure(
                "save.p50.milliseconds", save.percentile(50), "ms",
                peer: ("fdatasync of the same bytes, p50", peer.percentile(50))),
            Figure(
                "save.p99.milliseconds", save.percentile(99), "ms",
                peer: ("fdatasync of the same bytes, p99", peer.percentile(99))),
        ]
    }

    private func append(_ bytes: [UInt8], to file: Int32) throws -> Double {
        let start = ContinuousClock.now
        guard write(file, bytes, bytes.count) == bytes.count, fdatasync(file) == 0 else {
            throw Failure(.diskWriteFailed, "append: \(errno)")
        }
        return (ContinuousClock.now - start).milliseconds
    }
}
