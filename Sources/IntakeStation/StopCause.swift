import ServiceLifecycle
import StationCore

/// A fault after which the daemon must not go on: the service that waits here ends with it, and with the service the
/// process, non-zero (law 1).
final class StopCause: Service {
    private let causes: AsyncStream<Failure>
    private let report: AsyncStream<Failure>.Continuation

    init() { (causes, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    /// Ends the daemon with this failure.
    func stop(with failure: Failure) { report.yield(failure) }

    /// Waits for a cause, and throws it.
    func run() async throws {
        for await failure in causes.cancelOnGracefulShutdown() { throw failure }
    }
}
