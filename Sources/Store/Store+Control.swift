import GRDB
import StationCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

extension Store {
    /// What a store must never do, for the control of the kill test: it answers with everything written inside its
    /// transaction, and commits a moment later, as a write-behind cache does.
    func answeringEarly<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> (Database.TransactionCompletion, T),
        commitAfter delay: Duration
    ) async throws(Failure) -> T {
        let answer = Outcome<Result<T, Failure>>()
        queue.asyncWriteWithoutTransaction { [self] db in
            do {
                try db.inTransaction(.immediate) {
                    let (completion, value) = try body(db)
                    answer.settle(.success(value))
                    // Holds the connection's own thread, as a slow commit would; nothing is polled.
                    _ = poll(nil, 0, Int32(delay.wholeMilliseconds))
                    return completion
                }
                if let newest = state.withLock({ $0.newestEvent.take() }) { news.publish(newest) }
            } catch {
                state.withLock { $0.newestEvent = nil }
                answer.settle(.failure(StoreFault.failure(for: error)))
            }
        }
        return try await answer.value.get()
    }
}
