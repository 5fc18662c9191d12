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
            while !Task.isCancelled {
                if await hub.hasListeners, let status = try? await reporter.report(), last?.isSame(as: status) != true {
                    await hub.publish(.status(status))
                    last = status
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
            && queue == other.queue && uplink == other.uplink && problems == other.problems
    }
}

/// Wakes one waiter; a ring while nobody waits is kept.
final class Bell: Sendable {
    private let rings: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation

    init() { (rings, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Wakes the waiter.
    func ring() { ringer.yield() }

    /// Returns at the next ring, or after the time, or when the task is cancelled.
    func wait(atMost duration: Duration, clock: any StationClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in self.rings { return } }
            group.addTask { try? await clock.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
