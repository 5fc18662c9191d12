import GRDB
package import StationCore
import Synchronization

extension Store {
    /// Events after `sequence` in order, at most `limit` and at most a page.
    package func events(after sequence: Int64, limit: Int = Limits.Store.pageRows) async throws(Failure) -> EventPage {
        try await read { db in
            let rows = try db.rows(
                "SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
                [sequence, min(limit, Limits.Store.pageRows)])
            let bounds = try db.row(
                "SELECT (SELECT min(sequence) FROM event) AS oldest, (SELECT max(sequence) FROM event) AS newest")
            return EventPage(
                events: try rows.map(Self.event), oldest: try bounds?.decode(Int64?.self, forColumn: "oldest") ?? 0,
                newest: try bounds?.decode(Int64?.self, forColumn: "newest") ?? 0)
        }
    }

    /// Appends an event that concerns no item, such as a reader's or a card's; nothing personal. Returns its number
    /// after the commit.
    @discardableResult
    package func appendEvent(kind: WireName, json: [UInt8]) async throws(Failure) -> Int64 {
        try await write { [self] db in try addEvent(kind: kind, item: nil, json: json, db) }
    }

    /// The newest event's number each time that one was committed; a slow listener misses numbers, never events.
    package func eventNews() -> AsyncStream<Int64> { news.stream() }

    /// Adds an event to the running transaction and drops what is over the limit.
    @discardableResult
    func addEvent(kind: WireName, item: ItemID?, json: [UInt8], _ db: Database) throws -> Int64 {
        let sequence = try Self.newestEvent(db) + 1
        try db.run(
            "INSERT INTO event VALUES (?, ?, ?, ?)", [sequence, kind.text, item.map { blob($0.bytes) }, blob(json)])
        try db.run("DELETE FROM event WHERE sequence <= ?", [sequence - Int64(Limits.Local.keptEvents)])
        state.withLock { $0.newestEvent = sequence }
        return sequence
    }

    static func newestEvent(_ db: Database) throws -> Int64 {
        try db.row("SELECT max(sequence) AS newest FROM event")?.decode(Int64?.self, forColumn: "newest") ?? 0
    }

    private static func event(_ row: Row) throws -> StoreEvent {
        StoreEvent(
            sequence: try row.integer("sequence"), kind: try row.value("kind", WireName.init),
            itemId: try row.optionalItemId("item_id"), json: try row.bytes("json"))
    }
}
