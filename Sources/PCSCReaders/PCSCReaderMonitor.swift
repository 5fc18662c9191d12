/// The readers and the cards on them, as they come and go: a snapshot at once, then one at every change.
///
/// Each iteration has a context and a thread of its own, which end when its task is cancelled or the iterator goes.
/// A slow consumer gets the newest snapshot, not every one; a card that went and came back in between is known by
/// its insertion's number. A card service that goes is a snapshot with a failure, and is waited for.
package struct PCSCReaderMonitor: AsyncSequence, Sendable {
    package typealias Element = ReaderSnapshot
    package typealias AsyncIterator = AsyncStream<ReaderSnapshot>.Iterator

    /// Makes a monitor; nothing happens before it is iterated.
    package init() {}

    package func makeAsyncIterator() -> AsyncStream<ReaderSnapshot>.Iterator {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ReaderSnapshot.self, bufferingPolicy: .bufferingNewest(1))
        let thread = MonitorThread { continuation.yield($0) }
        continuation.onTermination = { _ in thread.stop() }
        thread.start()
        return stream.makeAsyncIterator()
    }
}
