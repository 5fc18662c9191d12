import HostIntegration
import Logging
import ServiceLifecycle
import StationAPI
import StationCore
import Store
import Synchronization

/// Where the checks in slices stand, for the housekeeping and for the status.
final class CheckState: Sendable {
    private let progress = Mutex(CheckProgress())
    private let rest = Mutex(Duration.zero)

    /// Until when nothing is looked at, on the clock that never goes back: everything was, a short while ago.
    var restsUntil: Duration {
        get { rest.withLock { $0 } }
        set { rest.withLock { $0 = newValue } }
    }

    func withLock<T: Sendable>(_ body: (inout sending CheckProgress) -> sending T) -> T { progress.withLock(body) }

    /// The first row at which the audit chain breaks without a row that names the break; nil while none is known.
    var auditBrokenAt: Int64? { progress.withLock(\.auditBrokenAt) }
}

/// What must happen now and then: reads forgotten, the log carried into the database, retentions ended.
struct Housekeeping: Service {
    let stationID: StationID
    let store: Store
    let checks: CheckState
    let reads: ReadRegistry
    let payloadDays: Int
    let interval: Duration
    let clock: any StationClock
    let stop: StopCause
    let logger: Logger

    /// Deletes what is due, slice by slice: saves go between them.
    private func purge() async throws {
        let age = Duration.seconds(payloadDays * 86_400)
        while try await store.closeForwarded(olderThan: age, exceptOf: stationID) == Limits.Store.pageRows {
            try Task.checkCancellation()
        }
        var items = 0
        while true {
            let result = try await store.purge(olderThan: age)
            guard !result.purged.isEmpty else { break }
            items += result.purged.count
            try Task.checkCancellation()
        }
        if items > 0 { logger.notice("payloads deleted after receipt", metadata: ["items": "\(items)"]) }
        var pages = 0
        while pages < Limits.Store.vacuumRoundPages {
            let given = try await store.shrink()
            guard given > 0 else { break }
            pages += given
            try Task.checkCancellation()
        }
    }

    /// Looks on at what the start left out.
    private func checkSlices() async throws {
        guard clock.elapsed >= checks.restsUntil else { return }
        var progress = checks.withLock { $0 }
        let rounds = progress.rounds
        var slices = 0
        while slices < Limits.Store.checkSlices, progress.rounds == rounds {
            progress = try await store.check(progress)
            slices += 1
            try Task.checkCancellation()
        }
        checks.withLock { $0 = progress }
        if progress.rounds != rounds { checks.restsUntil = clock.elapsed + Limits.Store.checkRest }
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await roundOrNoRoom()
                    try await clock.sleep(for: interval)
                }
            }
        } catch let failure as Failure {
            logger.critical("housekeeping stopped", metadata: ["problem": "\(failure)"])
            stop.stop(with: failure)
            // The cause ends the group; a service that returned early would cut the requests that are being answered.
            try? await gracefulShutdown()
        } catch is CancellationError {
            logger.debug("housekeeping ended")
        }
    }

    /// One round; on a full disk what it leaves undone waits for the next.
    func roundOrNoRoom() async throws {
        do {
            try await round()
        } catch let failure as Failure where failure.code == .diskFull {
            logger.warning("no room to keep house", metadata: ["problem": "\(failure)"])
        }
    }

    func round() async throws {
        await reads.expire()
        _ = try await store.checkpointIfQuiet()
        while try await store.purgeFollowUps() == Limits.Store.pageRows {}
        try await purge()
        try await checkSlices()
    }
}

/// Feeds systemd's watchdog, but only while the store answers: a daemon whose disk hangs is not alive.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let store: Store
    let reporter: StatusReporter
    let clock: any StationClock

    func run() async throws {
        guard let interval = notifier.watchdogInterval else {
            try await gracefulShutdown()
            return
        }
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    let status = try await reporter.report()
                    notifier.watchdog()
                    notifier.status(status.line)
                    try await clock.sleep(for: interval)
                }
            }
        } catch is CancellationError {
            notifier.stopping(status: "stopping")
        }
    }
}

extension StationStatus {
    /// One line for `systemctl status`.
    var line: String {
        let cards = readers.readers.count
        return
            "\(health.rawValue): \(queue.waiting) waiting, \(cards) reader\(cards == 1 ? "" : "s"), uplink \(uplink.state.rawValue)"
    }
}
