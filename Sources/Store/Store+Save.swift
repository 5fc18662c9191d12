import Crypto
import GRDB
package import StationCore
import Synchronization

extension Store {
    /// Saves an application: payload, state, audit row, event, idempotent answer and follow-up data in one transaction,
    /// and returns after its fsync. This is what "saved" means.
    ///
    /// A repetition with the same idempotency key returns the first save's answer. Throws `idempotencyKeyReused` (same
    /// key, other body), `duplicateToday` and `phoneReused` (only when asked for in `refusedDuplicates`), `diskFull`
    /// (nothing is saved; later saves work again when there is space), `diskWriteFailed` (the store is poisoned from
    /// now on: nobody knows whether this one is on disk, and it is not acknowledged).
    package func save(_ new: NewItem) async throws(Failure) -> SavedItem {
        try Self.check(new)
        state.withLock { $0.waitingSaves += 1 }
        defer { state.withLock { $0.waitingSaves -= 1 } }
        let saved = try await write { [self] db in try insert(new, db) }
        checkpointSoon()
        return saved
    }

    /// The stored answer to an idempotency key: nil when it is new, `idempotencyKeyReused` when it belongs to a request
    /// with another body. Asked before sealing, so that a repetition costs nothing.
    package func answer(toKey key: String, requestSHA256: [UInt8]) async throws(Failure) -> SavedItem? {
        try await read { [self] db in try repeated(key: key, requestSHA256: requestSHA256, db) }
    }

    private static func check(_ new: NewItem) throws(Failure) {
        let item = new.item
        guard (1...Limits.Uplink.itemBytes).contains(item.sealed.count),
            (1...Limits.Store.sequence).contains(item.metadata.sequence), item.metadata.revision >= 1,
            (item.metadata.revision == 1) == (item.metadata.supersedes == nil)
        else { throw Failure(.internalFault, "the sealed item breaks its limits") }
        guard Array(SHA256.hash(data: item.sealed)) == item.sha256 else {
            throw Failure(.internalFault, "the digest is not the sealed payload's")
        }
        if let idempotency = new.idempotency {
            guard (1...Limits.Application.idempotencyKeyBytes).contains(idempotency.key.utf8.count),
                idempotency.requestSHA256.count == 32, idempotency.answer.count <= Limits.Store.answerBytes
            else { throw Failure(.internalFault, "the idempotent answer breaks its limits") }
        }
    }

    private func insert(_ new: NewItem, _ db: Database) throws -> SavedItem {
        if let idempotency = new.idempotency,
            let first = try repeated(key: idempotency.key, requestSHA256: idempotency.requestSHA256, db)
        {
            return first
        }
        let moment = Moment(configuration.clock)
        let metadata = new.item.metadata
        try refuseDuplicates(of: new, db)
        try Self.insertPayload(new.item, db)
        let row = ItemRow(saving: metadata, size: new.item.sealed.count, at: moment)
        try row.insert(db)
        let followUpKept = try insertFollowUp(new.followUp, of: metadata, db)
        if let idempotency = new.idempotency { try insertAnswer(idempotency, sequence: metadata.sequence, db) }
        let note = AuditNote(
            actor: new.actor, action: Self.savedAction, object: WireName(metadata.itemId),
            itemSequence: metadata.sequence, detail: new.remark)
        try Self.appendAudit(note, at: moment, db)
        try addEvent(kind: Self.itemEvent, item: metadata.itemId, json: row.eventJSON, db)
        countFrames(new.item.sealed.count / 4_096 + 2 * Self.framesPerTransition)
        return SavedItem(
            itemId: metadata.itemId, sequence: metadata.sequence, state: .saved, replayed: false,
            answer: new.idempotency?.answer ?? [], followUpKept: followUpKept)
    }

    private static let savedAction: WireName = .constant("item.saved")

    private static func insertPayload(_ item: SealedItem, _ db: Database) throws {
        let metadata = item.metadata
        try db.run(
            "INSERT INTO payload VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                metadata.sequence, blob(metadata.itemId.bytes), metadata.stationId.text, metadata.revision,
                metadata.supersedes.map { blob($0.bytes) }, metadata.keyId.text, metadata.suite.text,
                metadata.capturedAt.milliseconds, metadata.clockQuality.rawValue, item.sealed.count, blob(item.sha256),
                item.signingKeyId.text, blob(item.signature), blob(item.sealed),
            ])
    }

    private func insertAnswer(_ idempotency: IdempotentAnswer, sequence: Int64, _ db: Database) throws {
        let digest = requestDigest(idempotency.requestSHA256)
        try db.run(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)",
            [idempotency.key, digest.keyed, blob(digest.bytes), sequence, blob(idempotency.answer)])
    }

    /// A body holds few secrets enough to be guessed from its digest, so the digest is keyed while the key is here.
    private func requestDigest(_ sha256: [UInt8]) -> (keyed: Bool, bytes: [UInt8]) {
        guard let key = dataKey else { return (false, sha256) }
        return (true, key.hash(sha256, purpose: "request"))
    }

    private func repeated(key: String, requestSHA256: [UInt8], _ db: Database) throws -> SavedItem? {
        guard let row = try db.row("SELECT * FROM idempotency WHERE key = ?", [key]) else { return nil }
        let isSame: Bool
        switch (try row.flag("digest_keyed"), dataKey) {
        case (false, _): isSame = try row.bytes("digest") == requestSHA256
        case (true, let dataKey?):
            isSame = try row.bytes("digest") == dataKey.hash(requestSHA256, purpose: "request")
        case (true, nil): isSame = true  // Locked: nobody can compare, and the first answer saves nothing twice.
        }
        guard isSame else { throw Failure(.idempotencyKeyReused) }
        let sequence = try row.integer("sequence")
        guard let item = try db.row("SELECT * FROM item WHERE sequence = ?", [sequence]).map(ItemRow.init) else {
            throw Failure(.storeDamaged, "an answered item has no state")
        }
        return SavedItem(
            itemId: item.itemId, sequence: sequence, state: item.state, replayed: true, answer: try row.bytes("answer"),
            followUpKept: try db.row("SELECT 1 FROM follow_up WHERE sequence = ?", [sequence]) != nil)
    }
}
