import StationCore
import Synchronization

/// What may end a wait of the uplink before its time.
struct WakeEvents: OptionSet, Sendable {
    let rawValue: UInt8

    /// An item was saved, released or asked to be retried.
    static let newWork = WakeEvents(rawValue: 1)
    /// A person asks to try now.
    static let flush = WakeEvents(rawValue: 2)
    /// The network came up.
    static let networkUp = WakeEvents(rawValue: 4)
    /// An administrator holds the lane.
    static let hold = WakeEvents(rawValue: 8)
    /// An administrator lets the lane go.
    static let resume = WakeEvents(rawValue: 16)
    /// The credentials were replaced, or a person wants one application tried now.
    static let haste = WakeEvents(rawValue: 32)

    /// What an event makes void that was posted before it.
    var overtaken: WakeEvents {
        switch self {
        case .hold: .resume
        case .resume: .hold
        default: []
        }
    }
}

/// Events that wake one waiter and are kept until it takes them: a wait never begins while one is pending.
final class WakeSignal: Sendable {
    private struct State {
        var pending: WakeEvents = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Posts an event.
    func post(_ event: WakeEvents) {
        let waiter = state.withLock { state in
            state.pending.insert(event)
            state.pending.subtract(event.overtaken)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Takes what has been posted since the last time.
    func take() -> WakeEvents {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    /// Returns when an event is pending or the time has passed, whichever is first. Throws when the task is cancelled.
    func wait(atMost duration: Duration?, clock: any StationClock) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await self.pending() }
            if let duration {
                group.addTask { try await clock.sleep(for: duration) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }

    /// Returns when an event is pending, or when the task is cancelled.
    private func pending() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if !state.pending.isEmpty || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
