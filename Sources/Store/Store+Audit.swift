import GRDB
package import StationCore

/// Wall time with its quality and boot time, read once for everything that one transaction writes.
struct Moment: Sendable {
    let now: Timestamp
    let quality: ClockQuality
    let elapsed: Int64

    init(_ clock: any StationClock) {
        now = clock.now
        quality = clock.quality
        elapsed = clock.elapsed.wholeMilliseconds
    }
}

extension Store {
    /// Appends a row of its own, after whose commit it returns: sign-ins, reads of personal data, administration.
    @discardableResult
    package func audit(_ note: AuditNote) async throws(Failure) -> AuditEntry {
        let clock = configuration.clock
        return try await write { db in try Self.appendAudit(note, at: Moment(clock), db) }
    }

    /// The chain's end.
    package func auditHead() async throws(Failure) -> AuditHead {
        try await read { db in try Self.auditHead(db) }
    }

    /// When the newest row was written whose time the kernel vouched for; nil when none of the last rows has one. That moment
    /// is past, whatever the clock says today.
    package func newestVouchedMoment() async throws(Failure) -> Timestamp? {
        try await read { db in
            let query = """
                SELECT max(at) AS newest FROM (SELECT at, clock_quality FROM audit ORDER BY sequence DESC LIMIT ?)
                    WHERE clock_quality = 'synchronized'
                """
            return try db.row(query, [Limits.Store.historyRows])?.decode(Int64?.self, forColumn: "newest")
                .map(Timestamp.init(milliseconds:))
        }
    }

    /// Rows after `sequence` in order, at most `limit` and at most a page.
    package func auditEntries(after sequence: Int64, limit: Int) async throws(Failure) -> [AuditEntry] {
        try await read { db in
            try Self.auditRows(db, after: sequence, limit: min(limit, Limits.Store.pageRows))
        }
    }

    /// A page of rows after `sequence`, and the chain's end at that moment.
    package func auditPage(after sequence: Int64) async throws(Failure) -> (rows: [AuditEntry], head: AuditHead) {
        try await read { db in
            let rows = try Self.auditRows(db, after: sequence, limit: Limits.Store.pageRows)
            return (rows, try Self.auditHead(db))
        }
    }

    /// Walks the whole chain in slices, so that saves pass between them. Rows that arrive meanwhile are walked too.
    package func verifyAudit() async throws(Failure) -> AuditVerification {
        var walk = AuditWalk()
        while true {
            let rows = try await auditEntries(after: walk.head.sequence, limit: Limits.Store.pageRows)
            guard !rows.isEmpty else { return walk.verification }
            for row in rows { walk.step(row) }
        }
    }

    /// The action of the row that names a break of the chain; its object is `first-last`, the rows that are gone.
    static let auditBrokenAction: WireName = .constant("audit.broken")

    /// Names breaks in the chain itself, so that from now on it says so to everybody who verifies it.
    static func nameBreaks(_ breaks: [ClosedRange<Int64>], at moment: Moment, _ db: Database) throws {
        for range in breaks {
            let object = WireName("\(range.lowerBound)-\(range.upperBound)")
            try appendAudit(AuditNote(actor: .station, action: auditBrokenAction, object: object), at: moment, db)
        }
    }

    @discardableResult
    static func appendAudit(_ note: AuditNote, at moment: Moment, _ db: Database) throws -> AuditEntry {
        let entry = AuditEntry(
            following: try auditHead(db), at: moment.now, clockQuality: moment.quality, note: note)
        try db.run(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                entry.sequence, moment.now.milliseconds, moment.quality.rawValue, note.actor.text, note.action.text,
                note.object?.text, note.itemSequence, note.detail?.text, blob(entry.hash),
            ])
        return entry
    }

    static func auditHead(_ db: Database) throws -> AuditHead {
        guard let row = try db.row("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") else {
            return .empty
        }
        return AuditHead(sequence: try row.integer("sequence"), hash: try row.bytes("hash"))
    }

    static func auditRows(_ db: Database, after sequence: Int64, limit: Int) throws -> [AuditEntry] {
        try db.rows("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, limit])
            .map(auditEntry)
    }

    static func auditEntry(_ row: Row) throws -> AuditEntry {
        AuditEntry(
            sequence: try row.integer("sequence"), at: try row.time("at"),
            clockQuality: try row.value("clock_quality", ClockQuality.init(rawValue:)),
            note: AuditNote(
                actor: try row.value("actor", WireName.init), action: try row.value("action", WireName.init),
                object: try row.optional("object", WireName.init),
                itemSequence: try row.decode(Int64?.self, forColumn: "item_sequence"),
                detail: try row.optional("detail", WireName.init)),
            hash: try row.bytes("hash"))
    }
}
