import Foundation
import GRDB
import StationCore
import Synchronization
import Uplink

/// What upstream holds: one SQLite file, one writing connection, every commit synced before anything is answered.
final class UpstreamStore: Sendable {
    private let queue: DatabaseQueue
    /// Set by the first failed commit: what the disk then holds is unknown, so nothing more is acknowledged.
    private let isBroken = Mutex(false)

    /// Opens for writing and asserts what durability rests on. Throws `storeUnsafe`, `storeNewer`, `diskWriteFailed`.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "upstream"
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
                let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
                guard mode == "wal", synchronous == 2 else {
                    throw Failure(.storeUnsafe, "journal_mode \(mode ?? "-"), synchronous \(synchronous ?? -1)")
                }
                try UpstreamSchema.migrate(database)
            }
        } catch let error as DatabaseError {
            throw Failure(.diskWriteFailed, "\(path): \(error.extendedResultCode)")
        }
    }

    /// Opens for reading beside a running server: it neither writes nor checkpoints. Throws `storeDamaged`.
    init(readingFrom path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "upstream-reader"
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try UpstreamSchema.check($0) }
        } catch let error as DatabaseError {
            throw Failure(.storeDamaged, "\(path): \(error.extendedResultCode)")
        }
    }

    /// Digests of those of the items that are held.
    func digests(of items: [ItemID]) async throws -> [ItemID: ContentDigest] {
        try await queue.read { database in
            var found: [ItemID: ContentDigest] = [:]
            for item in items {
                guard
                    let text = try String.fetchOne(
                        database,
                        sql: "SELECT sha256 FROM item WHERE item_id = ?",
                        arguments: [item.text]
                    )
                else { continue }
                guard let digest = ContentDigest(text) else { throw Failure(.storeDamaged, item.text) }
                found[item] = digest
            }
            return found
        }
    }

    /// Stores what is new and says for each item what stands, in one transaction that is on disk when this returns.
    func commit(_ arrivals: [Arrival], audit: AuditSighting, issue: @escaping @Sendable (Arrival) throws -> Receipt)
        async throws -> [Settlement]
    {
        guard !isBroken.withLock({ $0 }) else { throw Failure(.diskWriteFailed, "an earlier commit failed") }
        do {
            return try await queue.write { database in
                try AuditHeads.record(audit, in: database)
                return try arrivals.map { try Self.settle($0, audit: audit, issue: issue, in: database) }
            }
        } catch let error as DatabaseError {
            isBroken.withLock { $0 = true }
            throw error
        }
    }

    private static func settle(
        _ arrival: Arrival,
        audit: AuditSighting,
        issue: (Arrival) throws -> Receipt,
        in database: Database
    ) throws -> Settlement {
        let item = arrival.item
        if let held = try StoredItem.fetch(item.itemId, in: database) {
            guard held.sha256 == item.sha256 else { return .conflict(item.itemId, held: held.sha256) }
            try recordDelivery(of: item.itemId, audit: audit, in: database)
            return .duplicate(item.itemId, held.receipt)
        }
        guard let opened = arrival.opened else { throw Failure(.internalFault, "a new item was not opened") }
        let receipt = try issue(arrival)
        try StoredItem.insert(item, opened: opened, sealed: arrival.sealed, receipt: receipt, in: database)
        try recordDelivery(of: item.itemId, audit: audit, in: database)
        return .accepted(item.itemId, receipt)
    }

    private static func recordDelivery(of item: ItemID, audit: AuditSighting, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO delivery (item_id, sender_id, first_at, times) VALUES (?, ?, ?, 1)
                ON CONFLICT (item_id, sender_id) DO UPDATE SET times = times + 1
                """,
            arguments: [item.text, audit.senderId.text, audit.at.text]
        )
    }

    /// Receipts of those of the items that are held and that the station captured or delivered.
    func receipts(of items: [ItemID], visibleTo station: StationID) async throws -> [Receipt] {
        try await queue.read { database in
            try items.compactMap { item in
                try String.fetchOne(
                    database,
                    sql: """
                        SELECT receipt FROM item WHERE item_id = :item AND (station_id = :station OR EXISTS
                          (SELECT 1 FROM delivery WHERE delivery.item_id = item.item_id AND sender_id = :station))
                        """,
                    arguments: ["item": item.text, "station": station.text]
                )
            }.map(StoredItem.receipt)
        }
    }

    /// Notes refused items, for people: upstream judges each resending anew.
    func note(_ rejections: [Rejection]) async throws {
        guard !rejections.isEmpty else { return }
        try await queue.write { database in
            for rejection in rejections {
                try database.execute(
                    sql: """
                        INSERT INTO rejection (item_id, sha256, station_id, sender_id, problem, at, times, receipt)
                        VALUES (?, ?, ?, ?, ?, ?, 1, ?)
                        ON CONFLICT (item_id, sha256, problem)
                        DO UPDATE SET times = times + 1, at = excluded.at, receipt = excluded.receipt
                        """,
                    arguments: [
                        rejection.itemId.text, rejection.sha256.text, rejection.stationId.text,
                        rejection.senderId.text, rejection.problem, rejection.at.text,
                        try rejection.receipt.map { String(decoding: try StrictJSON.encode($0), as: UTF8.self) },
                    ]
                )
            }
        }
    }

    /// Everything held, oldest first.
    func list() throws -> [StoredItem] { try queue.read { try StoredItem.all(in: $0) } }

    /// Everything refused, oldest first.
    func rejections() throws -> [Rejection] { try queue.read { try Rejection.all(in: $0) } }

    /// One item with its sealed bytes; nil when it is not held.
    func item(_ itemId: ItemID) throws -> (StoredItem, [UInt8])? {
        try queue.read { database in
            guard let item = try StoredItem.fetch(itemId, in: database),
                let bytes = try Data.fetchOne(
                    database,
                    sql: "SELECT bytes FROM sealed WHERE item_id = ?",
                    arguments: [itemId.text]
                )
            else { return nil }
            return (item, Array(bytes))
        }
    }

    /// Heads of audit chains that contradict what was seen before.
    func auditAlarms() throws -> [AuditAlarm] { try queue.read { try AuditHeads.alarms(in: $0) } }

    /// Ends the connection; nothing can be used afterwards.
    func close() throws { try queue.close() }
}
