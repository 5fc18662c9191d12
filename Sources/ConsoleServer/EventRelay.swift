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
/// When a person's data has come through and the person is gone, the daemon is asked anew behind the last event: a connection
/// keeps in its buffers what came through it, and so does a task. The page does not notice.
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
        // Texts, which lie on the heap, not reports: what was taken out of the queue is not overwritten there.
        let (pieces, feed) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(Limits.Local.waitingEvents))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await Self.pump(listener, after: after, into: feed)
                feed.finish()
            }
            if let end = listener.end {
                group.addTask {
                    // The page is told at once; it would come back for the news only after a second.
                    if await end() { feed.yield(Self.wire(.session(nil))) }
                    feed.finish()
                }
            }
            group.addTask { [clock] in
                while case .enqueued = feed.yield(Self.wire(.keepAlive)) {
                    try await clock.sleep(for: Limits.Local.keepAlive)
                }
                feed.finish()
            }
            group.addTask {
                try await gracefulShutdown()
                feed.finish()
            }
            for await piece in pieces { try await writer.write(ByteBuffer(string: piece)) }
            group.cancelAll()
        }
    }

    private static func pump(
        _ listener: EventListener, after: Int64?, into feed: AsyncStream<String>.Continuation
    ) async {
        var end = End.personGone(lastEvent: after)
        var isFirst = true
        while case .personGone(let last) = end {
            end = await withTaskGroup(of: End.self) { [isFirst] group in
                group.addTask { await carry(listener, after: last, isFirst: isFirst, into: feed) }
                return await group.next() ?? .over
            }
            isFirst = false
        }
    }

    /// Why a stream of the daemon is carried no further.
    private enum End {
        case over
        case personGone(lastEvent: Int64?)
    }

    private static func carry(
        _ listener: EventListener, after: Int64?, isFirst: Bool, into feed: AsyncStream<String>.Continuation
    ) async -> End {
        do {
            let events = try await listener.station.events(after: after)
            if isFirst { feed.yield(wire(.session(listener.person))) }
            var last = after
            var passage = Passage()
            for try await event in events {
                last = event.id ?? last
                for event in isFirst ? [event] : news(of: event) {
                    guard case .enqueued = feed.yield(wire(.event(event))) else { return .over }
                }
                if let read = event.read, passage.isOver(with: read) { return .personGone(lastEvent: last) }
            }
            feed.yield(wire(.away(Problem(.stationStopping))))
        } catch let problem as Problem {
            // Why comes first: the session that ends by it says no more than that it ended.
            feed.yield(wire(.away(problem)))
            listener.refused(problem)
        } catch {
            // Cancelled: the page is gone.
        }
        return .over
    }

    /// Whose data a stream has carried.
    private struct Passage {
        private var hasPerson = false
        private var running: Set<String> = []

        /// Whether somebody's data came through and nothing is read any more: what is said while a read goes on is not said
        /// again.
        mutating func isOver(with read: ReadReport) -> Bool {
            if read.citizen != nil { hasPerson = true }
            if read.state == .reading || read.state == .suspended {
                running.insert(read.id)
            } else {
                running.remove(read.id)
            }
            return hasPerson && running.isEmpty && read.state != .finished
        }
    }

    /// What a page that has been there all the time makes of an event: a snapshot tells it what may have changed meanwhile.
    private static func news(of event: StationEvent) -> [StationEvent] {
        guard event.kind == .snapshot, let status = event.status else { return [event] }
        return [.readers(status.readers), .status(status)]
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
