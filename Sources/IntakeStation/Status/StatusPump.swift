import ServiceLifecycle
import StationAPI
import StationCore

/// Tells the listeners when the status changed: at once when somebody rings, and every few seconds, because disk and clock
/// change without an event.
struct StatusPump: Service {
    let reporter: StatusReporter
    let hub: EventHub
    let clock: any StationClock
    let bell: Bell

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: StationStatus?
            var arrivals = 0
            while !Task.isCancelled {
                // Whoever just came has a snapshot that may be older than what was told last.
                let present = await hub.arrivals
                if await hub.hasListeners, let status = try? await reporter.report(),
                    last?.isSame(as: status) != true || present != arrivals
                {
                    await hub.publish(.status(status))
                    (last, arrivals) = (status, present)
                }
                await bell.wait(atMost: Limits.Process.statusInterval, clock: clock)
            }
        }
    }
}

extension StationStatus {
    /// Whether nothing but the time differs.
    fileprivate func isSame(as other: StationStatus) -> Bool {
        health == other.health && clock.quality == other.clock.quality && intake == other.intake
            && queue == other.queue && uplink == other.uplink && decisions == other.decisions
            && problems == other.problems
    }
}
