import ArgumentParser
import StationAPI
import StationCore

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Sự kiện / What happens: the present state, or with --follow everything from now on.",
        discussion: """
            Mỗi sự kiện một dòng; với --json mỗi dòng một tài liệu. / One event a line; with --json one document a line. \
            With --follow it comes back when the daemon does and goes on behind the last event; a hole is told.
            """)
    @OptionGroup var common: ViewOptions

    @Flag(name: .shortAndLong, help: "Go on until interrupted; return when the daemon comes back.")
    var follow = false

    @Option(help: "With --follow: first everything durable behind this event number.")
    var after: Int64?

    func validate() throws {
        // Without --follow one look at how things stand is shown, and nothing of what was before.
        guard after == nil || follow else { throw ValidationError("--after goes with --follow") }
    }

    func run() async throws {
        try await common.run {
            var feed = EventFeed(common.station, at: common.socketPath, after: after, returns: follow)
            try await feed.listen { event, gap in
                if let gap { Console.remark(words(gap)) }
                try common.console.show(EventText.impersonal(event), or: EventText(common.words).line(event))
                return follow
            }
        }
    }

    private func words(_ gap: ClosedRange<Int64>) -> String {
        common.words.pick(
            "sự kiện \(gap.lowerBound) đến \(gap.upperBound) không còn được lưu; xem intakectl queue",
            "events \(gap.lowerBound) to \(gap.upperBound) are no longer kept; see intakectl queue")
    }
}

/// The events of a station for as long as somebody listens, over restarts of the daemon.
struct EventFeed {
    private var station: StationClient
    private let socketPath: String
    private let returns: Bool
    private var last: Int64?
    private var told: Problem?

    /// - Parameters:
    ///   - after: the last event seen.
    ///   - returns: whether to come back when the daemon went away.
    init(_ station: StationClient, at socketPath: String, after: Int64?, returns: Bool) {
        self.station = station
        self.socketPath = socketPath
        self.returns = returns
        last = after
    }

    /// Hands every event over, with the numbers before it that the station no longer has, until `take` says that it is
    /// enough, or the stream ends and is not to be taken up again.
    mutating func listen(_ take: (StationEvent, ClosedRange<Int64>?) throws -> Bool) async throws {
        while true {
            do {
                for try await event in try await station.events(after: last) {
                    told = nil
                    let gap = gap(before: event)
                    last = event.id ?? last
                    guard try take(event, gap) else { return }
                }
                guard returns else { return }
            } catch let problem as Problem where problem.code == FailureCode.sessionExpired.rawValue {
                // Sessions end with the daemon. What follows is what anybody may hear.
                Console.complain(problem)
                station = StationClient(socketPath: socketPath)
                continue
            } catch let problem as Problem where returns && problem.retryable {
                if told != problem { Console.complain(problem) }
                told = problem
            }
            try await SystemClock().sleep(for: Limits.Local.reconnectInterval)
        }
    }

    private func gap(before event: StationEvent) -> ClosedRange<Int64>? {
        guard event.kind == .snapshot, let last, let id = event.id, id > last else { return nil }
        return last + 1...id
    }
}
