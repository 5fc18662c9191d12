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
        /// Whether the key is known to open what was kept longest.
        var opensOldest = false
        var poison: Failure?
        var waitingSaves = 0
        var isSettled = false
        /// Counts batches, so that old, new and put off take turns at beginning one.
        var turn = 0
        var framesSinceCheckpoint = 0
        /// The newest event of the running access, until those who listen have been told.
        var newestEvent: Int64?
        var isClosed = false
        var recentSizes: [Int] = []
    }

    /// What was rebuilt or taken over at the opening; nil after an ordinary one.
    package let recovery: RecoveryReport?
    /// Whether damage that is met later is worth ending the process for, so that the next start rebuilds.
    let canRebuild: Bool
    /// The damaged files that were read at the opening. They stay open as long as the process: closing them would take
    /// away SQLite's lock on the same file (fcntl(2)).
    private let evidence: DamagedFile?

    init(
        queue: DatabaseQueue, configuration: StoreConfiguration, opening: StoreOpening, recovery: RecoveryReport?,
        canRebuild: Bool
    ) {
        self.queue = queue
        self.configuration = configuration
        self.recovery = recovery
        self.canRebuild = canRebuild
        evidence = opening.evidence
        state = Mutex(
            State(
                lastSequence: opening.lastSequence, dataKey: configuration.dataKey, recentSizes: opening.recentSizes))
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

    /// Whether what the last process left half-way has been repaired: before that nothing may be sent.
    package var isSettled: Bool { state.withLock { $0.isSettled } }

    var dataKey: StationDataKey? { state.withLock(\.dataKey) }

    /// Counts pages written to the log since the last checkpoint, roughly.
    func countFrames(_ frames: Int) { state.withLock { $0.framesSinceCheckpoint += frames } }

    /// Opens follow-up data and duplicate detection with the station data key.
    package func unlock(_ key: StationDataKey) {
        state.withLock { state in
            if state.dataKey != key { state.opensOldest = false }
            state.dataKey = key
        }
    }

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
        let path = configuration.vfsName == nil ? configuration.path : nil
        let failure: Failure? = await Self.onThread(configuration.turn) {
            do {
                // First: a mark without its log would look like a log that was cut off.
                if let path { try StoreFiles.remove(StoreFiles.openMark(path)) }
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
                    if completion == .rollback { state.withLock { $0.newestEvent = nil } }
                    return completion
                }
            } catch {
                state.withLock { $0.newestEvent = nil }
                poison(by: error)
                throw error
            }
            guard let value else { throw Failure(.internalFault, "a transaction returned nothing") }
            return value
        }
    }

    /// Poisons the store when the error leaves open what the disk holds.
    func poison(by error: any Error) {
        if canRebuild, StoreFault.isDamage(error) {
            // A hint: without it the damage is found again.
            try? StoreFiles.requestRebuild(configuration.path, .metWhileRunning)
            state.withLock { $0.poison = $0.poison ?? StoreFault.failure(for: error) }
            return
        }
        guard StoreFault.poisons(error) else { return }
        let failure = StoreFault.failure(for: error)
        state.withLock { $0.poison = $0.poison ?? failure }
    }

    /// Runs a read; nothing else runs meanwhile.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        try await perform { [self] db in
            do {
                return try body(db)
            } catch {
                if StoreFault.isDamage(error) { poison(by: error) }
                throw error
            }
        }
    }

    /// Lets go of the connection of a process that is no more: whatever it held open is out of its reach already, so that
    /// closing writes nothing. For who plays a process's end within a process.
    package func abandon() { state.withLock { $0.isClosed = true } }

    /// Runs an access on the connection's queue, whatever becomes of the calling task.
    func perform<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        if let turn = configuration.turn {
            await turn()
            return try now(body).get()
        }
        let result: Result<T, Failure> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { [self] db in
                // After the answer: whoever saves need not wait until every listener has been woken.
                defer { tellNews() }
                do {
                    continuation.resume(returning: .success(try body(db)))
                } catch {
                    continuation.resume(returning: .failure(StoreFault.failure(for: error)))
                }
            }
        }
        return try result.get()
    }

    /// Tells who listens that there are events which were not there before the access that just ended.
    private func tellNews() {
        if let newest = state.withLock({ $0.newestEvent.take() }) { news.publish(newest) }
    }

    /// Runs an access on the calling thread.
    private func now<T>(_ body: (Database) throws -> T) -> Result<T, Failure> {
        defer { tellNews() }
        do {
            return .success(try queue.writeWithoutTransaction(body))
        } catch {
            return .failure(StoreFault.failure(for: error))
        }
    }

    /// Runs an access for whose end nobody waits, behind those that wait already.
    func performLater(_ body: @escaping @Sendable (Database) -> Void) {
        if configuration.turn != nil { return _ = now(body) }
        queue.asyncWriteWithoutTransaction(body)
    }

    /// Runs blocking work on a thread of its own; after its turn on the calling one where turns are given.
    static func onThread<T: Sendable>(
        _ turn: (@Sendable () async -> Void)?, _ work: @escaping @Sendable () -> T
    ) async -> T {
        if let turn {
            await turn()
            return work()
        }
        return await onThread(work)
    }

    private static func onThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "station.store.open").async { continuation.resume(returning: work()) }
        }
    }
}
