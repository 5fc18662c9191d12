import GRDB
package import StationCore
import Synchronization

extension Store {
    /// Carries the write-ahead log into the database when it has grown and no save waits; returns whether it did. A log
    /// at its limit is carried over even though saves wait, so that it stays bounded.
    @discardableResult
    package func checkpointIfQuiet() async throws(Failure) -> Bool {
        try await perform { [self] db in try checkpoint(db, minimum: 1) }
    }

    /// After an acknowledged change: queues a checkpoint behind it when the log has grown. Nobody waits for it.
    func checkpointSoon() {
        guard state.withLock({ $0.framesSinceCheckpoint }) >= Limits.Store.checkpointPages else { return }
        performLater { [self] db in
            // A failure poisons the store, and so reaches the next change and the daemon's health.
            _ = try? checkpoint(db, minimum: Limits.Store.checkpointPages)
        }
    }

    private func checkpoint(_ db: Database, minimum: Int) throws -> Bool {
        let (frames, waiting, poison) = state.withLock { ($0.framesSinceCheckpoint, $0.waitingSaves, $0.poison) }
        if let poison { throw poison }
        let isFull = frames * 4_096 >= Limits.Store.walBytes
        guard frames >= minimum, waiting == 0 || isFull else { return false }
        do {
            _ = try db.row("PRAGMA wal_checkpoint(PASSIVE)")
        } catch {
            self.poison(by: error)
            throw error
        }
        state.withLock { $0.framesSinceCheckpoint = 0 }
        return true
    }
}
