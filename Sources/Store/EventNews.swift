import Synchronization

/// Tells the waiting event streams that there is something newer to fetch. A slow one misses numbers, never events.
final class EventNews: Sendable {
    private struct Subscribers {
        var next = 0
        var continuations: [Int: AsyncStream<Int64>.Continuation] = [:]
        var isFinished = false
    }

    private let subscribers = Mutex(Subscribers())

    func stream() -> AsyncStream<Int64> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let key: Int? = subscribers.withLock { subscribers in
            guard !subscribers.isFinished else { return nil }
            subscribers.next += 1
            subscribers.continuations[subscribers.next] = continuation
            return subscribers.next
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.subscribers.withLock { _ = $0.continuations.removeValue(forKey: key) }
        }
        return stream
    }

    func publish(_ newest: Int64) {
        let waiting = subscribers.withLock { Array($0.continuations.values) }
        for continuation in waiting { continuation.yield(newest) }
    }

    func finish() {
        let waiting = subscribers.withLock { subscribers in
            subscribers.isFinished = true
            return Array(subscribers.continuations.values)
        }
        for continuation in waiting { continuation.finish() }
    }
}
