import StationCore
import Synchronization

/// Wakes one waiter; a ring while nobody waits is kept.
final class Bell: Sendable {
    private let next = Mutex(Outcome<Void>())

    /// Wakes the waiter.
    func ring() { next.withLock { $0 }.settle(()) }

    /// Returns at the next ring, or after the time, or when the task is cancelled. One task waits at a time.
    func wait(atMost duration: Duration, clock: any StationClock) async {
        let awaited = next.withLock { $0 }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await clock.sleep(for: duration)
                awaited.settle(())
            }
            await awaited.value
            group.cancelAll()
        }
        next.withLock { $0 = Outcome() }
    }
}
