import Hummingbird
import NIOCore
import ServiceLifecycle
import StationAPI
import StationCore
import Synchronization

/// For whom a stream is.
struct EventListener: Sendable {
    /// Asks the daemon for the events.
    let station: StationClient
    /// Who is signed in; nil for nobody.
    let person: SignedIn?
    /// Returns when the session has ended, true, or changed, false; nil for nobody.
    let end: (@Sendable () async -> Bool)?
    /// Is told why the daemon gave no events.
    let refused: @Sendable (Problem) -> Void
}

/// Carries the daemon's event stream to one page.
///
/// The first event, `session`, says whom the console takes the page for. The stream ends with that session, however it
/// ends, and the page that comes back is told that nobody is signed in.
///
/// When the daemon is away, the page gets an `away` event with the problem and the stream ends; the browser asks again
/// after a second, with the last id it saw. A page that reads too slowly is cut and comes back the same way.
final class EventRelay: Sendable {
    /// What goes to the page.
    enum Piece: Sendable {
        case session(SignedIn?)
        case event(StationEvent)
        case away(Problem)
        case keepAlive
    }

    private let clock: any StationClock
    private let streams = Mutex(0)

    init(clock: any StationClock) { self.clock = clock }

    /// Writes until the daemon, the page or this process ends the stream.
    @concurrent
    func run(for listener: EventListener, after: Int64?, to writer: inout any ResponseBodyWriter) async throws {
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
                await Self.pump(listener, after: after, into: feed)
                feed.finish()
            }
            if let end = listener.end {
                group.addTask {
                    // The page is told at once; it would come back for the news only after a second.
                    if await end() { feed.yield(.session(nil)) }
                    feed.finish()
                }
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
        _ listener: EventListener, after: Int64?, into feed: AsyncStream<Piece>.Continuation
    ) async {
        do {
            let events = try await listener.station.events(after: after)
            feed.yield(.session(listener.person))
            for try await event in events {
                guard case .enqueued = feed.yield(.event(event)) else { return }
            }
            feed.yield(.away(Problem(.stationStopping)))
        } catch let problem as Problem {
            // Why comes first: the session that ends by it says no more than that it ended.
            feed.yield(.away(problem))
            listener.refused(problem)
        } catch {
            // Cancelled: the page is gone.
        }
    }

    /// The piece on the wire.
    static func wire(_ piece: Piece) -> String {
        switch piece {
        case .keepAlive: ServerSentEvent.keepAlive
        case .session(let person):
            ServerSentEvent(event: "session", data: json(SessionNotice(person: person))).wire
        case .event(let event):
            ServerSentEvent(id: event.id.map { "\($0)" }, event: event.kind.rawValue, data: json(event)).wire
        case .away(let problem): ServerSentEvent(event: "away", data: json(problem)).wire
        }
    }

    private struct SessionNotice: Encodable { let person: SignedIn? }

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
