import Dispatch
import Foundation

/// SIGINT and SIGTERM as an event that may be awaited any number of times.
final class Interruption: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let (stream, ring) = AsyncStream<Void>.makeStream()

    init() {
        let ring = ring
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { ring.finish() }
            source.resume()
            return source
        }
    }

    /// Returns when the first signal has come, or when the task is cancelled.
    func wait() async { for await _ in stream {} }
}
