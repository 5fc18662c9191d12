import HostIntegration
import Logging
import ServiceLifecycle
import StationAPI
import StationCore
import Store

/// What must happen now and then: reads forgotten, the log carried into the database, retentions ended.
struct Housekeeping: Service {
    let store: Store
    let reads: ReadRegistry
    let payloadDays: Int
    let interval: Duration
    let clock: any StationClock
    let stop: StopCause
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await round()
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

    /// One round.
    func round() async throws {
        await reads.expire()
        _ = try await store.checkpointIfQuiet()
        _ = try await store.purgeFollowUps()
        let result = try await store.purge(olderThan: .seconds(payloadDays * 86_400))
        if !result.purged.isEmpty {
            logger.notice("payloads deleted after receipt", metadata: ["items": "\(result.purged.count)"])
        }
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
