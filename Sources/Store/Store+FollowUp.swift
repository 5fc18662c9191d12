import Foundation
import GRDB
package import StationCore
import Synchronization

extension Store {
    /// Items that have the same personal number, or the same phone number. Cancelled, closed, withdrawn and superseded items
    /// do not count; of an earlier day a rejected one does not repeat a number either: it was decided, and its citizen comes
    /// again. `notDetermined` while the station is locked, and while it keeps people under another key than the present one.
    func duplicates(_ question: DuplicateQuestion, _ db: Database) throws -> DuplicateFinding {
        guard let key = dataKey, try opensOldest(key, db) else { return .notDetermined }
        let number = Self.numberHash(question.personalNumber, key)
        var found = [
            DuplicateKind.number: try Self.repetitions(
                "f.number_hash = :hash AND (f.day = :day OR i.state <> 'rejected')",
                ["hash": blob(number), "day": question.day.daysSinceEpoch], except: question.except, db)
        ]
        if let phone = question.phone.unredacted {
            found[.phone] = try Self.repetitions(
                "f.phone_hash = :hash", ["hash": blob(Self.phoneHash(Redacted(phone), key))], except: question.except,
                db)
        }
        return .determined(found.filter { !$0.value.isEmpty })
    }

    /// Whether an item is known to be of another citizen than the one who is asked about.
    func isOfAnother(_ row: ItemRow, _ question: DuplicateQuestion, _ db: Database) throws -> Bool {
        guard let key = dataKey,
            let kept = try db.row("SELECT number_hash, sealed FROM follow_up WHERE sequence = ?", [row.sequence]),
            (try? Self.opened(kept, of: row.itemId, key)) != nil
        else { return false }
        return try kept.bytes("number_hash") != Self.numberHash(question.personalNumber, key)
    }

    /// The follow-up data of an item, with an audit row, because it is personal: nil when there is none (any more).
    /// Throws `stationLocked`.
    package func followUp(of id: ItemID, actor: WireName) async throws(Failure) -> FollowUpView? {
        guard let key = dataKey else { throw Failure(.stationLocked) }
        return try await write { [self] db in
            let query = "SELECT f.sealed, f.sequence FROM follow_up f JOIN item i USING (sequence) WHERE i.item_id = ?"
            guard let row = try db.row(query, [blob(id.bytes)]) else { return nil }
            let note = AuditNote(
                actor: actor, action: Self.readAction, object: WireName(id), itemSequence: try row.integer("sequence"))
            try Self.appendAudit(note, at: Moment(configuration.clock), db)
            return FollowUpView(try Self.opened(row, of: id, key))
        }
    }

    /// Whether the key opens the oldest that is kept, and so everything: where another key was given later, what lies under
    /// the former one cannot be searched. True while nothing is kept.
    func opensOldest(_ key: StationDataKey, _ db: Database) throws -> Bool {
        if state.withLock({ $0.opensOldest }) { return true }
        let query = "SELECT f.sealed, i.item_id FROM follow_up f JOIN item i USING (sequence) ORDER BY f.sequence"
        guard let oldest = try db.row(query + " LIMIT 1") else { return true }
        let opens = (try? Self.opened(oldest, of: try oldest.itemId("item_id"), key)) != nil
        // Nothing older comes, so that it stays true for this key.
        state.withLock { $0.opensOldest = opens }
        return opens
    }

    /// What the sealed blob holds, as JSON.
    fileprivate struct StoredFollowUp: Codable {
        let number: String
        let phone: String
        let name: String
        let hamlet: String?
    }

    /// What the point knows of a person, newest first, at most a page, each with an audit row because it is personal; a
    /// search that finds nobody leaves a row too. Throws `stationLocked`, and `keyInvalid` where nobody is found while others
    /// are kept under a former key.
    package func find(
        _ person: PersonSearch, actor: WireName
    ) async throws(Failure) -> [(ItemSummary, FollowUpView)] {
        guard let key = dataKey else { throw Failure(.stationLocked) }
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        let (found, isWhole) = try await write { [self] db in
            let (column, hash) =
                switch person {
                case .personalNumber(let number): ("number_hash", Self.numberHash(number, key))
                case .phone(let phone): ("phone_hash", Self.phoneHash(phone, key))
                }
            let rows = try db.rows(
                """
                SELECT i.*, f.sealed FROM follow_up f JOIN item i USING (sequence) WHERE f.\(column) = ?
                ORDER BY f.sequence DESC LIMIT ?
                """, [blob(hash), Limits.Store.pageRows])
            if rows.isEmpty {
                try Self.appendAudit(AuditNote(actor: actor, action: Self.searchAction), at: moment, db)
            }
            let found = try rows.map { row in
                let item = try ItemRow(row)
                let note = AuditNote(
                    actor: actor, action: Self.readAction, object: WireName(item.itemId), itemSequence: item.sequence)
                try Self.appendAudit(note, at: Moment(configuration.clock), db)
                let view = FollowUpView(try Self.opened(row, of: item.itemId, key))
                return (try Self.summary(item, epoch: epoch, elapsed: moment.elapsed, db), view)
            }
            return (found, try !rows.isEmpty || opensOldest(key, db))
        }
        guard isWhole else { throw Failure(.keyInvalid, "follow-up data lie under a former data key") }
        return found
    }

    /// Deletes what the point kept of an application's citizen, before its time, with every revision of it;
    /// `applicationUnknown` when there is nothing. Needs no key: whoever asks to be forgotten must not wait for an unlocked
    /// station.
    package func eraseFollowUp(of id: ItemID, actor: WireName) async throws(Failure) {
        try await write { [self] db in
            guard try eraseFollowUp(ofRevisionsOf: id, actor: actor, db) else { throw Failure(.applicationUnknown) }
        }
    }

    /// The same within a transaction; false when there was nothing.
    @discardableResult
    func eraseFollowUp(ofRevisionsOf id: ItemID, actor: WireName, _ db: Database) throws -> Bool {
        let kept = try db.rows(Self.keptRevisions, [blob(id.bytes), Limits.Store.pageRows])
        for row in kept {
            let sequence = try row.integer("sequence")
            try db.run("DELETE FROM follow_up WHERE sequence = ?", [sequence])
            let note = AuditNote(
                actor: actor, action: Self.erasedAction, object: WireName(try row.itemId("item_id")),
                itemSequence: sequence)
            try Self.appendAudit(note, at: Moment(configuration.clock), db)
        }
        return !kept.isEmpty
    }

    /// What is kept of an application, of what it corrects, and of what corrects it: each copies the one before.
    private static let keptRevisions = """
        WITH RECURSIVE revision(item_id) AS (
            VALUES (?)
            UNION SELECT i.supersedes FROM item i JOIN revision USING (item_id) WHERE i.supersedes IS NOT NULL
            UNION SELECT n.item_id FROM item n JOIN revision r ON n.supersedes = r.item_id WHERE n.sequence > 0
        )
        SELECT i.item_id, f.sequence FROM revision JOIN item i USING (item_id) JOIN follow_up f USING (sequence) LIMIT ?
        """

    /// Of how many applications something is kept here.
    package func followUpCount() async throws(Failure) -> Int { try await read(Self.followUpCount) }

    static func followUpCount(_ db: Database) throws -> Int {
        try db.row("SELECT count(*) AS items FROM follow_up")?.count("items") ?? 0
    }

    private static let readAction: WireName = .constant("followup.read")
    private static let searchAction: WireName = .constant("followup.searched")
    private static let erasedAction: WireName = .constant("followup.erased")

    /// Whether follow-up data was kept: there is some, and the station is unlocked.
    func insertFollowUp(_ followUp: KeptFollowUp?, of metadata: ItemMetadata, _ db: Database) throws -> Bool {
        guard let followUp, let key = dataKey else { return false }
        let stored: StoredFollowUp
        let numberHash: [UInt8]
        let keepUntil: Int64
        switch followUp {
        case .new(let new):
            stored = StoredFollowUp(
                number: masked(new.personalNumber.unredacted), phone: new.phone.unredacted, name: new.name.unredacted,
                hamlet: new.hamlet.unredacted)
            numberHash = Self.numberHash(new.personalNumber, key)
            keepUntil = new.keepUntil.milliseconds
        case .ofPredecessor(let phone):
            guard let predecessor = metadata.supersedes,
                let row = try db.row(
                    "SELECT f.* FROM follow_up f JOIN item i USING (sequence) WHERE i.item_id = ?",
                    [blob(predecessor.bytes)])
            else { return false }
            // A correction does not wait for what nobody can read any more.
            guard let old = try? Self.opened(row, of: predecessor, key) else { return false }
            stored = StoredFollowUp(
                number: old.number, phone: phone.unredacted ?? old.phone, name: old.name, hamlet: old.hamlet)
            numberHash = try row.bytes("number_hash")
            keepUntil = try row.integer("expires_at")
        }
        let plaintext = Array(try JSONEncoder().encode(stored))
        let sealed = try key.seal(plaintext, for: metadata.itemId, random: configuration.random)
        try db.run(
            "INSERT INTO follow_up VALUES (?, ?, ?, ?, ?, ?)",
            [
                metadata.sequence, blob(numberHash), blob(Self.phoneHash(Redacted(stored.phone), key)),
                metadata.capturedAt.vietnamDay.daysSinceEpoch, keepUntil, blob(sealed),
            ])
        return true
    }

    private static func opened(_ row: Row, of id: ItemID, _ key: StationDataKey) throws -> StoredFollowUp {
        guard let plaintext = try? key.open(try row.bytes("sealed"), for: id),
            let stored = try? JSONDecoder().decode(StoredFollowUp.self, from: blob(plaintext))
        else { throw Failure(.keyInvalid, "follow-up data do not open: damaged, or under a former data key") }
        return stored
    }

    private static func repetitions(
        _ condition: String, _ arguments: StatementArguments, except: ItemID?, _ db: Database
    ) throws -> [RepeatedApplication] {
        // What was purged is told by the audit: only what upstream had accepted stands.
        let query = """
            SELECT i.* FROM follow_up f JOIN item i USING (sequence)
            WHERE \(condition) AND i.state NOT IN ('cancelled', 'closed') AND i.item_id IS NOT :except
                AND NOT EXISTS (SELECT 1 FROM item n WHERE n.supersedes = i.item_id AND \(standsAsRevision))
                AND (i.state <> 'purged' OR EXISTS
                    (SELECT 1 FROM audit a WHERE a.item_sequence = i.sequence AND a.action = 'item.accept'))
            ORDER BY i.sequence DESC LIMIT \(Limits.Store.duplicateRows)
            """
        return try db.rows(query, arguments + ["except": except.map { blob($0.bytes) }]).map { row in
            let newest = try ItemRow(row)
            // The citizen's receipt has the number, the hour and the point of the first.
            let first = try earlierRevisions(of: newest, db).last ?? newest
            let taken = "SELECT s.point FROM taken t JOIN shift s ON s.sequence = t.shift WHERE t.sequence = ?"
            return RepeatedApplication(
                itemId: newest.itemId, sequence: first.sequence, capturedAt: first.capturedAt, state: newest.state,
                point: try db.row(taken, [first.sequence])?.decode(String?.self, forColumn: "point"))
        }
    }

    private static func numberHash(_ number: Redacted<String>, _ key: StationDataKey) -> [UInt8] {
        key.hash(number.unredacted, purpose: "number")
    }

    private static func phoneHash(_ phone: Redacted<String>, _ key: StationDataKey) -> [UInt8] {
        key.hash(phone.unredacted, purpose: "phone")
    }
}

/// Who is looked for among the follow-up data.
package enum PersonSearch: Sendable {
    /// By the 12-digit personal number.
    case personalNumber(Redacted<String>)
    /// By the phone number in its normal form.
    case phone(Redacted<String>)
}

extension FollowUpView {
    fileprivate init(_ stored: Store.StoredFollowUp) {
        self.init(
            maskedNumber: Redacted(stored.number), phone: Redacted(stored.phone), name: Redacted(stored.name),
            hamlet: Redacted(stored.hamlet))
    }
}
