import GRDB
package import StationCore

/// The application that a correction or a withdrawal is about, as it stands when one is decided.
package struct Predecessor: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// Its sequence number.
    package let sequence: Int64
    /// Its revision: the correction's is one more.
    package let revision: Int
    /// Its state.
    package let state: ItemState
    /// Whether upstream may have it or what it corrects, by network or by stick.
    package let hasLeft: Bool
    /// Whether what is kept of its citizen says that it is not the one who is asked about: false where nothing is kept.
    package let isOfAnotherPerson: Bool
}

/// What is to happen to an application that is corrected or withdrawn.
package enum Correction: Sendable {
    /// A later revision is saved.
    case save(NewItem)
    /// A withdrawal that upstream has to be told of, as a later revision. What never left ends.
    case message(NewItem)
    /// It ends here, with every revision before it: nobody else knows of them. The answer is what repetitions of the request get.
    case close(reason: WireName, actor: WireName, answer: [UInt8])
}

extension Store {
    /// Decides about a correction or withdrawal of an application and carries it out, in one transaction; as `save`
    /// otherwise. A predecessor that upstream rejected, or that the station cannot vouch for, ends with the correction.
    ///
    /// Throws `applicationUnknown`; `applicationSuperseded` when a later revision exists, which is the one to correct;
    /// `transitionRefused` when it was taken back or closed, and for the message of a withdrawal; and what `save` throws.
    /// - Parameter withdrawing: the citizen withdraws: a revision that never left is not sent first, the message follows the
    ///   newest one that left, and what was kept of the citizen goes.
    package func correct<Refusal: Error>(
        _ id: ItemID, _ request: IdempotentRequest, asking question: DuplicateQuestion? = nil,
        withdrawing: Bool = false,
        decide: @escaping @Sendable (Predecessor, DecisionGround) -> Result<Correction, Refusal>
    ) async throws(Failure) -> Result<SavedItem, Refusal> {
        try await saving { [self] db in
            if let first = try repeated(request, db) { return (.rollback, .success(first)) }
            let duplicates = try question.map { try self.duplicates($0, db) } ?? .notDetermined
            let row = try correctable(id, db)
            let earlier = try Self.earlierRevisions(of: row, db)
            let left = withdrawing && row.canEnd && !row.wasSent ? earlier.first(where: \.wasSent) : nil
            let subject = left ?? row
            let predecessor = Predecessor(
                itemId: subject.itemId, sequence: subject.sequence, revision: subject.revision, state: subject.state,
                hasLeft: row.wasSent || earlier.contains(where: \.wasSent),
                isOfAnotherPerson: try question.map { try isOfAnother(row, $0, db) } ?? false)
            let ground = DecisionGround(duplicates: duplicates, openShift: try Self.openShift(db))
            switch decide(predecessor, ground) {
            case .failure(let refusal): return (.rollback, .failure(refusal))
            case .success(.save(let new)):
                return (.commit, .success(try insertCorrection(new, of: row, request, db)))
            case .success(.message(let new)):
                try eraseFollowUp(ofRevisionsOf: id, actor: new.actor, db)
                for var unsent in [row] + earlier where !unsent.wasSent && unsent.canEnd {
                    try change(
                        &unsent, by: .close, actor: new.actor, detail: .constant("withdrawn"),
                        at: Moment(configuration.clock), db)
                }
                return (.commit, .success(try insertCorrection(new, of: subject, request, db)))
            case .success(.close(let reason, let actor, let answer)):
                if withdrawing { try eraseFollowUp(ofRevisionsOf: id, actor: actor, db) }
                for var revision in earlier where !revision.hasEnded {
                    try change(
                        &revision, by: .close, actor: actor, detail: reason, at: Moment(configuration.clock), db)
                }
                return (.commit, .success(try end(row, reason, actor, request, answer, db)))
            }
        }
    }

    private func insertCorrection(
        _ new: NewItem, of row: ItemRow, _ request: IdempotentRequest, _ db: Database
    ) throws -> SavedItem {
        let metadata = new.item.metadata
        guard metadata.supersedes == row.itemId, metadata.revision == row.revision + 1 else {
            throw Failure(.internalFault, "the correction does not name what it corrects")
        }
        try endPredecessor(row, actor: new.actor, db)
        return try insert(new, request, db)
    }

    /// What an application corrects, and what that corrects, newest first; at most a page.
    static func earlierRevisions(of row: ItemRow, _ db: Database) throws -> [ItemRow] {
        var earlier: [ItemRow] = []
        var last = row
        while earlier.count < Limits.Store.pageRows, let id = last.supersedes, let found = try ItemRow.find(id, db) {
            earlier.append(found)
            last = found
        }
        return earlier
    }

    private func correctable(_ id: ItemID, _ db: Database) throws -> ItemRow {
        guard let row = try ItemRow.findOwn(id, db) else { throw Failure(.applicationUnknown) }
        let later = "SELECT 1 FROM item n WHERE n.supersedes = ? AND \(Self.standsAsRevision) LIMIT 1"
        guard try db.row(later, [blob(id.bytes)]) == nil else {
            throw Failure(.applicationSuperseded)
        }
        // A purged one may be with upstream, or taken back before its payload went: its receipt tells.
        let isEnded =
            switch row.state {
            case .cancelled, .closed: true
            case .purged: try Self.receipt(row.sequence, db) == nil
            default: false
            }
        guard !isEnded else { throw Failure(.transitionRefused, "the application has ended") }
        let withdrawal = """
            SELECT 1 FROM audit WHERE item_sequence = ? AND action = 'item.saved' AND detail = 'withdrawn'
            """
        guard try db.row(withdrawal, [row.sequence]) == nil else {
            throw Failure(.transitionRefused, "the citizen has withdrawn it")
        }
        return row
    }

    /// Whether the item `n` takes the place of what it corrects: one that ended before it ever left does not, nor does what a
    /// stick brought, of which nobody here knows whose it is.
    static let standsAsRevision = """
        n.sequence > 0 AND NOT (n.was_sent = 0 AND n.state IN ('cancelled', 'closed', 'purged'))
        """

    private func endPredecessor(_ row: ItemRow, actor: WireName, _ db: Database) throws {
        guard row.state == .rejected || row.state == .quarantined else { return }
        var row = row
        try change(
            &row, by: .close, actor: actor, detail: .constant("superseded"), at: Moment(configuration.clock), db)
    }

    private func end(
        _ row: ItemRow, _ reason: WireName, _ actor: WireName, _ request: IdempotentRequest, _ answer: [UInt8],
        _ db: Database
    ) throws -> SavedItem {
        var row = row
        try change(&row, by: .close, actor: actor, detail: reason, at: Moment(configuration.clock), db)
        try keepAnswer(answer, to: request, sequence: row.sequence, db)
        return SavedItem(
            itemId: row.itemId, sequence: row.sequence, capturedAt: row.capturedAt, state: row.state, replayed: false,
            answer: answer,
            followUpKept: try db.row("SELECT 1 FROM follow_up WHERE sequence = ?", [row.sequence]) != nil)
    }
}

extension ItemRow {
    fileprivate var hasEnded: Bool { [.cancelled, .closed, .purged].contains(state) }

    fileprivate var canEnd: Bool { ItemTransition.close.target(from: state, wasSent: wasSent) != nil }
}
