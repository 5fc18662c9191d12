import Crypto
import GRDB
import People
package import StationCore
import Synchronization

extension Store {
    /// Decides about an application and saves it, in one transaction: payload, state, audit row, event, idempotent answer
    /// and follow-up data. Returns after its fsync; this is what "saved" means.
    ///
    /// `decide` runs inside the transaction, so that two submissions cannot pass each other and no intake session closes
    /// under one; what it refuses is returned, and nothing was saved. A repetition of the request returns the first save's
    /// answer without deciding anew. Throws `idempotencyKeyReused` (same key, other body), `diskFull` (nothing is saved;
    /// later saves work again when there is space), `diskWriteFailed` (the store is poisoned from now on: nobody knows
    /// whether this one is on disk, and it is not acknowledged).
    package func save<Refusal: Error>(
        _ request: IdempotentRequest, asking question: DuplicateQuestion,
        decide: @escaping @Sendable (DecisionGround) -> Result<NewItem, Refusal>
    ) async throws(Failure) -> Result<SavedItem, Refusal> {
        try await saving { [self] db in
            if let first = try repeated(request, db) { return (.rollback, .success(first)) }
            let ground = DecisionGround(duplicates: try duplicates(question, db), openShift: try Self.openShift(db))
            switch decide(ground) {
            case .success(let new): return (.commit, .success(try insert(new, request, db)))
            case .failure(let refusal): return (.rollback, .failure(refusal))
            }
        }
    }

    /// Saves an application about which everything is decided; otherwise as above.
    package func save(_ new: NewItem, answering request: IdempotentRequest? = nil) async throws(Failure) -> SavedItem {
        try await saving { [self] db in
            if let request, let first = try repeated(request, db) { return (.rollback, first) }
            return (.commit, try insert(new, request, db))
        }
    }

    /// The stored answer to a request: nil when its key is new, `idempotencyKeyReused` when the key belongs to a request
    /// with another body.
    package func answer(to request: IdempotentRequest) async throws(Failure) -> SavedItem? {
        try await read { [self] db in try repeated(request, db) }
    }

    /// A transaction that somebody waits for: checkpoints stand back.
    func saving<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> (Database.TransactionCompletion, T)
    ) async throws(Failure) -> T {
        state.withLock { $0.waitingSaves += 1 }
        defer { state.withLock { $0.waitingSaves -= 1 } }
        let saved =
            if let delay = configuration.controlCommitDelay { try await answeringEarly(body, commitAfter: delay) } else
            {
                try await transact(body)
            }
        checkpointSoon()
        return saved
    }

    private static func check(_ new: NewItem) throws(Failure) {
        let item = new.item
        guard (1...Limits.Uplink.itemBytes).contains(item.sealed.count),
            (1...Limits.Store.sequence).contains(item.metadata.sequence), item.metadata.revision >= 1,
            (item.metadata.revision == 1) == (item.metadata.supersedes == nil),
            new.answer.count <= Limits.Store.answerBytes
        else { throw Failure(.internalFault, "the sealed item breaks its limits") }
        guard Array(SHA256.hash(data: item.sealed)) == item.sha256 else {
            throw Failure(.internalFault, "the digest is not the sealed payload's")
        }
    }

    /// Writes everything of a new item.
    func insert(_ new: NewItem, _ request: IdempotentRequest?, _ db: Database) throws -> SavedItem {
        try Self.check(new)
        let moment = Moment(configuration.clock)
        let metadata = new.item.metadata
        try Self.insertPayload(new.item, key: metadata.sequence, db)
        var row = ItemRow(saving: metadata, key: metadata.sequence, size: new.item.sealed.count, at: moment)
        try row.insert(db)
        let followUpKept = try insertFollowUp(new.followUp, of: metadata, db)
        if let shift = new.shift {
            try db.run("INSERT INTO taken VALUES (?, ?, ?)", [metadata.sequence, shift, new.actor.text])
            if let person = OperatorID(actor: new.actor) { try Self.join(person, shift, at: moment, db) }
        }
        if let request { try keepAnswer(new.answer, to: request, sequence: metadata.sequence, db) }
        let note = AuditNote(
            actor: new.actor, action: Self.savedAction, object: WireName(metadata.itemId),
            itemSequence: metadata.sequence, detail: new.remark)
        try Self.appendAudit(note, at: moment, db)
        if let coSigner = new.coSigner { try Self.noteCoSigner(coSigner, of: row, at: moment, db) }
        try addEvent(kind: Self.itemEvent, item: metadata.itemId, json: row.eventJSON, db)
        if let reason = new.heldFor {
            try change(&row, by: .hold, actor: new.actor, detail: reason, at: moment, db)
        }
        countFrames(new.item.sealed.count / 4_096 + 2 * Self.framesPerTransition)
        rememberSize(new.item.sealed.count)
        return SavedItem(
            itemId: metadata.itemId, sequence: metadata.sequence, capturedAt: metadata.capturedAt, state: row.state,
            replayed: false, answer: request == nil ? [] : new.answer, followUpKept: followUpKept)
    }

    private static let savedAction: WireName = .constant("item.saved")

    /// - Parameter key: the item's own sequence number; of a forwarded item a negative one of ours.
    static func insertPayload(_ item: SealedItem, key: Int64, _ db: Database) throws {
        let metadata = item.metadata
        try db.run(
            "INSERT INTO payload VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key, blob(metadata.itemId.bytes), metadata.stationId.text, metadata.revision,
                metadata.supersedes.map { blob($0.bytes) }, metadata.keyId.text, metadata.suite.text,
                metadata.capturedAt.milliseconds, metadata.clockQuality.rawValue, item.sealed.count, blob(item.sha256),
                item.signingKeyId.text, blob(item.signature), blob(item.sealed),
            ])
    }

    /// Keeps the answer that repetitions of a request get.
    func keepAnswer(_ answer: [UInt8], to request: IdempotentRequest, sequence: Int64, _ db: Database) throws {
        try db.run(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?)",
            [blob(request.keyHash), blob(request.digest), sequence, blob(answer)])
    }

    /// What an earlier request with this key saved. Throws `idempotencyKeyReused`.
    func repeated(_ request: IdempotentRequest, _ db: Database) throws -> SavedItem? {
        guard let row = try db.row("SELECT * FROM idempotency WHERE key_hash = ?", [blob(request.keyHash)]) else {
            return nil
        }
        guard try row.bytes("digest") == request.digest else { throw Failure(.idempotencyKeyReused) }
        let sequence = try row.integer("sequence")
        guard let item = try db.row("SELECT * FROM item WHERE sequence = ?", [sequence], as: ItemRow.init) else {
            throw Failure(.storeDamaged, "an answered item has no state")
        }
        return SavedItem(
            itemId: item.itemId, sequence: sequence, capturedAt: item.capturedAt, state: item.state, replayed: true,
            answer: try row.bytes("answer"),
            followUpKept: try db.row("SELECT 1 FROM follow_up WHERE sequence = ?", [sequence]) != nil)
    }
}
