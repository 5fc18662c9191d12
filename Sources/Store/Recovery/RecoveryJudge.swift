import Crypto
import GRDB
import StationCore

/// Judges what was salvaged, in a healthy database: keeps what can be vouched for, names what cannot.
///
/// Rules: a payload counts only with its digest (and its signature, where the key is known). A state counts as long as
/// nothing contradicts it; a lost or contradicted one is taken from the audit when that ends a matter (accepted with its
/// receipt, closed, held), and is `unknown` otherwise, so that upstream is asked before anything is sent again.
struct RecoveryJudge {
    private let db: Database
    private let moment: Moment
    private let verifies: @Sendable (SealedItem) -> Bool
    /// Only these payloads are read again; nil: all.
    private let doubtful: Set<Int64>?
    private var good: Set<Int64> = []
    private var damaged: Set<Int64> = []
    private var history: [Int64: Past] = [:]
    private(set) var missing: [MissingRange] = []
    private(set) var restated = 0
    private(set) var auditBreaks: [ClosedRange<Int64>] = []
    /// Breaks that an earlier recovery has named in the chain itself.
    private var namedBreaks: Set<String> = []

    var payloads: Int { good.count }

    /// What the audit says of one application.
    private struct Past {
        var id: ItemID?
        var state: ItemState = .saved
        var wasSent = false
        var wasSaved = false
    }

    init(
        _ db: Database, at moment: Moment, doubtful: Set<Int64>?, verifies: @escaping @Sendable (SealedItem) -> Bool
    ) {
        self.db = db
        self.moment = moment
        self.doubtful = doubtful
        self.verifies = verifies
    }

    /// - Parameter unreadable: how many numbers may be gone behind the newest one that is known; 0 when none can be.
    mutating func judge(cause: String, unreadable: Int64) throws {
        try judgeSmallTables()
        try judgePayloads()
        try judgeAudit()
        try judgeItems()
        auditBreaks.removeAll { namedBreaks.contains("\($0.lowerBound)-\($0.upperBound)") }
        try nameGaps(unreadable: unreadable)
        try Store.nameBreaks(auditBreaks, at: moment, db)
        missing = try missing.filter { try Store.name($0, at: moment, db) }
        try Store.appendAudit(
            AuditNote(actor: .station, action: Self.recoveredAction, detail: WireName(cause)), at: moment, db)
    }

    private static let recoveredAction: WireName = .constant("store.recovered")
    private static let restatedAction: WireName = .constant("item.recovered")

    // MARK: Payloads

    private mutating func judgePayloads() throws {
        var last: Int64 = .min
        while let row = try db.row(
            "SELECT sequence, sealed IS NULL AS gone FROM payload WHERE sequence > ? ORDER BY sequence LIMIT 1", [last])
        {
            last = try row.integer("sequence")
            if let doubtful, !doubtful.contains(last) {
                if try !row.flag("gone") { good.insert(last) }
                continue
            }
            try judgePayload(last)
        }
    }

    private mutating func judgePayload(_ sequence: Int64) throws {
        guard let row = try db.row("SELECT * FROM payload WHERE sequence = ?", [sequence]) else { return }
        let item: SealedItem
        do {
            // Of a payload that is gone (a tombstone, a broken chain) the metadata stay.
            item = SealedItem(
                metadata: try Store.metadata(row, db), sealed: try row.optionalBytes("sealed") ?? [],
                sha256: try row.bytes("sha256"), signingKeyId: try row.value("signing_key_id", WireName.init),
                signature: try row.bytes("signature"))
        } catch {
            // Without metadata it is no application's row any more; what it was is found by the tables beside it.
            return try db.run("DELETE FROM payload WHERE sequence = ?", [sequence])
        }
        guard !item.sealed.isEmpty else { return }
        if Self.isKey(sequence), Array(SHA256.hash(data: item.sealed)) == item.sha256,
            try row.count("size") == item.sealed.count, verifies(item)
        {
            good.insert(sequence)
        } else {
            damaged.insert(sequence)
            try db.run("UPDATE payload SET sealed = NULL WHERE sequence = ?", [sequence])
        }
    }

    // MARK: Audit

    /// Keeps the rows that follow, and those behind a gap among themselves.
    private mutating func judgeAudit() throws {
        var head = AuditHead.empty
        while let row = try db.row("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT 1", [head.sequence])
        {
            let sequence = try row.integer("sequence")
            let entry = try? Store.auditEntry(row)
            let isGap = sequence != head.sequence + 1 || (auditBreaks.last?.upperBound == head.sequence)
            if let entry, entry.hash.count == 32, isGap || entry.follows(head) {
                if sequence > head.sequence + 1 { addBreak(head.sequence + 1...sequence - 1) }
                remember(entry)
                head = AuditHead(sequence: sequence, hash: entry.hash)
            } else {
                addBreak(head.sequence + 1...sequence)
                try db.run("DELETE FROM audit WHERE sequence = ?", [sequence])
                head = AuditHead(sequence: sequence, hash: head.hash)
            }
        }
    }

    private mutating func addBreak(_ range: ClosedRange<Int64>) {
        if let last = auditBreaks.last, last.upperBound + 1 == range.lowerBound {
            auditBreaks[auditBreaks.count - 1] = last.lowerBound...range.upperBound
        } else {
            auditBreaks.append(range)
        }
    }

    private mutating func remember(_ entry: AuditEntry) {
        if entry.note.action == Store.auditBrokenAction, let object = entry.note.object {
            namedBreaks.insert(object.text)
        }
        guard let sequence = entry.note.itemSequence, entry.note.action.text.hasPrefix("item.") else { return }
        let action = String(entry.note.action.text.dropFirst("item.".count))
        var past = history[sequence, default: Past()]
        past.id = past.id ?? entry.note.object.flatMap { ItemID($0.text) }
        if action == "saved" {
            past.wasSaved = true
        } else if action == "recovered", let state = entry.note.detail.flatMap({ ItemState(rawValue: $0.text) }) {
            past.state = state
        } else if let transition = ItemTransition(rawValue: action) {
            past.state = transition.target
            past.wasSent = past.wasSent || transition.leavesStation
        } else {
            return
        }
        history[sequence] = past
    }

    // MARK: Small tables

    /// Rows whose values are impossible are nobody's: what they said is lost, and what it was about is named elsewhere.
    private func judgeSmallTables() throws {
        try drop("receipt") { row in
            guard try row.bytes("sha256").count == 32 else { throw Failure(.storeDamaged) }
            _ = try row.value("receipt_id", WireName.init)
            _ = try row.bytes("json")
        }
        try drop("event") { row in
            _ = try row.value("kind", WireName.init)
            _ = try row.optionalItemId("item_id")
            _ = try row.bytes("json")
        }
        // Of a forwarded item without its origin the capturing station still has its own.
        try drop("forwarded") { row in
            _ = try row.value("station_id", StationID.init)
            _ = try row.integer("origin_sequence")
            _ = try row.flag("returned")
        }
        try drop("item") { row in _ = try ItemRow(row) }
        let blobs = [
            "idempotency": ["key_hash", "digest", "answer"], "follow_up": ["number_hash", "phone_hash", "sealed"],
        ]
        for (table, columns) in blobs {
            let wrong = columns.map { "typeof(\($0)) <> 'blob'" }.joined(separator: " OR ")
            try db.execute(sql: "DELETE FROM \(table) WHERE typeof(sequence) <> 'integer' OR \(wrong)")
        }
        let numbers = ["first", "last", "found_at"].map { "typeof(\($0)) <> 'integer'" }.joined(separator: " OR ")
        let reasons = MissingRange.Reason.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        try db.execute(sql: "DELETE FROM missing WHERE \(numbers) OR last < first OR reason NOT IN (\(reasons))")
        try db.execute(
            sql: """
                DELETE FROM missing_acknowledged WHERE typeof(last) <> 'integer' OR typeof(at) <> 'integer'
                    OR typeof(actor) <> 'text' OR typeof(reason) <> 'text'
                """)
        try db.execute(sql: "DELETE FROM decision WHERE typeof(label) <> 'text' OR typeof(at) <> 'integer'")
        try db.execute(sql: "DELETE FROM list_cursor WHERE typeof(at) <> 'integer'")
        try db.execute(
            sql: "DELETE FROM upstream_wait WHERE typeof(epoch) <> 'integer' OR typeof(until) <> 'integer'")
        // Decisions may be gone: upstream is asked for all of them again.
        if doubtful == nil { try db.execute(sql: "UPDATE list_cursor SET cursor = NULL") }
        try judgePeople()
        // Behind whatever number a listener may have heard of.
        let newest = try Store.newestEvent(db)
        try db.run(
            "INSERT INTO event VALUES (?, ?, NULL, ?)",
            [newest + Limits.Store.recoveryGap, Self.recoveredAction.text, blob(Array("{}".utf8))])
    }

    /// An account that cannot be read is entered anew by an administrator; a session that cannot be read is closed.
    private func judgePeople() throws {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM operator") {
            if (try? Store.account(row)) == nil {
                try db.execute(sql: "DELETE FROM operator WHERE id IS ?", arguments: [row["id"] as DatabaseValue])
            }
        }
        try drop("shift") { row in _ = try Store.shift(row) }
        try drop("issue") { row in _ = try Store.issue(row) }
        try db.execute(sql: "DELETE FROM shift_person WHERE shift NOT IN (SELECT sequence FROM shift)")
        try db.execute(sql: "DELETE FROM taken WHERE typeof(shift) <> 'integer' OR typeof(person) <> 'text'")
    }

    private func drop(_ table: String, unless check: (Row) throws -> Void) throws {
        var last: Int64 = .min
        while let row = try db.row("SELECT * FROM \(table) WHERE sequence > ? ORDER BY sequence LIMIT 1", [last]) {
            last = try row.integer("sequence")
            do { try check(row) } catch { try db.run("DELETE FROM \(table) WHERE sequence = ?", [last]) }
        }
    }

    // MARK: Items

    private mutating func judgeItems() throws {
        var numbers = Set(history.keys)
        for table in ["payload", "item", "receipt", "follow_up", "idempotency"] {
            for row in try Row.fetchAll(db, sql: "SELECT sequence FROM \(table)") {
                numbers.insert(try row.integer("sequence"))
            }
        }
        for sequence in numbers.sorted() where Self.isKey(sequence) {
            try judgeItem(sequence)
        }
    }

    /// Our own sequence numbers, and the negative keys of other stations' items.
    private static func isKey(_ number: Int64) -> Bool {
        number != 0 && abs(max(number, -Int64.max)) <= Limits.Store.sequence
    }

    private mutating func judgeItem(_ sequence: Int64) throws {
        let payload = try db.row(
            "SELECT item_id, revision, supersedes, captured_at, size FROM payload WHERE sequence = ?", [sequence])
        var item = try db.row("SELECT * FROM item WHERE sequence = ?", [sequence], as: ItemRow.init)
        if let payload, let found = item, try payload.itemId("item_id") != found.itemId {
            // The payload's row is signed, the state's is not.
            try db.run("DELETE FROM item WHERE sequence = ?", [sequence])
            item = nil
        }
        let past = history[sequence]
        let isNew = item == nil
        if isNew {
            guard let payload else {
                if past?.state != .purged, past?.state != .cancelled { try lose(sequence, .lost) }
                return
            }
            item = try newItem(sequence, payload, past)
        }
        guard var row = item else { return }
        let right = try rightState(row, past)
        let wasSent = row.wasSent || past?.wasSent == true || right == .unknown
        if isNew || right != row.state || wasSent != row.wasSent {
            try restate(&row, right, wasSent: wasSent)
        }
        guard !good.contains(sequence) else {
            // What was purged on proof stays purged, whatever page it came back from.
            if row.state == .purged { try db.run("UPDATE payload SET sealed = NULL WHERE sequence = ?", [sequence]) }
            return
        }
        guard row.state != .purged else { return }
        let reason: MissingRange.Reason = payload == nil ? .payloadMissing : .payloadDamaged
        if ItemTransition.quarantine.sources.contains(row.state) {
            row.problem = WireName(reason.rawValue)
            try restate(&row, .quarantined, wasSent: row.wasSent)
        }
        try lose(sequence, reason)
    }

    private mutating func restate(_ row: inout ItemRow, _ state: ItemState, wasSent: Bool) throws {
        row.state = state
        row.wasSent = wasSent
        row.since = moment.now
        row.sinceQuality = moment.quality
        row.dueEpoch = nil
        row.dueAt = nil
        if state != .quarantined { row.problem = nil }
        try row.update(db)
        let note = AuditNote(
            actor: .station, action: Self.restatedAction, object: WireName(row.itemId), itemSequence: row.sequence,
            detail: WireName(state.rawValue))
        try Store.appendAudit(note, at: moment, db)
        restated += 1
    }

    /// A state row for a payload that has lost its own.
    private func newItem(_ sequence: Int64, _ payload: Row, _ past: Past?) throws -> ItemRow {
        let metadata = ItemMetadata(
            stationId: .station, itemId: try payload.itemId("item_id"), sequence: sequence,
            revision: try payload.count("revision"), supersedes: try payload.optionalItemId("supersedes"),
            keyId: .station, suite: .station, capturedAt: try payload.time("captured_at"), clockQuality: moment.quality)
        var row = ItemRow(saving: metadata, key: sequence, size: try payload.count("size"), at: moment)
        // Nothing says that it never left: what was read for a medium stands in no audit.
        row.wasSent = true
        row.state = .unknown
        // The same id under another number, on a page that is older: this one has the payload.
        try db.run("DELETE FROM item WHERE item_id = ?", [blob(row.itemId.bytes)])
        try row.insert(db)
        return row
    }

    /// The state that nothing contradicts.
    private func rightState(_ row: ItemRow, _ past: Past?) throws -> ItemState {
        var state = row.state
        if let past, past.state != state {
            let (one, other) = (Self.rank(past.state), Self.rank(state))
            state = one == 0 && other == 0 ? .unknown : one > other ? past.state : state
        }
        if state == .accepted || state == .rejected {
            let proof = try db.row(
                """
                SELECT 1 FROM receipt r LEFT JOIN payload p USING (sequence)
                WHERE r.sequence = ? AND (p.sha256 IS NULL OR p.sha256 = r.sha256)
                """, [row.sequence])
            // Without its receipt nothing is accepted: upstream is asked, and gives it again.
            if proof == nil { return .unknown }
        }
        if state == .quarantined, good.contains(row.sequence), row.problem?.text.hasPrefix("payload-") == true {
            // It was only this station that could not read it, and now it can.
            return row.wasSent || past?.wasSent != false ? .unknown : .saved
        }
        return state
    }

    /// What ends a matter weighs more than what is under way, which weighs nothing.
    private static func rank(_ state: ItemState) -> Int {
        switch state {
        case .saved, .batched, .sent, .deferred, .unknown: 0
        case .quarantined: 1
        case .exported: 2
        case .held: 3
        case .rejected: 4
        case .accepted: 5
        case .cancelled: 6
        case .closed: 7
        case .purged: 8
        }
    }

    // MARK: Names

    private mutating func lose(_ sequence: Int64, _ reason: MissingRange.Reason) throws {
        missing.append(MissingRange(first: sequence, last: sequence, reason: reason, foundAt: moment.now))
    }

    /// Numbers that nothing names. An audit without a break proves that they were never given out.
    private mutating func nameGaps(unreadable: Int64) throws {
        let known =
            try Int64.fetchAll(db, sql: "SELECT sequence FROM item") + missing.map(\.first) + Array(history.keys)
        let named = try Store.missing(db)
        let newest = max(known.max() ?? 0, named.map(\.last).max() ?? 0)
        if !auditBreaks.isEmpty {
            var next: Int64 = 1
            for sequence in Set(known).sorted() where sequence > 0 {
                if sequence > next { addGap(next, sequence - 1) }
                next = sequence + 1
            }
        }
        if unreadable > 0 {
            missing.append(
                MissingRange(first: newest + 1, last: newest + unreadable, reason: .tail, foundAt: moment.now))
        }
    }

    private mutating func addGap(_ first: Int64, _ last: Int64) {
        missing.append(MissingRange(first: first, last: last, reason: .unaccounted, foundAt: moment.now))
    }
}
