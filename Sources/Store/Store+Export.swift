import GRDB
package import StationCore

/// What an export would take.
package struct ExportVolume: Hashable, Sendable {
    /// Applications, forwarded ones included.
    package let items: Int
    /// Bytes of their sealed payloads.
    package let bytes: Int64
}

/// A part of an export.
package struct ExportPage: Sendable {
    /// Payloads that were read and hold their digests.
    package let items: [SealedItem]
    /// Where the next page starts; nil when there is none.
    package let next: Int64?
}

extension Store {
    /// What waits and may leave by stick. Exported ones count only `again`: when the medium was lost.
    package func exportVolume(again: Bool) async throws(Failure) -> ExportVolume {
        try await read { db in
            let query = "SELECT count(*) AS items, coalesce(sum(size), 0) AS bytes FROM item WHERE \(Self.waits(again))"
            guard let row = try db.row(query) else { throw Failure(.storeDamaged, "what waits cannot be counted") }
            return ExportVolume(items: try row.count("items"), bytes: try row.integer("bytes"))
        }
    }

    /// The next payloads for an export, by local sequence: at most so many items and bytes, but one item whatever its
    /// size. From here on each may be on a medium, whatever becomes of that: it is taken back no more, and upstream is told
    /// of its withdrawal. Their states stay. A payload that cannot be vouched for is quarantined and left out.
    package func exportPage(
        after position: Int64?, again: Bool, maxItems: Int, maxBytes: Int
    ) async throws(Failure) -> ExportPage {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            let found = try db.rows(
                "SELECT * FROM item WHERE \(Self.waits(again)) AND sequence > ? ORDER BY sequence LIMIT ?",
                [position ?? .min, maxItems])
            var items: [SealedItem] = []
            var bytes = 0
            var next: Int64?
            for row in found {
                var row = try ItemRow(row)
                guard items.isEmpty || bytes + row.size <= maxBytes else { break }
                switch try payload(of: row, db) {
                case .success(let item):
                    bytes += item.sealed.count
                    items.append(item)
                    if !row.wasSent {
                        row.wasSent = true
                        try row.update(db)
                    }
                case .failure(let damage):
                    try change(&row, by: .quarantine, actor: .station, detail: damage.problem, at: moment, db)
                }
                next = row.sequence
            }
            return ExportPage(items: items, next: next)
        }
    }

    /// Marks applications as exported, after their bundle was read back from the medium and verified. Those that were sent
    /// or settled meanwhile keep their state. Returns how many were marked.
    package func markExported(_ ids: [ItemID], in bundle: RequestID, actor: WireName) async throws(Failure) -> Int {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            var marked = 0
            for id in ids {
                guard var row = try ItemRow.find(id, db),
                    ItemTransition.export.target(from: row.state, wasSent: row.wasSent) != nil
                else { continue }
                try change(&row, by: .export, actor: actor, detail: WireName(bundle.text), at: moment, db)
                marked += 1
            }
            return marked
        }
    }

    /// Lets exported applications go by network, at most a page a call: upstream is asked about each, and those that it
    /// does not hold are sent. Returns how many; zero when none is left.
    package func recallExported(actor: WireName) async throws(Failure) -> Int {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            let found = try db.rows("SELECT * FROM item WHERE state = 'exported' LIMIT ?", [Limits.Store.pageRows])
            for row in found {
                var row = try ItemRow(row)
                try change(&row, by: .recall, actor: actor, at: moment, db)
            }
            return found.count
        }
    }

    private static func waits(_ again: Bool) -> String {
        "state IN ('saved', 'deferred', 'unknown'\(again ? ", 'exported'" : ""))"
    }
}
