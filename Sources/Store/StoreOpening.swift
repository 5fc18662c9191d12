import Foundation
import GRDB
package import StationCore

extension Store {
    /// Opens the store, creating it when the file does not exist, and repairs what the last process left half-way:
    /// items of a batch that never left are saved again, items that were being sent are unknown.
    ///
    /// A damaged file does not keep it from opening: a new database is built from the rows of the old one, which is set
    /// aside, and what is gone is named (`recovery`, `missing`).
    ///
    /// Throws `storeDamaged` (nothing in the file is a station's), `storeNewer` (written by a newer release),
    /// `storeUnsafe` (the settings for durability do not hold, or another process has it open), `diskFull` (no room for
    /// what an opening must write; where that is the repair alone it opens, and is not `isSettled`), `diskWriteFailed`.
    package static func open(_ configuration: StoreConfiguration) async throws(Failure) -> Store {
        let result: Result<Store, Failure> = await onThread(configuration.turn) {
            do {
                return .success(try openNow(configuration))
            } catch {
                return .failure(StoreFault.failure(for: error))
            }
        }
        let store = try result.get()
        do { try await store.settle() } catch  where error.code == .diskFull {
            // What waits can still be sent: the lane settles it as soon as there is room.
        }
        return store
    }

    /// Asks that the next opening build a new database from the rows of this file even though nothing seems damaged. The
    /// store may be open. Throws `diskFull`, `diskWriteFailed`.
    package static func requestRebuild(_ path: String) throws(Failure) {
        try StoreFiles.requestRebuild(path, .requested)
    }

    private static func openNow(_ configuration: StoreConfiguration) throws -> Store {
        var tail: DamagedFile?
        guard configuration.vfsName == nil else {
            let (queue, opening) = try StoreOpening.open(configuration, tail: &tail)
            return Store(
                queue: queue, configuration: configuration, opening: opening, recovery: nil, canRebuild: false)
        }
        try StoreRecovery.finishInterrupted(configuration.path)
        var report: RecoveryReport?
        var canRebuild = true
        switch try StoreRecovery.preflight(configuration) {
        case .sound: break
        case .tail(let file): tail = file
        case .damaged(let cause, let unreadable):
            do {
                report = try StoreRecovery.rebuild(configuration, from: nil, cause: cause, unreadable: unreadable)
            } catch {
                // No room for a second copy: what can be read is served and sent from the damaged one.
                guard [.metWhileRunning, .requested].contains(cause), StoreFault.failure(for: error).code == .diskFull
                else { throw error }
                canRebuild = false
            }
        }
        do {
            let (queue, opening) = try StoreOpening.open(configuration, tail: &tail)
            return Store(
                queue: queue, configuration: configuration, opening: opening, recovery: report ?? opening.report,
                canRebuild: canRebuild)
        } catch {
            guard report == nil, canRebuild, StoreFault.failure(for: error).code == .storeDamaged else { throw error }
            // A tail that was not taken over yet is no longer in the log that SQLite left behind.
            let report = try StoreRecovery.rebuild(configuration, from: tail, cause: .checksFailed, unreadable: 0)
            tail = nil
            let (queue, opening) = try StoreOpening.open(configuration, tail: &tail)
            return Store(
                queue: queue, configuration: configuration, opening: opening, recovery: report, canRebuild: true)
        }
    }
}

/// What opening the file by SQLite found.
struct StoreOpening {
    /// The highest sequence number that anything names.
    let lastSequence: Int64
    /// Sizes of the newest payloads, newest last.
    let recentSizes: [Int]
    /// What was taken over from the log's tail.
    let report: RecoveryReport?
    /// The files that were read for it.
    let evidence: DamagedFile?

    /// - Parameter tail: what SQLite will not read of the log; nil once it is taken over.
    static func open(
        _ configuration: StoreConfiguration, tail: inout DamagedFile?
    ) throws -> (DatabaseQueue, StoreOpening) {
        if configuration.vfsName == nil { try StoreFiles.createPrivately(configuration.path) }
        let queue = try connect(databaseName(configuration))
        do {
            try queue.writeWithoutTransaction { db in
                if try isNew(db) { try shape(db) }
                try secureDurability(db, synchronous: configuration.controlSynchronous ?? "FULL")
            }
            // Before anything else writes to the log.
            let evidence = tail
            var report: RecoveryReport?
            if let file = tail {
                try migrate(queue)
                report = try StoreRecovery.takeOver(file, queue, configuration)
                tail = nil
            }
            try migrate(queue)
            let (last, sizes) = try queue.writeWithoutTransaction { db in
                if configuration.controlSynchronous == nil { try requireDurability(db) }
                try checkAtStart(db)
                do {
                    _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
                } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                    // The log is carried over when there is room; until then it holds what it holds.
                }
                return (try highestSequence(db), try recentSizes(db))
            }
            if configuration.vfsName == nil {
                try StoreFiles.extendLog(configuration.path + "-wal")
                try StoreFiles.markOpen(configuration.path)
            }
            return (queue, StoreOpening(lastSequence: last, recentSizes: sizes, report: report, evidence: evidence))
        } catch {
            // Closing carries what holds of the log over into the file, also into a damaged one; it costs nothing.
            try? queue.close()
            throw error
        }
    }

    /// An empty store of the present schema, not in use yet.
    static func makeFresh(_ path: String) throws -> DatabaseQueue {
        try StoreFiles.createPrivately(path)
        let queue = try connect(path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try shape(db)
        }
        try StoreSchema.migrator.migrate(queue)
        return queue
    }

    private static func connect(_ name: String) throws -> DatabaseQueue {
        var options = Configuration()
        options.label = "station.store"
        options.foreignKeysEnabled = false
        options.prepareDatabase { db in try settings.forEach { try db.execute(sql: "PRAGMA \($0)") } }
        return try DatabaseQueue(path: name, configuration: options)
    }

    /// A migration that fails for another reason than the disk's says that the schema is not what its own list says.
    private static func migrate(_ queue: DatabaseQueue) throws {
        do {
            try StoreSchema.migrator.migrate(queue)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw Failure(.storeDamaged, "the schema is not what its migrations made")
        }
    }

    /// Settings before the first access. The exclusive lock keeps every other process out, and the index of the
    /// write-ahead log in this process's memory. EXTRA also syncs the directory after a rollback journal's deletion:
    /// without it a power cut could bring back the journal of the change to WAL, and with it the time before.
    private static let settings = [
        "locking_mode = EXCLUSIVE", "synchronous = EXTRA", "secure_delete = ON", "cell_size_check = ON",
        "trusted_schema = OFF", "temp_store = MEMORY", "mmap_size = 0", "cache_size = -4096",
        "wal_autocheckpoint = 0", "journal_size_limit = \(Limits.Store.walBytes)",
    ]

    private static func databaseName(_ configuration: StoreConfiguration) -> String {
        guard let vfsName = configuration.vfsName else { return configuration.path }
        return "file:\(configuration.path)?vfs=\(vfsName)"
    }

    /// Whether the file is empty; a file that is not a station's store, or a newer release's, is refused untouched.
    private static func isNew(_ db: Database) throws -> Bool {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let objects = try Int64.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if application == 0 && objects == 0 { return true }
        guard application == StoreSchema.applicationId else {
            throw Failure(.storeDamaged, "the file is not a station's store")
        }
        let migrator = StoreSchema.migrator
        guard try migrator.hasBeenSuperseded(db) else { return false }
        // A newer release has all that we have, and more; else a name is damaged.
        guard try migrator.hasCompletedMigrations(db) else {
            throw Failure(.storeDamaged, "the list of migrations is not a release's")
        }
        throw Failure(.storeNewer, "the file has migrations that this release does not know")
    }

    /// What has to be said before the first page is written. With its mark a creation that is cut short is ours still.
    private static func shape(_ db: Database) throws {
        try db.execute(sql: "PRAGMA page_size = \(StoreSchema.pageBytes); PRAGMA auto_vacuum = INCREMENTAL")
        try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationId)")
    }

    private static func secureDurability(_ db: Database, synchronous: String) throws {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = \(synchronous)")
    }

    /// What law 1 stands on, read back from the connection that writes.
    static func requireDurability(_ db: Database) throws {
        let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        let synchronous = try Int64.fetchOne(db, sql: "PRAGMA synchronous")
        let locking = try String.fetchOne(db, sql: "PRAGMA locking_mode")
        let secureDelete = try Int64.fetchOne(db, sql: "PRAGMA secure_delete")
        guard journal == "wal", synchronous == 2, locking == "exclusive", secureDelete == 1 else {
            throw Failure(
                .storeUnsafe,
                "journal_mode \(journal ?? "?"), synchronous \(synchronous ?? -1), locking_mode \(locking ?? "?"), "
                    + "secure_delete \(secureDelete ?? -1)")
        }
    }

    /// The small tables and the end of the audit chain; everything else is checked in slices while the daemon serves,
    /// and the payloads when they are read.
    private static func checkAtStart(_ db: Database) throws {
        // One changed letter may leave a schema that SQLite takes, with a column by another name: every row would then
        // look damaged.
        guard try StoreSchema.text(db) == StoreSchema.current() else {
            throw Failure(.storeDamaged, "the schema is not the one that the migrations make")
        }
        for table in [
            "item", "receipt", "event", "decision", "forwarded", "missing", "operator", "shift", "shift_person",
            "taken", "missing_acknowledged", "issue", "upstream_wait",
        ] {
            let result = try String.fetchAll(db, sql: "PRAGMA quick_check('\(table)')")
            guard result == ["ok"] else { throw Failure(.storeDamaged, "quick_check of table \(table)") }
        }
        let head = try Store.auditHead(db)
        let first = max(0, head.sequence - auditTailRows)
        var walk = AuditWalk(after: first == 0 ? .empty : nil)
        for row in try Store.auditRows(db, after: first, limit: Int(auditTailRows)) { walk.step(row) }
        if let broken = walk.unnamed {
            throw Failure(.storeDamaged, "the audit chain breaks at row \(broken)")
        }
    }

    /// How many of the newest audit rows are verified at every start.
    private static let auditTailRows: Int64 = 64

    /// The highest number that anything names.
    static func highestSequence(_ db: Database) throws -> Int64 {
        let queries = [
            "SELECT max(sequence) FROM payload", "SELECT max(sequence) FROM item", "SELECT max(last) FROM missing",
            "SELECT max(item_sequence) FROM audit WHERE item_sequence IS NOT NULL",
        ]
        return try queries.map { try Int64.fetchOne(db, sql: $0) ?? 0 }.max() ?? 0
    }

    private static func recentSizes(_ db: Database) throws -> [Int] {
        let query = "SELECT size FROM item ORDER BY sequence DESC LIMIT \(Limits.Store.recentApplications)"
        return try Int.fetchAll(db, sql: query).reversed()
    }
}
