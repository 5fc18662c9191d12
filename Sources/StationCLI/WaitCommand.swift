import ArgumentParser
package import StationAPI
package import StationCore
import Synchronization

/// What `intakectl wait` says at its end.
package struct WaitReport: Codable, Hashable, Sendable {
    /// Whether nothing waits to be sent any more.
    package let drained: Bool
    /// Applications, own and passed on, that still wait to be sent or for upstream's answer.
    package let remaining: Int
    /// Applications that wait for a person: they are not waited for.
    package let held: Int
    /// Applications that wait for their receipt by stick: they are not waited for.
    package let exported: Int
    /// When these figures were true.
    package let asOf: Timestamp

    /// Takes the figures from a status.
    package init(_ status: StationStatus) {
        let counts = status.queue.counts
        let forwarded = status.queue.forwarded ?? [:]
        remaining = Self.sending.reduce(0) { $0 + counts[$1, default: 0] + forwarded[$1, default: 0] }
        drained = remaining == 0
        held = counts["held", default: 0]
        exported = counts["exported", default: 0]
        asOf = status.clock.now
    }

    /// The states that the transmission ends by itself.
    private static let sending = ["saved", "batched", "sent", "deferred", "unknown"]
}

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Chờ truyền hết / Wait until nothing waits to be sent. Exit 5 when the time is over.",
        discussion: """
            Chờ theo sự kiện của trạm; hồ sơ tạm giữ và hồ sơ đã xuất ra thiết bị không được chờ. / Waits on the station's \
            events, over restarts of the daemon. Held and exported applications wait for people: they are told, not \
            waited for.
            """)
    @OptionGroup var common: ViewOptions

    @Flag(help: "Until nothing waits to be sent.")
    var drained = false

    @Option(help: "Seconds to wait at most, 0 for one look; without end by default.")
    var timeout: Int?

    func validate() throws {
        guard drained else { throw ValidationError("say what to wait for: --drained") }
        guard timeout ?? 0 >= 0 else { throw ValidationError("--timeout is a number of seconds") }
    }

    func run() async throws {
        try await common.run {
            let newest = Newest()
            try await watch(newest)
            guard let report = newest.report.withLock({ $0 }) else {
                Console.complain(Problem(.stationUnreachable, "no answer in time"))
                throw ExitStatus.timedOut
            }
            try common.console.show(report, or: text(report))
            if !report.drained { throw ExitStatus.timedOut }
        }
    }

    /// The figures heard last; none yet.
    private final class Newest: Sendable {
        let report = Mutex<WaitReport?>(nil)
    }

    /// Returns when nothing waits any more, or when the time is over.
    private func watch(_ newest: Newest) async throws {
        let feed = EventFeed(common.station, at: common.socketPath, after: nil, returns: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Whether there is a daemon at all is said at once; afterwards its restarts are waited for.
                let now = WaitReport(try await common.station.status())
                newest.report.withLock { $0 = now }
                // Without patience it is one look.
                if now.drained || timeout == 0 { return }
                var feed = feed
                try await feed.listen { event, _ in
                    guard let status = event.status else { return true }
                    let report = WaitReport(status)
                    newest.report.withLock { $0 = report }
                    return !report.drained
                }
            }
            if let timeout, timeout > 0 { group.addTask { try await SystemClock().sleep(for: .seconds(timeout)) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func text(_ report: WaitReport) -> String {
        var lines = [
            report.drained
                ? common.words.pick("Không còn hồ sơ chờ truyền", "Nothing waits to be sent")
                : common.words.pick(
                    "Còn \(report.remaining) hồ sơ chờ truyền", "\(report.remaining) applications wait to be sent")
        ]
        if report.held > 0 {
            lines.append(common.words.pick("Tạm giữ: \(report.held)", "Held: \(report.held)"))
        }
        if report.exported > 0 {
            lines.append(
                common.words.pick(
                    "Đã xuất, chờ biên nhận: \(report.exported)", "Exported, receipt awaited: \(report.exported)"))
        }
        return lines.joined(separator: "\n")
    }
}
