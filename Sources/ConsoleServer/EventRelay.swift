import Hummingbird
import NIOCore
import ServiceLifecycle
import StationAPI
import StationCore
import Synchronization

/// Carries the daemon's event stream to one page.
///
/// When the daemon is away, the page gets an `away` event with the problem and the stream ends; the browser asks again
/// after a second, with the last id it saw. A page that reads too slowly is cut and comes back the same way.
final class EventRelay: Sendable {
    /// What goes to the page.
    enum Piece: Sendable {
        case event(StationEvent)
        case away(Problem)
        case keepAlive
    }

    private let clock: any StationClock
    private let streams = Mutex(0)

    init(clock: any StationClock) { self.clock = clock }

    /// Writes until the daemon, the page or this process ends the stream.
    @concurrent
    func run(from station: StationClient, after: Int64?, to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        guard enter() else {
            try await writer.write(ByteBuffer(string: Self.wire(.away(Problem(.connectionsTooMany)))))
            return
        }
        defer { leave() }
        let (pieces, feed) = AsyncStream.makeStream(
            of: Piece.self, bufferingPolicy: .bufferingOldest(Limits.Local.waitingEvents))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await Self.pump(station, after: after, into: feed)
                feed.finish()
            }
            group.addTask { [clock] in
                while case .enqueued = feed.yield(.keepAlive) { try await clock.sleep(for: Limits.Local.keepAlive) }
                feed.finish()
            }
            group.addTask {
                try await gracefulShutdown()
                feed.finish()
            }
            for await piece in pieces { try await writer.write(ByteBuffer(string: Self.wire(piece))) }
            group.cancelAll()
        }
    }

    private static func pump(
        _ station: StationClient, after: Int64?, into feed: AsyncStream<Piece>.Continuation
    ) async {
        do {
            for try await event in try await station.events(after: after) {
                guard case .enqueued = feed.yield(.event(event)) else { return }
            }
            feed.yield(.away(Problem(.stationStopping)))
        } catch let problem as Problem {
            feed.yield(.away(problem))
        } catch {
            // Cancelled: the page is gone.
        }
    }

    /// The piece on the wire.
    static func wire(_ piece: Piece) -> String {
        switch piece {
        case .keepAlive: ServerSentEvent.keepAlive
        case .event(let event):
            ServerSentEvent(id: event.id.map { "\($0)" }, event: event.kind.rawValue, data: json(event)).wire
        case .away(let problem): ServerSentEvent(event: "away", data: json(problem)).wire
        }
    }

    private static func json(_ value: some Encodable) -> String {
        String(decoding: (try? StrictJSON.encode(value)) ?? Array("{}".utf8), as: UTF8.self)
    }

    private func enter() -> Bool {
        streams.withLock { count in
            guard count < Limits.Local.consoleStreams else { return false }
            count += 1
            return true
        }
    }

    private func leave() { streams.withLock { $0 -= 1 } }
}
