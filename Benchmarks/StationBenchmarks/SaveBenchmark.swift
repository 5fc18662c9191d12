import Foundation
import StationAPI
import StationBench
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// A save, from POST to 201, each followed by one fdatasync of as many bytes appended to a file on the same disk, so that
/// both meet the same moments of it.
///
/// On a quiet station every save finds processor and caches cold, as it does with one citizen a minute; then most of its
/// time is the processor waking up. On a busy one, refused requests and appends come right before: that shows the work.
struct SaveBenchmark {
    let station: BenchStation
    let card: String
    let count: Int
    let isBusy: Bool

    private static let warmingRequests = 20

    func figures() async throws -> [Figure] {
        let run = IntakeRun(client: station.client)
        try await station.insertCard(card)
        let reader = try await run.readerWithCard(named: station.readerName)
        let number = try PersonNumber(card: card).number
        let file = open(station.layout.state + "/append", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(.diskWriteFailed, "append: \(errno)") }
        defer { close(file) }
        let connection = try SocketConnection(
            path: station.layout.operatorSocket, token: station.client.session.token)
        var saves: [Double] = []
        var appends: [Double] = []
        for index in 0..<count {
            let read = try await run.read(reader: reader, credential: .init(number: number))
            try await run.forget(number)
            let submission = try await run.submission(read: read, phone: "0912345678")
            let body = try StrictJSON.encode(submission)
            if isBusy { try refused(submission, connection) }
            let start = ContinuousClock.now
            let answer = try connection.post(
                "/v1/applications",
                headers: ["Content-Type": "application/json", "Idempotency-Key": "bench-\(index)-\(read.id)"],
                body: body)
            saves.append((ContinuousClock.now - start).milliseconds)
            guard answer.status == 201 else { throw Failure(.internalFault, "status \(answer.status)") }
            let saved = try StrictJSON.decode(SavedApplication.self, from: answer.body)
            let size = try await run.wait(for: saved.itemId, until: ["accepted"]).summary.size
            let bytes = SystemRandomSource().bytes(size)
            for _ in 0..<(isBusy ? Self.warmingRequests : 0) { _ = try append(bytes, to: file) }
            appends.append(try append(bytes, to: file))
        }
        await station.removeCard()
        try await run.waitForReaders { $0.readers.first?.state == .empty }
        let (save, peer) = (Sample(saves), Sample(appends))
        return [
            Figure(
                name("p50.ratioToFdatasync"), save.percentile(50) / peer.percentile(50), "times",
                peer: ("limit", 1.5)),
            Figure(
                name("p50.milliseconds"), save.percentile(50), "ms",
                peer: ("fdatasync of the same bytes, p50", peer.percentile(50))),
            Figure(
                name("p99.milliseconds"), save.percentile(99), "ms",
                peer: ("fdatasync of the same bytes, p99", peer.percentile(99))),
        ]
    }

    private func name(_ figure: String) -> String { (isBusy ? "save.busy." : "save.") + figure }

    /// Requests that go the whole way to the decision and are refused there, so that nothing is saved.
    private func refused(_ submission: ApplicationSubmission, _ connection: SocketConnection) throws {
        let body = try StrictJSON.encode(
            ApplicationSubmission(readId: submission.readId, declared: submission.declared, consent: nil))
        for index in 0..<Self.warmingRequests {
            let answer = try connection.post(
                "/v1/applications",
                headers: ["Content-Type": "application/json", "Idempotency-Key": "refused-\(index)"], body: body)
            guard answer.status == 422 else { throw Failure(.internalFault, "status \(answer.status)") }
        }
    }

    private func append(_ bytes: [UInt8], to file: Int32) throws -> Double {
        let start = ContinuousClock.now
        guard write(file, bytes, bytes.count) == bytes.count, fdatasync(file) == 0 else {
            throw Failure(.diskWriteFailed, "append: \(errno)")
        }
        return (ContinuousClock.now - start).milliseconds
    }
}
