import StationAPI
import StationCore

/// Hands events to whoever listens. A listener that does not keep up is cut: it comes back with the last id it saw.
actor EventHub {
    private struct Listener {
        let continuation: AsyncStream<StationEvent>.Continuation
        /// Durable events up to this one are already with the listener.
        var lastEventID: Int64
    }

    private var listeners: [Int: Listener] = [:]
    /// The newest durable events, for a listener that was still being prepared while they were told.
    private var recent: [StationEvent] = []
    private var newestReaders = 0
    /// How many listeners ever came.
    private(set) var arrivals = 0
    private var isFinished = false

    /// A stream that begins with the given events; later ones follow.
    /// - Parameters:
    ///   - first: the snapshot and the durable events that the listener missed.
    ///   - lastEventID: the newest durable event that `first` covers.
    func listen(first: [StationEvent], lastEventID: Int64) -> AsyncStream<StationEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: StationEvent.self, bufferingPolicy: .bufferingOldest(Limits.Local.waitingEvents + first.count))
        guard !isFinished else {
            continuation.finish()
            return stream
        }
        let key = arrivals
        arrivals += 1
        listeners[key] = Listener(continuation: continuation, lastEventID: lastEventID)
        continuation.onTermination = { _ in Task { await self.forget(key) } }
        for event in first { continuation.yield(event) }
        for event in recent { tell(event, to: key) }
        return stream
    }

    /// Hands an event to every listener that does not have it yet.
    func publish(_ event: StationEvent) {
        if event.id != nil {
            recent.append(event)
            if recent.count > Limits.Local.waitingEvents { recent.removeFirst() }
        }
        for key in listeners.keys { tell(event, to: key) }
    }

    /// Hands the list of readers on, unless a later look was told already.
    func publish(readers: ReaderList, number: Int) {
        guard number > newestReaders else { return }
        newestReaders = number
        publish(.readers(readers))
    }

    private func tell(_ event: StationEvent, to key: Int) {
        guard let listener = listeners[key] else { return }
        if let id = event.id {
            guard id > listener.lastEventID else { return }
            listeners[key]?.lastEventID = id
        }
        if case .dropped = listener.continuation.yield(event) { listener.continuation.finish() }
    }

    /// Ends every stream; later ones end at once.
    func finish() {
        isFinished = true
        for listener in listeners.values { listener.continuation.finish() }
        listeners = [:]
    }

    /// Whether anybody listens.
    var hasListeners: Bool { !listeners.isEmpty }

    private func forget(_ key: Int) { listeners[key] = nil }
}
