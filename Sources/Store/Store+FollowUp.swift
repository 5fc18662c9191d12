import Foundation
import GRDB
package import StationCore

extension Store {
    /// Items that repeat a personal number on its legal day, or a phone number. Cancelled, closed and superseded items
    /// do not count. `notDetermined` while the station is locked.
    func duplicates(_ question: DuplicateQuestion, _ db: Database) throws -> DuplicateFinding {
        guard let key = dataKey else { return .notDetermined }
        let number = Self.numberHash(question.personalNumber, key)
        var found = [
            DuplicateKind.numberToday: try Self.repetitions(
                "f.number_hash = :hash AND f.day = :day",
                ["hash": blob(number), "day": question.day.daysSinceEpoch], except: question.except, db)
        ]
        if let phone = question.phone.unredacted {
            found[.phone] = try Self.repetitions(
                "f.phone_hash = :hash", ["hash": blob(Self.phoneHash(Redacted(phone), key))], except: question.except,
                db)
        }
        return .determined(found.filter { !$0.value.isEmpty })
    }

    /// The follow-up data of an item, with an audit row, because it is personal: nil when there is none (any more).
    /// Throws `credentialMissing` while the station is locked.
    package func followUp(of id: ItemID, actor: WireName) async throws(Failure) -> FollowUpView? {
        guard let key = dataKey else { throw Failure(.credentialMissing, "the station is locked") }
        return try await write { [self] db in
            let query = "SELECT f.sealed, f.sequence FROM follow_up f JOIN item i USING (sequence) WHERE i.item_id = ?"
            guard let row = try db.row(query, [blob(id.bytes)]) else { return nil }
            let note = AuditNote(
                actor: actor, action: Self.readAction, object: WireName(id), itemSequence: try row.integer("sequence"))
            try Self.appendAudit(note, at: Moment(configuration.clock), db)
            guard let plaintext = try? key.open(try row.bytes("sealed"), for: id),
                let stored = try? JSONDecoder().decode(StoredFollowUp.self, from: blob(plaintext))
            else { throw Failure(.storeDamaged, "follow-up data do not open") }
            return FollowUpView(
                maskedNumber: Redacted(stored.number), phone: Redacted(stored.phone), name: Redacted(stored.name),
                hamlet: Redacted(stored.hamlet))
        }
    }

    /// What the sealed blob holds, as JSON.
    private struct StoredFollowUp: Codable {
        let number: String
        let phone: String
        let name: String
        let hamlet: String?
    }

    private static let readAction: WireName = .constant("followup.read")

    /// Whether follow-up data was kept: there is some, and the station is unlocked.
    func insertFollowUp(_ followUp: FollowUp?, of metadata: ItemMetadata, _ db: Database) throws -> Bool {
        guard let followUp, let key = dataKey else { return false }
        let stored = StoredFollowUp(
            number: masked(followUp.personalNumber.unredacted), phone: followUp.phone.unredacted,
            name: followUp.name.unredacted, hamlet: followUp.hamlet.unredacted)
        let plaintext = Array(try JSONEncoder().encode(stored))
        let sealed = try key.seal(plaintext, for: metadata.itemId, random: configuration.random)
        try db.run(
            "INSERT INTO follow_up VALUES (?, ?, ?, ?, ?, ?)",
            [
                metadata.sequence, blob(Self.numberHash(followUp.personalNumber, key)),
                blob(Self.phoneHash(followUp.phone, key)), metadata.capturedAt.vietnamDay.daysSinceEpoch,
                followUp.keepUntil.milliseconds, blob(sealed),
            ])
        return true
    }

    private static func repetitions(
        _ condition: String, _ arguments: StatementArguments, except: ItemID?, _ db: Database
    ) throws -> [ItemID] {
        let query = """
            SELECT i.item_id FROM follow_up f JOIN item i USING (sequence)
            WHERE \(condition) AND i.state NOT IN ('cancelled', 'closed') AND i.item_id IS NOT :except
                AND NOT EXISTS (SELECT 1 FROM item n WHERE n.supersedes = i.item_id)
            ORDER BY sequence DESC LIMIT \(Limits.Store.duplicateRows)
            """
        return try db.rows(query, arguments + ["except": except.map { blob($0.bytes) }])
            .map { try $0.itemId("item_id") }
    }

    private static func numberHash(_ number: Redacted<String>, _ key: StationDataKey) -> [UInt8] {
        key.hash(number.unredacted, purpose: "number")
    }

    private static func phoneHash(_ phone: Redacted<String>, _ key: StationDataKey) -> [UInt8] {
        key.hash(phone.unredacted, purpose: "phone")
    }
}
