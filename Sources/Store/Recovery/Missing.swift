import GRDB
package import StationCore

/// A sequence number, or a range of them, that the station may have acknowledged and cannot vouch for any more (law 3).
package struct MissingRange: Hashable, Sendable {
    /// Why it cannot.
    package enum Reason: String, Sendable, CaseIterable {
        /// What is left of the payload is not what was signed.
        case payloadDamaged = "payload-damaged"
        /// The payload is gone; state or audit name it still.
        case payloadMissing = "payload-missing"
        /// Audit or answers name it; nothing else is left of it.
        case lost
        /// Nothing names it, and nothing proves that the number was never given out.
        case unaccounted
        /// Numbers behind the newest known one, as many as the damage may have held.
        case tail
    }

    /// The first number.
    package let first: Int64
    /// The last number, the first one itself for a single application.
    package let last: Int64
    /// Why.
    package let reason: Reason
    /// When it was found.
    package let foundAt: Timestamp
    /// Who has taken note of it, when and why it is settled; nil while nobody has.
    package let acknowledged: Acknowledgement?

    /// A person's word that a missing range is dealt with.
    package struct Acknowledgement: Hashable, Sendable {
        /// When.
        package let at: Timestamp
        /// Who.
        package let actor: WireName
        /// Why.
        package let reason: WireName
    }

    /// Makes a range.
    package init(
        first: Int64, last: Int64, reason: Reason, foundAt: Timestamp, acknowledged: Acknowledgement? = nil
    ) {
        self.acknowledged = acknowledged
        self.first = first
        self.last = last
        self.reason = reason
        self.foundAt = foundAt
    }

    /// `57`, or `57-61`.
    package var text: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

extension Store {
    /// The numbers that the station cannot vouch for: first those of which nobody has taken note, each part in order; at
    /// most a page of ranges.
    package func missing() async throws(Failure) -> [MissingRange] {
        try await read { db in try Self.missing(db) }
    }

    static func missing(_ db: Database) throws -> [MissingRange] {
        let query = """
            SELECT m.*, a.at AS settled_at, a.actor AS settled_by, a.reason AS settled_for FROM missing m
            LEFT JOIN missing_acknowledged a ON a.first = m.first AND a.last = m.last
            ORDER BY a.at IS NOT NULL, m.first LIMIT ?
            """
        return try db.rows(query, [Limits.Store.pageRows]).map { row in
            let settledAt = try row.decode(Int64?.self, forColumn: "settled_at")
            return MissingRange(
                first: try row.integer("first"), last: try row.integer("last"),
                reason: try row.value("reason", MissingRange.Reason.init(rawValue:)), foundAt: try row.time("found_at"),
                acknowledged: try settledAt.map { at in
                    .init(
                        at: Timestamp(milliseconds: at), actor: try row.value("settled_by", WireName.init),
                        reason: try row.value("settled_for", WireName.init))
                })
        }
    }

    /// A person has dealt with what is missing from a number on: it stays named, with who said so, and the status no longer
    /// speaks of it. A row of the audit. Throws `applicationUnknown` when no range begins there.
    package func acknowledgeMissing(
        from first: Int64, by actor: WireName, reason: WireName
    ) async throws(Failure) -> MissingRange {
        try await write { [configuration] db in
            guard let range = try Self.missing(db).first(where: { $0.first == first }) else {
                throw Failure(.applicationUnknown)
            }
            let moment = Moment(configuration.clock)
            try db.run(
                "INSERT OR REPLACE INTO missing_acknowledged VALUES (?, ?, ?, ?, ?)",
                [range.first, range.last, moment.now.milliseconds, actor.text, reason.text])
            let note = AuditNote(
                actor: actor, action: Self.acknowledgedAction, object: WireName(range.text), itemSequence: first,
                detail: reason)
            try Self.appendAudit(note, at: moment, db)
            return MissingRange(
                first: range.first, last: range.last, reason: range.reason, foundAt: range.foundAt,
                acknowledged: .init(at: moment.now, actor: actor, reason: reason))
        }
    }

    private static let acknowledgedAction: WireName = .constant("item.missing-acknowledged")

    /// Names numbers, in the table and in the audit. A number that is named already is not named again.
    @discardableResult
    static func name(_ range: MissingRange, at moment: Moment, _ db: Database) throws -> Bool {
        let known = try db.row("SELECT 1 FROM missing WHERE first <= ? AND last >= ?", [range.first, range.last])
        guard known == nil else { return false }
        try db.run(
            "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?)",
            [range.first, range.last, range.reason.rawValue, range.foundAt.milliseconds])
        let note = AuditNote(
            actor: .station, action: missingAction, object: WireName(range.text), itemSequence: range.first,
            detail: WireName(range.reason.rawValue))
        try appendAudit(note, at: moment, db)
        return true
    }

    private static let missingAction: WireName = .constant("item.missing")
}
