import GRDB
package import StationCore

extension Store {
    /// Opens the store, creating it when the file does not exist, and repairs what the last process left half-way:
    /// items of a batch that never left are saved again, items that were being sent are unknown.
    ///
    /// Throws `storeDamaged`, `storeNewer` (written by a newer release), `storeUnsafe` (the settings for durability do
    /// not hold, or another process has it open), `diskFull`, `diskWriteFailed`.
    package static func open(_ configuration: StoreConfiguration) async throws(Failure) -> Store {
        let result: Result<Store, Failure> = await onThread(configuration.turn) {
            do {
                return .success(try openNow(configuration))
            } catch {
                return .failure(StoreFault.failure(for: error))
            }
        }
        let store = try result.get()
        try await store.settleAfterRestart()
        return store
    }

    private static func openNow(_ configuration: StoreConfiguration) throws -> Store {
        if configuration.vfsName == nil { try StoreFiles.createPrivately(configuration.path) }
        var options = Configuration()
        options.label = "station.store"
        options.foreignKeysEnabled = false
        options.prepareDatabase { db in try settings.forEach { try db.execute(sql: "PRAGMA \($0)") } }
        let queue = try DatabaseQueue(path: databaseName(configuration), configuration: options)
        try queue.writeWithoutTransaction { db in
            if try isNew(db) { try shape(db) }
            try secureDurability(db, synchronous: configuration.controlSynchronous ?? "FULL")
        }
        try StoreSchema.migrator.migrate(queue)
        let last = try queue.writeWithoutTransaction { db in
            if configuration.controlSynchronous == nil { try requireDurability(db) }
            try checkAtStart(db)
            _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            return try highestSequence(db)
        }
        if configuration.vfsName == nil { try StoreFiles.extendLog(configuration.path + "-wal") }
        return Store(queue: queue, configuration: configuration, lastSequence: last)
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
        if try StoreSchema.migrator.hasBeenSuperseded(db) {
            throw Failure(.storeNewer, "the file has migrations that this release does not know")
        }
        return false
    }

    /// What has to be said before the first page is written. With its mark a creation that is cut short is ours still.
    private static func shape(_ db: Database) throws {
        try db.execute(sql: "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL")
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

    /// The small tables and the end of the audit chain; the payloads are checked when they are read.
    private static func checkAtStart(_ db: Database) throws {
        for table in ["item", "receipt", "event"] {
            let result = try String.fetchAll(db, sql: "PRAGMA quick_check('\(table)')")
            guard result == ["ok"] else { throw Failure(.storeDamaged, "quick_check of table \(table)") }
        }
        let head = try auditHead(db)
        let tail = try auditRows(db, after: max(0, head.sequence - auditTailRows), limit: Int(auditTailRows))
        for (previous, entry) in zip(tail, tail.dropFirst())
        where !entry.follows(AuditHead(sequence: previous.sequence, hash: previous.hash)) {
            throw Failure(.storeDamaged, "the audit chain breaks at row \(entry.sequence)")
        }
    }

    /// How many of the newest audit rows are verified at every start.
    private static let auditTailRows: Int64 = 64

    private static func highestSequence(_ db: Database) throws -> Int64 {
        let queries = [
            "SELECT max(sequence) FROM payload", "SELECT max(sequence) FROM item",
            "SELECT max(item_sequence) FROM audit WHERE item_sequence IS NOT NULL",
        ]
        return try queries.map { try Int64.fetchOne(db, sql: $0) ?? 0 }.max() ?? 0
    }
}
