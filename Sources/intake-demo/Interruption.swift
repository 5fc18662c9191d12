import UnixSignals

/// SIGINT and SIGTERM as an event that may be awaited any number of times.
struct Interruption: Sendable {
    /// Returns when a signal has come, or when the task is cancelled.
    func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
