import GRDB
package import People
package import StationCore
import Synchronization

/// An intake session (phiên thu nhận): one team at one point, from its opening to its closing.
package struct Shift: Hashable, Sendable {
    /// Its number at this station, from 1.
    package let sequence: Int64
    /// Its identity.
    package let shiftId: WireName
    /// The team, as it was named.
    package let team: String
    /// The intake point, as it was named.
    package let point: String
    /// Fixed or mobile.
    package let kind: ShiftKind
    /// Who answers for it now.
    package let responsible: OperatorID
    /// When it was opened, and how far that time may be trusted.
    package let openedAt: Timestamp
    /// See `openedAt`.
    package let openedQuality: ClockQuality
    /// Who opened it.
    package let openedBy: OperatorID
    /// When and by whom it was closed; nil while it is open.
    package let closed: Closing?

    /// A session's end.
    package struct Closing: Hashable, Sendable {
        /// When.
        package let at: Timestamp
        /// By whom.
        package let by: OperatorID
    }
}

/// What kind of team takes in.
package enum ShiftKind: String, Sendable, CaseIterable {
    /// At a desk (tổ thu nhận cố định).
    case fixed
    /// At a market, a school (tổ thu nhận lưu động).
    case mobile
}

/// What was taken in during a session, as it stands now.
package struct ShiftSummary: Hashable, Sendable {
    /// Applications by state; corrections are not counted beside what they correct.
    package let byState: [ItemState: Int]
    /// Applications by who took them in.
    package let byPerson: [WireName: Int]
    /// Applications that left the station, by network or stick, whatever was answered.
    package let transmitted: Int
    /// Purged ones that upstream never accepted.
    package let purgedUnaccepted: Int
}

extension Store {
    /// The session that is open; nil when none is.
    package func openShift() async throws(Failure) -> Shift? {
        try await read { db in try Self.openShift(db) }
    }

    /// A session; nil when there is none of this identity.
    package func shift(_ id: WireName) async throws(Failure) -> Shift? {
        try await read { db in try db.row("SELECT * FROM shift WHERE shift_id = ?", [id.text]).map(Self.shift) }
    }

    /// Sessions, newest first, before a number; at most a page.
    package func shifts(before sequence: Int64 = .max) async throws(Failure) -> [Shift] {
        try await read { db in
            try db.rows(
                "SELECT * FROM shift WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
                [sequence, Limits.Store.pageRows]
            ).map(Self.shift)
        }
    }

    /// Opens a session, with an audit row. Throws `shiftOpen`.
    package func openShift(
        _ id: WireName, team: String, point: String, kind: ShiftKind, by person: OperatorID, with others: [OperatorID]
    ) async throws(Failure) -> Shift {
        try await write { [self] db in
            guard try Self.openShift(db) == nil else { throw Failure(.shiftOpen) }
            // What is on disk counts: after a restart, numbers of saves that failed are given out again.
            let first = try StoreOpening.highestSequence(db) + 1
            let moment = Moment(configuration.clock)
            let sequence =
                (try db.row("SELECT max(sequence) AS n FROM shift")?.decode(Int64?.self, forColumn: "n") ?? 0) + 1
            try db.run(
                "INSERT INTO shift VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
                [
                    sequence, id.text, team, point, kind.rawValue, person.text, moment.now.milliseconds,
                    moment.quality.rawValue, person.text, first,
                ])
            for other in Set(others + [person]) { try Self.join(other, sequence, at: moment, db) }
            try Self.noteShift("opened", id, by: person, detail: nil, at: moment, db)
            guard let shift = try Self.openShift(db) else { throw Failure(.internalFault, "no session after opening") }
            return shift
        }
    }

    /// Hands the open session over, with an audit row. Throws `shiftUnknown` for one that is not open.
    package func handOver(
        _ id: WireName, by person: OperatorID, to successor: OperatorID
    ) async throws(Failure) -> Shift {
        try await write { [configuration] db in
            guard let shift = try Self.openShift(db), shift.shiftId == id else { throw Failure(.shiftUnknown) }
            let moment = Moment(configuration.clock)
            try db.run("UPDATE shift SET responsible = ? WHERE sequence = ?", [successor.text, shift.sequence])
            try Self.join(successor, shift.sequence, at: moment, db)
            try Self.noteShift("handed-over", id, by: person, detail: successor.actor, at: moment, db)
            guard let changed = try Self.openShift(db) else { throw Failure(.internalFault, "no open session") }
            return changed
        }
    }

    /// Closes the open session, with an audit row. Throws `shiftUnknown` for one that is not open.
    package func closeShift(_ id: WireName, by person: OperatorID) async throws(Failure) -> Shift {
        try await write { [self] db in
            guard let shift = try Self.openShift(db), shift.shiftId == id else { throw Failure(.shiftUnknown) }
            // Read here: a save that stood before this in the queue has its number, and counts.
            let last = state.withLock(\.lastSequence)
            let moment = Moment(configuration.clock)
            try db.run(
                "UPDATE shift SET closed_at = ?, closed_by = ?, last_item = ? WHERE sequence = ?",
                [moment.now.milliseconds, person.text, last, shift.sequence])
            try Self.noteShift("closed", id, by: person, detail: nil, at: moment, db)
            guard let row = try db.row("SELECT * FROM shift WHERE sequence = ?", [shift.sequence]) else {
                throw Failure(.internalFault, "no session after closing")
            }
            return try Self.shift(row)
        }
    }

    /// Everybody who worked in a session.
    package func people(of shift: Shift) async throws(Failure) -> [OperatorID] {
        try await read { db in
            try db.rows(
                "SELECT person FROM shift_person WHERE shift = ? ORDER BY since, person LIMIT ?",
                [shift.sequence, Limits.People.operators]
            ).map { try $0.value("person", OperatorID.init) }
        }
    }

    /// What was taken in during a session. Applications are found by the numbers between opening and closing; how each
    /// stands is its newest revision's word, whenever that was made.
    package func summary(of shift: Shift) async throws(Failure) -> ShiftSummary {
        try await read { db in
            let from = """
                FROM taken t JOIN item i USING (sequence), shift s
                WHERE s.sequence = ? AND t.sequence BETWEEN s.first_item AND coalesce(s.last_item, \(Limits.Store.sequence))
                    AND t.shift = s.sequence AND i.supersedes IS NULL
                """
            let newest = """
                WITH RECURSIVE line(root, item_id, depth) AS (
                    SELECT i.sequence, i.item_id, 0 \(from)
                    UNION ALL
                    SELECT line.root, n.item_id, depth + 1 FROM line JOIN item n ON n.supersedes = line.item_id
                        WHERE \(Self.standsAsRevision) AND depth < \(Limits.Store.pageRows)
                ), newest AS (
                    SELECT root, max(depth), i.state, i.was_sent, i.sequence
                        FROM line JOIN item i USING (item_id) GROUP BY root
                )
                """
            var byState: [ItemState: Int] = [:]
            let states = "\(newest) SELECT state, count(*) AS n FROM newest GROUP BY state"
            for row in try db.rows(states, [shift.sequence]) {
                byState[try row.value("state", ItemState.init(rawValue:))] = try row.count("n")
            }
            var byPerson: [WireName: Int] = [:]
            for row in try db.rows("SELECT t.person, count(*) AS n \(from) GROUP BY t.person", [shift.sequence]) {
                byPerson[try row.value("person", WireName.init)] = try row.count("n")
            }
            func count(_ condition: String) throws -> Int {
                try db.row("\(newest) SELECT count(*) AS n FROM newest i WHERE \(condition)", [shift.sequence])?
                    .count("n") ?? 0
            }
            return ShiftSummary(
                byState: byState, byPerson: byPerson,
                // What waits again never reached upstream, or upstream did not keep it.
                transmitted: try count("i.was_sent = 1 AND i.state NOT IN ('saved', 'batched', 'deferred', 'held')"),
                purgedUnaccepted: try count(
                    """
                    i.state = 'purged' AND NOT EXISTS
                        (SELECT 1 FROM audit a WHERE a.item_sequence = i.sequence AND a.action = 'item.accept')
                    """))
        }
    }

    static func shift(_ row: Row) throws -> Shift {
        var closed: Shift.Closing?
        if let at = try row.decode(Int64?.self, forColumn: "closed_at") {
            closed = .init(at: Timestamp(milliseconds: at), by: try row.value("closed_by", OperatorID.init))
        }
        return Shift(
            sequence: try row.integer("sequence"), shiftId: try row.value("shift_id", WireName.init),
            team: try row.value("team") { $0 }, point: try row.value("point") { $0 },
            kind: try row.value("kind", ShiftKind.init(rawValue:)),
            responsible: try row.value("responsible", OperatorID.init), openedAt: try row.time("opened_at"),
            openedQuality: try row.value("opened_quality", ClockQuality.init(rawValue:)),
            openedBy: try row.value("opened_by", OperatorID.init), closed: closed)
    }

    static func openShift(_ db: Database) throws -> Shift? {
        try db.row("SELECT * FROM shift WHERE closed_at IS NULL", as: shift)
    }

    static func join(_ person: OperatorID, _ shift: Int64, at moment: Moment, _ db: Database) throws {
        try db.run(
            "INSERT OR IGNORE INTO shift_person VALUES (?, ?, ?)", [shift, person.text, moment.now.milliseconds])
    }

    private static func noteShift(
        _ word: StaticString, _ id: WireName, by person: OperatorID, detail: WireName?, at moment: Moment,
        _ db: Database
    ) throws {
        guard let action = WireName("shift.\(word)") else { preconditionFailure("a constant within the alphabet") }
        try appendAudit(AuditNote(actor: person.actor, action: action, object: id, detail: detail), at: moment, db)
    }
}
