import Dispatch
import GRDB
package import StationCore
import Synchronization

/// The station's store: spool, audit and what belongs to them, in one SQLite file behind exactly one connection.
///
/// Every method that changes something returns after the commit's fsync, or throws. Accesses run on the connection's
/// own serial queue, never on the cooperative pool, and cannot be cancelled half-way. After a failed write or fsync the
/// store is *poisoned*: it refuses every further change with `diskWriteFailed`, and the process has to end.
package final class Store: Sendable {
    let queue: DatabaseQueue
    let configuration: StoreConfiguration
    let state: Mutex<State>
    let news = EventNews()

    struct State {
        var lastSequence: Int64 = 0
        var dataKey: StationDataKey?
        var poison: Failure?
        var waitingSaves = 0
        var framesSinceCheckpoint = 0
        var uncommittedEvent: Int64?
        var isClosed = false
    }

    init(queue: DatabaseQueue, configuration: StoreConfiguration, lastSequence: Int64) {
        self.queue = queue
        self.configuration = configuration
        state = Mutex(State(lastSequence: lastSequence, dataKey: configuration.dataKey))
    }

    deinit {
        guard state.withLock({ $0.poison != nil && !$0.isClosed }) else { return }
        // Closing would checkpoint, and so write and sync again through a disk that failed to. The process ends anyway.
        _ = Unmanaged.passRetained(queue)
    }

    /// Why the store refuses changes; nil while it takes them. The daemon ends with an error when this is set.
    package var poison: Failure? { state.withLock(\.poison) }

    /// Wall time of the clock that stamps the rows.
    package var now: Timestamp { configuration.clock.now }

    /// Whether follow-up data and duplicates are out of reach because the station data key is absent.
    package var isLocked: Bool { state.withLock { $0.dataKey == nil } }

    var dataKey: StationDataKey? { state.withLock(\.dataKey) }

    /// Counts pages written to the log since the last checkpoint, roughly.
    func countFrames(_ frames: Int) { state.withLock { $0.framesSinceCheckpoint += frames } }

    /// Opens follow-up data and duplicate detection with the station data key.
    package func unlock(_ key: StationDataKey) { state.withLock { $0.dataKey = key } }

    /// Forgets the station data key.
    package func lock() { state.withLock { $0.dataKey = nil } }

    /// A sequence number for a new item: rising, never given out twice by one process, and never one that a saved item,
    /// a tombstone or an audit row of an earlier process has. Numbers whose save failed leave gaps.
    package func reserveSequence() throws(Failure) -> Int64 {
        let next = state.withLock { state in
            state.lastSequence += 1
            return state.lastSequence
        }
        guard next <= Limits.Store.sequence else { throw Failure(.internalFault, "sequence numbers are used up") }
        return next
    }

    /// Closes the connection after the accesses that wait; the log is carried into the database.
    ///
    /// A poisoned store stays open until the process ends, because closing would write again.
    package func close() async throws(Failure) {
        guard poison == nil else { return }
        let queue = self.queue
        let failure: Failure? = await Self.onThread {
            do {
                try queue.close()
                return nil
            } catch {
                return StoreFault.failure(for: error)
            }
        }
        if let failure { throw failure }
        state.withLock { $0.isClosed = true }
        news.finish()
    }

    /// Runs a transaction that changes something; returns after its commit.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        try await transact { db in (.commit, try body(db)) }
    }

    /// Runs a transaction that says itself whether it is committed; returns after its end.
    func transact<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> (Database.TransactionCompletion, T)
    ) async throws(Failure) -> T {
        try await perform { [self] db in
            if let poison { throw poison }
            var value: T?
            do {
                try db.inTransaction(.immediate) {
                    let (completion, result) = try body(db)
                    value = result
                    return completion
                }
            } catch {
                state.withLock { $0.uncommittedEvent = nil }
                poison(by: error)
                throw error
            }
            if let newest = state.withLock({ $0.uncommittedEvent.take() }) { news.publish(newest) }
            guard let value else { throw Failure(.internalFault, "a transaction returned nothing") }
            return value
        }
    }

    /// Poisons the store when the error leaves open what the disk holds.
    func poison(by error: any Error) {
        guard StoreFault.poisons(error) else { return }
        let failure = StoreFault.failure(for: error)
        state.withLock { $0.poison = $0.poison ?? failure }
    }

    /// Runs a read; nothing else runs meanwhile.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        try await perform(body)
    }

    /// Runs an access on the connection's queue, whatever becomes of the calling task.
    func perform<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        let result: Result<T, Failure> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                do {
                    continuation.resume(returning: .success(try body(db)))
                } catch {
                    continuation.resume(returning: .failure(StoreFault.failure(for: error)))
                }
            }
        }
        return try result.get()
    }

    /// Runs blocking work on a thread of its own.
    static func onThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "station.store.open").async { continuation.resume(returning: work()) }
        }
    }
}
