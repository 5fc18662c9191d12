import Foundation
import GRDB
import StationCore

/// What SQLite itself costs: blob, state and audit row in one durable transaction, without indexes, identity, idempotency,
/// events or follow-up.
struct PlainSQLite {
    private let queue: DatabaseQueue

    init(path: String) throws {
        var options = Configuration()
        options.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    """)
        }
        queue = try DatabaseQueue(path: path, configuration: options)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE payload (sequence INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
                    CREATE TABLE item (sequence INTEGER PRIMARY KEY, state TEXT NOT NULL);
                    CREATE TABLE audit (sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash BLOB NOT NULL);
                    """)
        }
    }

    func save(_ sequence: Int64, _ sealed: [UInt8], hash: [UInt8]) throws {
        try queue.write { db in
            for (sql, arguments) in [
                ("INSERT INTO payload VALUES (?, ?)", [sequence, Data(sealed)]),
                ("INSERT INTO item VALUES (?, ?)", [sequence, "saved"]),
                ("INSERT INTO audit VALUES (?, ?, ?)", [sequence, sequence, Data(hash)]),
            ] as [(String, StatementArguments)] {
                try db.cachedStatement(sql: sql).execute(arguments: arguments)
            }
        }
    }

    func close() throws { try queue.close() }
}
