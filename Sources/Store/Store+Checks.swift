import Crypto
import GRDB
package import StationCore
import Synchronization

/// Where the checks stand that run in slices while the daemon serves.
package struct CheckProgress: Sendable {
    /// What is looked at next.
    enum Stage: Sendable {
        case payloads(after: Int64)
        case audit(AuditWalk)
        case indexes(after: Int64)
        case small(table: Int, after: [UInt8])
    }

    var stage = Stage.payloads(after: .min)
    /// How often everything was looked at.
    package fileprivate(set) var rounds = 0
    /// The first break of the audit chain that a walk of this process found; the chain names it since.
    package fileprivate(set) var auditBrokenAt: Int64?
    /// Payloads that the running round found damaged.
    package fileprivate(set) var damaged = 0

    /// The beginning of the first round.
    package init() {}
}

extension Store {
    /// One slice of the checks of everything that the start leaves out: the digest and signature of each payload, the
    /// audit chain, the indexes, the pages of the small tables. A payload that is not what was signed is quarantined and
    /// named; a damaged tree ends the process, and the next start builds a new one. Saves pass between two slices.
    package func check(_ progress: CheckProgress) async throws(Failure) -> CheckProgress {
        var progress = progress
        switch progress.stage {
        case .payloads(let after):
            let (last, damaged) = try await checkPayloads(after: after)
            progress.damaged += damaged
            progress.stage = last.map { .payloads(after: $0) } ?? .audit(AuditWalk())
        case .audit(var walk):
            let rows = try await auditEntries(after: walk.head.sequence, limit: Limits.Store.checkRows)
            for row in rows { walk.step(row) }
            if rows.isEmpty, let row = walk.unnamed {
                progress.auditBrokenAt = row
                let (breaks, clock) = (walk.unnamedBreaks, configuration.clock)
                try await write { db in try Self.nameBreaks(breaks, at: Moment(clock), db) }
            }
            progress.stage = rows.isEmpty ? .indexes(after: .min) : .audit(walk)
        case .indexes(let after):
            progress.stage =
                try await checkIndexes(after: after).map { .indexes(after: $0) } ?? .small(table: 0, after: [])
        case .small(let table, let after):
            if let last = try await checkSmall(table: table, after: after) {
                progress.stage = .small(table: table, after: last)
            } else if table + 1 < Self.smallTables.count {
                progress.stage = .small(table: table + 1, after: [])
            } else {
                progress.stage = .payloads(after: .min)
                progress.rounds += 1
                progress.damaged = 0
            }
        }
        return progress
    }

    /// Returns the last number looked at, nil at the end, and how many were found damaged.
    private func checkPayloads(after: Int64) async throws(Failure) -> (Int64?, Int) {
        let rows = try await read { db in
            var bytes = 0
            return try db.rows(
                "SELECT * FROM item WHERE sequence > ? ORDER BY sequence LIMIT ?", [after, Limits.Store.checkRows],
                as: ItemRow.init
            ).prefix { row in
                defer { bytes += row.size }
                return bytes == 0 || bytes + row.size <= Limits.Store.checkBytes
            }
        }
        guard let last = rows.last?.sequence else { return (nil, 0) }
        let suspects = try await read { [self] db in
            try rows.filter { !Self.unchecked.contains($0.state) }.compactMap { row -> Int64? in
                switch try payload(of: row, db) {
                case .success(let item): configuration.verifies(item) ? nil : row.sequence
                case .failure: row.sequence
                }
            }
        }
        guard !suspects.isEmpty else { return (last, 0) }
        let named = try await write { [self] db in
            var named = 0
            for sequence in suspects {
                if try nameDamaged(sequence, db) { named += 1 }
            }
            return named
        }
        return (last, named)
    }

    /// Purged ones have none, quarantined ones are known, sent ones are judged when their answer is here.
    private static let unchecked: Set<ItemState> = [.purged, .quarantined, .batched, .sent]

    /// Whether there was something to be named.
    func nameDamaged(_ sequence: Int64, _ db: Database) throws -> Bool {
        guard var row = try db.row("SELECT * FROM item WHERE sequence = ?", [sequence], as: ItemRow.init) else {
            return false
        }
        // It may have been purged since it was looked at.
        guard !Self.unchecked.contains(row.state) else { return false }
        let moment = Moment(configuration.clock)
        let damage: PayloadDamage
        switch try payload(of: row, db) {
        case .failure(let found): damage = found
        case .success(let item):
            guard !configuration.verifies(item) else { return false }
            damage = .damaged
        }
        if ItemTransition.quarantine.target(from: row.state, wasSent: row.wasSent) != nil {
            try change(&row, by: .quarantine, actor: .station, detail: damage.problem, at: moment, db)
        }
        let reason: MissingRange.Reason = damage == .missing ? .payloadMissing : .payloadDamaged
        return try Self.name(
            MissingRange(first: sequence, last: sequence, reason: reason, foundAt: moment.now), at: moment, db)
    }

    /// Every state row is found by each of its indexes; otherwise a tree is damaged.
    private func checkIndexes(after: Int64) async throws(Failure) -> Int64? {
        try await read { db in
            let rows = try db.rows(
                "SELECT * FROM item WHERE sequence > ? ORDER BY sequence LIMIT ?", [after, Limits.Store.checkRows],
                as: ItemRow.init)
            for row in rows {
                let byState = try db.row(
                    "SELECT 1 FROM item INDEXED BY item_state WHERE state = ? AND lane = ? AND sequence = ?",
                    [row.state.rawValue, row.lane, row.sequence])
                let byId = try db.row("SELECT sequence FROM item WHERE item_id = ?", [blob(row.itemId.bytes)])
                guard byState != nil, try byId?.integer("sequence") == row.sequence else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT)
                }
            }
            return rows.last?.sequence
        }
    }

    /// Tables whose rows are read for their pages' sake, with the key that they are walked by.
    private static let smallTables = [
        ("idempotency", "key_hash"), ("follow_up", "sequence"), ("receipt", "sequence"), ("event", "sequence"),
        ("decision", "sequence"), ("forwarded", "sequence"),
    ]

    /// Keys are compared as SQLite stores them: a blob for `idempotency`, eight bytes that stand for a number elsewhere.
    private func checkSmall(table: Int, after: [UInt8]) async throws(Failure) -> [UInt8]? {
        let (name, key) = Self.smallTables[table]
        return try await read { db in
            let isNumber = key == "sequence"
            let number = after.isEmpty ? .min : after.reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let from: DatabaseValue = isNumber ? number.databaseValue : blob(after).databaseValue
            let rows = try db.rows(
                "SELECT * FROM \(name) WHERE \(key) > ? ORDER BY \(key) LIMIT \(Limits.Store.checkRows)", [from])
            guard let last = rows.last else { return nil }
            guard isNumber else { return try last.bytes(key) }
            let value = try last.integer(key)
            return (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * Int64($0))) }
        }
    }
}
