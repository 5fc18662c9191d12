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

    /// Makes a range.
    package init(first: Int64, last: Int64, reason: Reason, foundAt: Timestamp) {
        self.first = first
        self.last = last
        self.reason = reason
        self.foundAt = foundAt
    }

    /// `57`, or `57-61`.
    package var text: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

extension Store {
    /// Every number that the station cannot vouch for, in order; at most a page of ranges.
    package func missing() async throws(Failure) -> [MissingRange] {
        try await read { db in try Self.missing(db) }
    }

    static func missing(_ db: Database) throws -> [MissingRange] {
        try db.rows("SELECT * FROM missing ORDER BY first LIMIT ?", [Limits.Store.pageRows]).map { row in
            MissingRange(
                first: try row.integer("first"), last: try row.integer("last"),
                reason: try row.value("reason", MissingRange.Reason.init(rawValue:)), foundAt: try row.time("found_at"))
        }
    }

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
