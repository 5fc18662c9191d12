import StationAPI
import StationCore

/// Who listens, and so what they are told.
enum EventAudience: Hashable {
    /// Nobody who signed in: what the status says.
    case anybody
    /// The person who signed in: applications too, and the reads that they started.
    case person(WireName)
    /// The administrators' socket: applications too, and no reads.
    case administrators

    /// Whether applications are told.
    var hearsApplications: Bool { self != .anybody }
}

/// Hands events to whoever listens. A listener that does not keep up is cut: it comes back with the last id it saw.
actor EventHub {
    private struct Listener {
        let continuation: AsyncStream<StationEvent>.Continuation
        /// Durable events up to this one are already with the listener.
        var lastEventID: Int64
        let audience: EventAudience
    }

    private var listeners: [Int: Listener] = [:]
    /// Listeners that still read from the store what they missed.
    private var preparing = 0
    /// The durable events that were told meanwhile; beyond the limit, whoever is being prepared is cut.
    private var meanwhile: [StationEvent] = []
    private var newestReaders = 0
    /// How many listeners ever came.
    private(set) var arrivals = 0
    private var isFinished = false

    /// A stream that begins with what `prepare` gives; everything told since `prepare` began follows, each event once.
    /// - Parameters:
    ///   - audience: who listens.
    ///   - prepare: gives the snapshot and the durable events that the listener missed, and the newest durable
    ///   event that they cover.
    func listen<Failure: Error>(
        as audience: EventAudience,
        _ prepare: @Sendable () async throws(Failure) -> (first: [StationEvent], lastEventID: Int64)
    ) async throws(Failure) -> AsyncStream<StationEvent> {
        preparing += 1
        defer {
            preparing -= 1
            if preparing == 0 { meanwhile = [] }
        }
        let (first, lastEventID) = try await prepare()
        let (stream, continuation) = AsyncStream.makeStream(
            of: StationEvent.self, bufferingPolicy: .bufferingOldest(Limits.Local.waitingEvents + first.count))
        guard !isFinished, meanwhile.count <= Limits.Local.waitingEvents else {
            continuation.finish()
            return stream
        }
        let key = arrivals
        arrivals += 1
        listeners[key] = Listener(continuation: continuation, lastEventID: lastEventID, audience: audience)
        continuation.onTermination = { _ in Task { await self.forget(key) } }
        for event in first { continuation.yield(event) }
        for event in meanwhile { tell(event, to: key) }
        return stream
    }

    /// Hands an event to every listener that does not have it yet.
    func publish(_ event: StationEvent) {
        if event.id != nil, preparing > 0, meanwhile.count <= Limits.Local.waitingEvents { meanwhile.append(event) }
        for key in listeners.keys { tell(event, to: key) }
    }

    /// Hands an event to one person alone, wherever they listen.
    func publish(_ event: StationEvent, to person: WireName) {
        for (key, listener) in listeners where listener.audience == .person(person) { tell(event, to: key) }
    }

    /// Whether an event told now reaches anybody, be it one who is still being prepared.
    var isHeard: Bool { !listeners.isEmpty || preparing > 0 }

    /// Hands the list of readers on, unless a later look was told already.
    func publish(readers: ReaderList, number: Int) {
        guard number > newestReaders else { return }
        newestReaders = number
        publish(.readers(readers))
    }

    private func tell(_ event: StationEvent, to key: Int) {
        guard let listener = listeners[key] else { return }
        if event.application != nil, !listener.audience.hearsApplications { return }
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
