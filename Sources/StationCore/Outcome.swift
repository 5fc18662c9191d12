import Synchronization

/// A value that arrives once, from whoever is first: an answer, a time-out, a cancellation.
///
/// The bridge from threads that block to tasks that wait. One task may wait.
package final class Outcome<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case settled(Value)
    }

    private let state = Mutex(State.open)

    /// Makes an outcome that has not arrived.
    package init() {}

    /// Settles the outcome; later values are ignored. Returns whether this was the first.
    @discardableResult
    package func settle(_ value: Value) -> Bool {
        let waiter: CheckedContinuation<Value, Never>?
        let first: Bool
        (first, waiter) = state.withLock { state in
            switch state {
            case .open:
                state = .settled(value)
                return (true, nil)
            case .awaited(let continuation):
                state = .settled(value)
                return (true, continuation)
            case .settled:
                return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return first
    }

    /// The value, as soon as it is there. Cancellation does not end the wait: whoever wants that settles the outcome.
    package var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let settled: Value? = state.withLock { state in
                    switch state {
                    case .open:
                        state = .awaited(continuation)
                        return nil
                    case .awaited:
                        preconditionFailure("one task waits for an outcome")
                    case .settled(let value):
                        return value
                    }
                }
                if let settled { continuation.resume(returning: settled) }
            }
        }
    }
}
