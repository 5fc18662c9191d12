import Crypto
import GRDB
package import StationCore

/// What became of the items of a foreign batch.
package struct ForwardingCount: Hashable, Sendable {
    /// New here: kept, and sent by the lane.
    package var taken = 0
    /// Already here, captured or forwarded, with the same bytes.
    package var known = 0
    /// Here under the same id with other bytes. The first stands, unless upstream found that it was never the station's.
    package var conflicting = 0

    /// Nothing yet.
    package init() {}
}

/// A receipt that is to go back to the station that captured the item.
package struct ReturnableReceipt: Hashable, Sendable {
    /// The local key of the forwarded item: negative.
    package let key: Int64
    /// The receipt as JSON.
    package let json: [UInt8]
}

/// An item as far as a receipt is held against it.
package struct KnownItem: Hashable, Sendable {
    /// The station that captured it.
    package let stationId: StationID
    /// SHA-256 of its sealed payload.
    package let sha256: [UInt8]
    /// Its state.
    package let state: ItemState
}

/// Items of other stations, from a stick. Their local key is a negative number, so that no listing, count or sequence of
/// this station's own applications can contain one; the capturing station's number stands in table `forwarded`. They
/// have left their station: it keeps its own copy until a receipt reaches it.
extension Store {
    /// Keeps items of a verified foreign bundle; returns after the commit. Idempotent by item id.
    package func takeForwarded(
        _ items: [SealedItem], from bundle: RequestID, actor: WireName
    ) async throws(Failure) -> ForwardingCount {
        let count = try await write { [self] db in
            let moment = Moment(configuration.clock)
            var count = ForwardingCount()
            var key = try Self.lowestKey(db)
            for item in items {
                if let held = try ItemRow.find(item.metadata.itemId, db) {
                    // A row that cannot be read vouches for nothing, and is not replaced by foreign bytes either.
                    if (try? Self.payloadDigest(of: held, db).get()) == item.sha256 {
                        count.known += 1
                        continue
                    }
                    guard Self.isDisproved(held) else {
                        count.conflicting += 1
                        continue
                    }
                    try drop(held, actor: actor, at: moment, db)
                }
                key -= 1
                try keep(item, as: key, from: bundle, actor: actor, at: moment, db)
                count.taken += 1
            }
            return count
        }
        checkpointSoon()
        return count
    }

    private func keep(
        _ item: SealedItem, as key: Int64, from bundle: RequestID, actor: WireName, at moment: Moment, _ db: Database
    ) throws {
        guard (1...Limits.Uplink.itemBytes).contains(item.sealed.count),
            Array(SHA256.hash(data: item.sealed)) == item.sha256
        else { throw Failure(.internalFault, "a foreign item was not verified") }
        let metadata = item.metadata
        try Self.insertPayload(item, key: key, db)
        try db.run(
            "INSERT INTO forwarded VALUES (?, ?, ?, 0)", [key, metadata.stationId.text, metadata.sequence])
        var row = ItemRow(saving: metadata, key: key, size: item.sealed.count, at: moment)
        row.wasSent = true
        try row.insert(db)
        let note = AuditNote(
            actor: actor, action: Self.forwardedAction, object: WireName(metadata.itemId), itemSequence: key,
            detail: WireName(bundle.text))
        try Self.appendAudit(note, at: moment, db)
        try addEvent(kind: row.eventKind, item: metadata.itemId, json: row.eventJSON, db)
        countFrames(item.sealed.count / 4_096 + 2 * Self.framesPerTransition)
    }

    /// Whether upstream said of a forwarded item that its bytes are not what its station sealed and signed: whoever forged
    /// them must not keep the genuine ones from being passed on.
    private static func isDisproved(_ row: ItemRow) -> Bool {
        row.isForwarded && [.rejected, .closed, .purged].contains(row.state)
            && disproofs.contains(row.problem?.text ?? "")
    }

    private static let disproofs: Set<String> = [
        "part-digest-mismatch", "signature-invalid", "unknown-key", "unsealing-failed",
    ]

    /// Makes room for other bytes under the same id; the audit tells of both.
    private func drop(_ row: ItemRow, actor: WireName, at moment: Moment, _ db: Database) throws {
        for table in ["item", "payload", "forwarded", "receipt", "decision"] {
            try db.run("DELETE FROM \(table) WHERE sequence = ?", [row.sequence])
        }
        let note = AuditNote(
            actor: actor, action: Self.displacedAction, object: WireName(row.itemId), itemSequence: row.sequence,
            detail: row.problem)
        try Self.appendAudit(note, at: moment, db)
    }

    private static let displacedAction: WireName = .constant("item.displaced")

    /// Receipts of forwarded items, for the station that captured them or for all; those already returned only `again`.
    /// A page; the next starts below the last key.
    package func receiptsToReturn(
        to station: StationID?, again: Bool, below key: Int64, limit: Int
    ) async throws(Failure) -> [ReturnableReceipt] {
        try await read { db in
            let query = """
                SELECT f.sequence AS sequence, r.json AS json FROM forwarded f JOIN receipt r USING (sequence)
                WHERE f.sequence < :key AND (:again OR f.returned = 0) AND (:station IS NULL OR f.station_id = :station)
                ORDER BY f.sequence DESC LIMIT :limit
                """
            return try db.rows(query, ["key": key, "again": again, "station": station?.text, "limit": limit]).map {
                ReturnableReceipt(key: try $0.integer("sequence"), json: try $0.bytes("json"))
            }
        }
    }

    /// Notes that receipts were written to a verified bundle. A later receipt of the same item is to be returned again.
    package func markReturned(_ receipts: [ReturnableReceipt]) async throws(Failure) {
        try await write { db in
            for receipt in receipts {
                try db.run(
                    """
                    UPDATE forwarded SET returned = 1 WHERE sequence = ?
                        AND EXISTS (SELECT 1 FROM receipt r WHERE r.sequence = forwarded.sequence AND r.json = ?)
                    """,
                    [receipt.key, blob(receipt.json)])
            }
        }
    }

    /// What receipts may be held against: those of the items that are here and whose rows can be read.
    package func knownItems(_ ids: [ItemID]) async throws(Failure) -> [ItemID: KnownItem] {
        try await read { db in
            let query = """
                SELECT i.state AS state, p.station_id AS station_id, p.sha256 AS sha256
                FROM item i JOIN payload p USING (sequence) WHERE i.item_id = ?
                """
            var known: [ItemID: KnownItem] = [:]
            for id in ids {
                guard let row = try? db.row(query, [blob(id.bytes)]) else { continue }
                known[id] = try? KnownItem(
                    stationId: row.value("station_id", StationID.init), sha256: row.bytes("sha256"),
                    state: row.value("state", ItemState.init(rawValue:)))
            }
            return known
        }
    }

    /// The capturing station and its sequence number of a forwarded item.
    static func origin(_ key: Int64, _ db: Database) throws -> (stationId: StationID, sequence: Int64) {
        guard let row = try db.row("SELECT * FROM forwarded WHERE sequence = ?", [key]) else {
            throw Failure(.storeDamaged, "the origin of forwarded item \(key) is missing")
        }
        return (try row.value("station_id", StationID.init), try row.integer("origin_sequence"))
    }

    private static func lowestKey(_ db: Database) throws -> Int64 {
        // The audit remembers the keys of those that made room.
        let queries =
            ["forwarded", "payload", "item"].map { "SELECT min(sequence) AS lowest FROM \($0)" }
            + ["SELECT min(item_sequence) AS lowest FROM audit WHERE item_sequence IS NOT NULL"]
        return try queries.map { try db.row($0)?.decode(Int64?.self, forColumn: "lowest") ?? 0 }.reduce(0, min)
    }

    private static let forwardedAction: WireName = .constant("item.forwarded")
}

extension ItemRow {
    /// An application of this station: nobody here decides about another's.
    static func findOwn(_ id: ItemID, _ db: Database) throws -> ItemRow? {
        guard let row = try find(id, db), !row.isForwarded else { return nil }
        return row
    }

    /// Whether another station captured it.
    var isForwarded: Bool { sequence < 0 }

    /// Under which kind its events are told: clients of the event stream see this station's own applications only.
    var eventKind: WireName { isForwarded ? Self.forwardedKind : Store.itemEvent }

    private static let forwardedKind: WireName = .constant("forwarded")
}
