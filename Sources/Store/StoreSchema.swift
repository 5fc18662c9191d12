import GRDB
import StationCore

/// The schema as an append-only list of named migrations: a released one is never changed.
enum StoreSchema {
    /// "IST1" in SQLite's header: this file is a station's store.
    static let applicationId: Int64 = 0x4953_5431
    /// Bytes of a page.
    static let pageBytes = 4_096

    /// Migrations in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("1-spool", foreignKeyChecks: .immediate) { db in try db.execute(sql: spool) }
        migrator.registerMigration("2-decisions", foreignKeyChecks: .immediate) { db in try db.execute(sql: decisions) }
        migrator.registerMigration("2-stick", foreignKeyChecks: .immediate) { db in try db.execute(sql: stick) }
        migrator.registerMigration("2-schedule", foreignKeyChecks: .immediate) { db in try db.execute(sql: schedule) }
        migrator.registerMigration("2-missing", foreignKeyChecks: .immediate) { db in try db.execute(sql: missing) }
        migrator.registerMigration("3-people", foreignKeyChecks: .immediate) { db in try db.execute(sql: people) }
        migrator.registerMigration("3-missing", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: missingAcknowledged)
        }
        migrator.registerMigration("3-purge", foreignKeyChecks: .immediate) { db in try db.execute(sql: purge) }
        migrator.registerMigration("3-issues", foreignKeyChecks: .immediate) { db in try db.execute(sql: issues) }
        migrator.registerMigration("3-upstream-wait", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: upstreamWait)
        }
        // Nothing but a mark: from here on an answer may be kept as its remarks alone, which an earlier release would give
        // out as they are.
        migrator.registerMigration("4-answers", foreignKeyChecks: .immediate) { _ in }
        return migrator
    }

    /// What SQLite knows of every table and index, in an order of its own.
    static func text(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql:
                "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"
        )
    }

    /// The same of a database that the migrations have just made.
    static func current() throws -> [String] {
        let fresh = try DatabaseQueue()
        try migrator.migrate(fresh)
        return try fresh.read(text)
    }

    /// Until when upstream wants nothing of this station (Retry-After), on the boot-time clock; at most one row.
    private static let upstreamWait = """
        CREATE TABLE upstream_wait (
            id INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL,
            until INTEGER NOT NULL
        );
        """

    /// Problems that the point reports upward; nothing personal.
    private static let issues = """
        CREATE TABLE issue (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            clock_quality TEXT NOT NULL,
            person TEXT NOT NULL,
            category TEXT NOT NULL,
            item_id BLOB,
            since INTEGER NOT NULL,
            text TEXT NOT NULL
        );
        """

    /// Operators with what their secrets open, intake sessions, and who took which application in where. `taken` has rows
    /// of this station's own applications only.
    private static let people = """
        CREATE TABLE operator (
            id TEXT PRIMARY KEY,
            role TEXT NOT NULL,
            salt BLOB NOT NULL,
            rounds_log2 INTEGER NOT NULL,
            verifier BLOB NOT NULL,
            wrapped_key BLOB,
            must_change INTEGER NOT NULL,
            is_suspended INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            locked_epoch INTEGER NOT NULL,
            locked_until INTEGER NOT NULL,
            changed_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE shift (
            sequence INTEGER PRIMARY KEY,
            shift_id TEXT NOT NULL UNIQUE,
            team TEXT NOT NULL,
            point TEXT NOT NULL,
            kind TEXT NOT NULL,
            responsible TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            opened_quality TEXT NOT NULL,
            opened_by TEXT NOT NULL,
            first_item INTEGER NOT NULL,
            closed_at INTEGER,
            closed_by TEXT,
            last_item INTEGER
        );
        CREATE UNIQUE INDEX shift_open ON shift (closed_at IS NULL) WHERE closed_at IS NULL;
        CREATE TABLE shift_person (
            shift INTEGER NOT NULL,
            person TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (shift, person)
        ) WITHOUT ROWID;
        CREATE TABLE taken (
            sequence INTEGER PRIMARY KEY,
            shift INTEGER NOT NULL,
            person TEXT NOT NULL
        );
        """

    /// What the station may have acknowledged and cannot vouch for: sequence numbers from `first` to `last`.
    private static let missing = """
        CREATE TABLE missing (
            first INTEGER PRIMARY KEY,
            last INTEGER NOT NULL,
            reason TEXT NOT NULL,
            found_at INTEGER NOT NULL
        );
        """

    /// What may be purged one day, by age: the purge's cost must not grow with the spool.
    private static let purge = """
        CREATE INDEX item_settled ON item (since) WHERE state IN ('accepted', 'cancelled', 'closed');
        """

    /// Who has taken note of what is missing: it stays named, and the status no longer speaks of it.
    private static let missingAcknowledged = """
        CREATE TABLE missing_acknowledged (
            first INTEGER PRIMARY KEY,
            last INTEGER NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL
        );
        """

    /// Items that wait for a time, by lane and time: the scheduler's cost must not grow with the spool.
    private static let schedule = """
        CREATE INDEX item_due ON item (state, lane, due_at) WHERE due_at IS NOT NULL;
        """

    /// Where items come from that other stations captured. Their key in every table is the negative number here.
    private static let stick = """
        CREATE TABLE forwarded (
            sequence INTEGER PRIMARY KEY,
            station_id TEXT NOT NULL,
            origin_sequence INTEGER NOT NULL,
            returned INTEGER NOT NULL
        );
        CREATE INDEX forwarded_due ON forwarded (sequence) WHERE returned = 0;
        CREATE INDEX item_exported ON item (sequence) WHERE state = 'exported';
        """

    /// What upstream decided, by its own words, and where its lists are to be followed on.
    private static let decisions = """
        CREATE TABLE decision (
            sequence INTEGER PRIMARY KEY,
            label TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE INDEX decision_label ON decision (label);
        CREATE TABLE list_cursor (
            list TEXT PRIMARY KEY,
            cursor TEXT,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    /// The payload row comes first in every sense: it holds all that seal and signature bind, so that an item's state
    /// can be rebuilt from it; the payload itself is its last column, so that damage to it leaves the rest readable. A
    /// purged payload leaves its row as the tombstone. There are no foreign keys: damage in one table stays there.
    private static let spool = """
        CREATE TABLE payload (
            sequence INTEGER PRIMARY KEY,
            item_id BLOB NOT NULL,
            station_id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            supersedes BLOB,
            key_id TEXT NOT NULL,
            suite TEXT NOT NULL,
            captured_at INTEGER NOT NULL,
            clock_quality TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            signing_key_id TEXT NOT NULL,
            signature BLOB NOT NULL,
            sealed BLOB
        );
        CREATE TABLE item (
            sequence INTEGER PRIMARY KEY,
            item_id BLOB NOT NULL UNIQUE,
            state TEXT NOT NULL,
            lane INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            supersedes BLOB,
            captured_at INTEGER NOT NULL,
            size INTEGER NOT NULL,
            since INTEGER NOT NULL,
            since_quality TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            was_sent INTEGER NOT NULL,
            due_epoch INTEGER,
            due_at INTEGER,
            problem TEXT
        );
        CREATE INDEX item_state ON item (state, lane, sequence);
        CREATE INDEX item_supersedes ON item (supersedes) WHERE supersedes IS NOT NULL;
        CREATE TABLE receipt (
            sequence INTEGER PRIMARY KEY,
            receipt_id TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            json BLOB NOT NULL
        );
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            clock_quality TEXT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT,
            item_sequence INTEGER,
            detail TEXT,
            hash BLOB NOT NULL
        );
        CREATE INDEX audit_item ON audit (item_sequence) WHERE item_sequence IS NOT NULL;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            item_id BLOB,
            json BLOB NOT NULL
        );
        CREATE TABLE idempotency (
            key_hash BLOB PRIMARY KEY,
            digest BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            answer BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE follow_up (
            sequence INTEGER PRIMARY KEY,
            number_hash BLOB NOT NULL,
            phone_hash BLOB NOT NULL,
            day INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            sealed BLOB NOT NULL
        );
        CREATE INDEX follow_up_number ON follow_up (number_hash, day);
        CREATE INDEX follow_up_phone ON follow_up (phone_hash);
        """
}
