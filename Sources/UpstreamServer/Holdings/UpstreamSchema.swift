import GRDB
import StationCore

/// The tables, and which version of them a file has.
enum UpstreamSchema {
    /// The version that this program writes.
    static let version = 2

    /// Brings a file to this version. Throws `storeNewer` when a later program wrote it.
    static func migrate(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else { throw Failure(.storeNewer, "version \(found)") }
        guard found < version else { return }
        try database.inTransaction {
            if found == 0 { try database.execute(sql: tables) }
            try database.execute(sql: rejectionReceipts)
            return .commit
        }
    }

    /// Throws `storeNewer` or `storeDamaged` unless the file has a version that this program can read.
    static func check(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else { throw Failure(.storeNewer, "version \(found)") }
        guard found >= 1 else { throw Failure(.storeDamaged, "version \(found)") }
    }

    /// What goes back by stick: the word on refused items too.
    private static let rejectionReceipts = """
        ALTER TABLE rejection ADD COLUMN receipt TEXT;
        PRAGMA user_version = 2;
        """

    private static let tables = """
        CREATE TABLE item (
          item_id TEXT NOT NULL PRIMARY KEY, station_id TEXT NOT NULL, sequence INTEGER NOT NULL,
          revision INTEGER NOT NULL, supersedes TEXT, key_id TEXT NOT NULL, captured_at TEXT NOT NULL,
          size INTEGER NOT NULL, sha256 TEXT NOT NULL, signing_key_id TEXT NOT NULL, signature TEXT NOT NULL,
          kind TEXT NOT NULL, masked_number TEXT, findings TEXT NOT NULL, received_at TEXT NOT NULL,
          receipt TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_by_station ON item (station_id, sequence);
        CREATE INDEX item_by_arrival ON item (received_at);
        CREATE TABLE sealed (item_id TEXT NOT NULL PRIMARY KEY REFERENCES item, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE delivery (
          item_id TEXT NOT NULL REFERENCES item, sender_id TEXT NOT NULL, first_at TEXT NOT NULL,
          times INTEGER NOT NULL, PRIMARY KEY (item_id, sender_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE rejection (
          item_id TEXT NOT NULL, sha256 TEXT NOT NULL, station_id TEXT NOT NULL, sender_id TEXT NOT NULL,
          problem TEXT NOT NULL, at TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (item_id, sha256, problem)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audit_head (
          station_id TEXT NOT NULL, sequence INTEGER NOT NULL, head TEXT NOT NULL, first_at TEXT NOT NULL,
          alarm TEXT, PRIMARY KEY (station_id, sequence, head)
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 1;
        """
}
