import GRDB
package import StationCore

/// What a purge did.
package struct PurgeResult: Hashable, Sendable {
    /// Items whose payload was deleted.
    package let purged: [ItemID]
    /// Nothing was judged because the clock is suspect: age is never decided by a clock that nobody trusts.
    package let clockRefused: Bool
}

extension Store {
    /// Deletes the payloads of items whose retention is over: accepted ones only with a receipt over our own digest,
    /// and those that a person cancelled or closed. State, metadata, receipt and audit stay. One slice a call, small
    /// enough that a save does not wait long: to be called until it purges nothing.
    package func purge(olderThan age: Duration) async throws(Failure) -> PurgeResult {
        let moment = Moment(configuration.clock)
        guard moment.quality != .suspect else { return PurgeResult(purged: [], clockRefused: true) }
        let limit = moment.now.adding(.zero - age).milliseconds
        let purged = try await write { [self] db in
            // What was settled under a clock that nobody trusted: its days begin now that there is one.
            for var row in try db.rows(Self.settledInDoubt, [limit, Limits.Store.pageRows], as: ItemRow.init) {
                (row.since, row.sinceQuality) = (moment.now, moment.quality)
                try row.update(db)
            }
            var bytes = 0
            let due = try db.rows(Self.dueForPurge, [limit, Limits.Store.purgeItems])
            return try due.compactMap { (found: Row) -> ItemID? in
                var row = try ItemRow(found)
                guard bytes == 0 || bytes + row.size <= Limits.Store.purgeBytes else { return nil }
                bytes += row.size
                let why = row.isForwarded ? row.problem : nil
                try change(&row, by: .purge, actor: .station, detail: why, at: moment, db)
                try db.run("UPDATE payload SET sealed = NULL WHERE sequence = ?", [row.sequence])
                countFrames(row.size / 4_096 + 1)
                return row.itemId
            }
        }
        checkpointSoon()
        return PurgeResult(purged: purged, clockRefused: false)
    }

    /// Closes what a stick brought of other stations than this one and nobody will take: what upstream rejected, and what
    /// cannot be sent. Its station has its own copy and hears of a rejection by receipt; here it would lie for ever. Of what
    /// this station lost and took back there is no other copy: it stays. At most a page of items a call; returns how many.
    /// Nothing while the clock is suspect.
    package func closeForwarded(
        olderThan age: Duration, exceptOf station: StationID
    ) async throws(Failure) -> Int {
        let moment = Moment(configuration.clock)
        guard moment.quality != .suspect else { return 0 }
        let limit = moment.now.adding(.zero - age).milliseconds
        return try await write { [self] db in
            let ended = try db.rows(
                Self.endedForwarded, [limit, station.text, Limits.Store.pageRows], as: ItemRow.init)
            for var row in ended {
                // Why stays: a forgery makes room for the genuine one whenever that comes.
                try change(&row, by: .close, actor: .station, detail: row.problem ?? Self.passedOn, at: moment, db)
            }
            return ended.count
        }
    }

    private static let passedOn: WireName = .constant("passed-on-in-vain")

    private static let endedForwarded = """
        SELECT i.* FROM item i JOIN forwarded f USING (sequence)
            WHERE i.state IN ('rejected', 'quarantined') AND i.lane IN (0, 1) AND i.sequence < 0
            AND i.since <= ? AND i.since_quality <> 'suspect' AND f.station_id <> ? LIMIT ?
        """

    private static let settledInDoubt = """
        SELECT * FROM item INDEXED BY item_settled
            WHERE state IN ('accepted', 'cancelled', 'closed') AND since <= ? AND since_quality = 'suspect' LIMIT ?
        """

    /// By the index of what is settled, in the order of its age: what still waits, and what was settled lately, is not
    /// looked at.
    static let dueForPurge = """
        SELECT i.* FROM item i INDEXED BY item_settled
            WHERE i.state IN ('accepted', 'cancelled', 'closed') AND i.since <= ?
            AND i.since_quality <> 'suspect' AND (i.state <> 'accepted' OR EXISTS (
                SELECT 1 FROM receipt r JOIN payload p USING (sequence)
                WHERE r.sequence = i.sequence AND r.sha256 = p.sha256))
        ORDER BY i.since LIMIT ?
        """

    /// Deletes follow-up data whose own retention is over, at most a page of rows a call; returns how many. Nothing
    /// while the clock is suspect.
    package func purgeFollowUps() async throws(Failure) -> Int {
        let moment = Moment(configuration.clock)
        guard moment.quality != .suspect else { return 0 }
        return try await write { db in
            let expired = try db.rows(
                """
                SELECT f.sequence, f.expires_at, p.captured_at, p.clock_quality
                FROM follow_up f LEFT JOIN payload p USING (sequence) WHERE f.expires_at <= ? LIMIT ?
                """,
                [moment.now.milliseconds, Limits.Store.pageRows])
            for row in expired {
                let sequence = try row.integer("sequence")
                if let later = try Self.vouchedExpiry(row, db), later > moment.now.milliseconds {
                    try db.run("UPDATE follow_up SET expires_at = ? WHERE sequence = ?", [later, sequence])
                    continue
                }
                try db.run("DELETE FROM follow_up WHERE sequence = ?", [sequence])
                let note = AuditNote(actor: .station, action: Self.expiredAction, itemSequence: sequence)
                try Self.appendAudit(note, at: moment, db)
            }
            return expired.count
        }
    }

    /// The end of what was kept under a clock that nobody vouched for and that turned out to be so far behind that it would
    /// end at once: its whole time, from the first moment that somebody vouched for. Nil: the end stands.
    private static func vouchedExpiry(_ row: Row, _ db: Database) throws -> Int64? {
        guard let quality = try row.decode(String?.self, forColumn: "clock_quality"),
            quality != ClockQuality.synchronized.rawValue
        else { return nil }
        let saved = "SELECT min(sequence) FROM audit WHERE item_sequence = ?"
        let vouched = try db.row(
            "SELECT at FROM audit WHERE sequence > (\(saved)) AND clock_quality = 'synchronized' ORDER BY sequence LIMIT 1",
            [try row.integer("sequence")])
        guard let moment = try vouched?.integer("at"), try row.integer("expires_at") <= moment else { return nil }
        return moment + (try row.integer("expires_at") - row.integer("captured_at"))
    }

    private static let expiredAction: WireName = .constant("followup.expired")

    /// Gives free pages back to the file system, one slice a call; secure_delete has overwritten them. Returns how many
    /// pages it gave: 0 when there is none left.
    package func shrink() async throws(Failure) -> Int {
        let given = try await write { [self] db in
            let before = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard before > 0 else { return 0 }
            try db.execute(sql: "PRAGMA incremental_vacuum(\(Limits.Store.vacuumPages))")
            let after = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            // Each page given back moves another one and touches its parent and the map.
            countFrames(3 * (before - after))
            return before - after
        }
        checkpointSoon()
        return given
    }
}
