import GRDB
package import StationCore
import Synchronization

/// What a person may do to an application in the queue.
package enum OperatorVerb: String, Sendable, CaseIterable {
    /// Keep it back.
    case hold
    /// Let it go again: from held, quarantined or rejected; what is exported is asked about by network first.
    case release
    /// Take it back; only before it was sent or exported.
    case cancel
    /// End it with a reason.
    case close
}

extension Store {
    /// Does what a person asked for, with the row of the second person where there is one; `applicationUnknown` or `transitionRefused` when it cannot be.
    @discardableResult
    package func perform(
        _ verb: OperatorVerb, on id: ItemID, actor: WireName, reason: WireName, coSigner: WireName? = nil
    ) async throws(Failure) -> ItemState {
        let transition: ItemTransition =
            switch verb {
            case .hold: .hold
            case .release: .release
            case .cancel: .cancel
            case .close: .close
            }
        return try await write { [self] db in
            guard var row = try ItemRow.findOwn(id, db) else { throw Failure(.applicationUnknown) }
            // What is on a stick is asked about before it is sent.
            let transition = transition == .release && row.state == .exported ? .recall : transition
            let moment = Moment(configuration.clock)
            try change(&row, by: transition, actor: actor, detail: reason, at: moment, db)
            if let coSigner { try Self.noteCoSigner(coSigner, of: row, at: moment, db) }
            return row.state
        }
    }

    /// The second person of what was done to an item, as a row of that person's own.
    static func noteCoSigner(_ person: WireName, of row: ItemRow, at moment: Moment, _ db: Database) throws {
        let note = AuditNote(
            actor: person, action: coSignedAction, object: WireName(row.itemId), itemSequence: row.sequence)
        try appendAudit(note, at: moment, db)
    }

    private static let coSignedAction: WireName = .constant("item.co-signed")

    /// Ends the wait of one application: a person wants it tried now. `applicationUnknown`, or `transitionRefused` when it
    /// does not wait.
    package func makeDue(_ id: ItemID, actor: WireName) async throws(Failure) {
        try await write { [self] db in
            guard var row = try ItemRow.findOwn(id, db) else { throw Failure(.applicationUnknown) }
            guard [.saved, .deferred, .unknown].contains(row.state) else {
                throw Failure(.transitionRefused, "retry in \(row.state.rawValue)")
            }
            // What waits has a time always: without one no index finds it, and it would wait for the next start.
            row.schedule(after: row.state == .saved ? nil : .zero, epoch: configuration.clockEpoch, elapsed: 0)
            try row.update(db)
            let note = AuditNote(
                actor: actor, action: Self.hastenedAction, object: WireName(id), itemSequence: row.sequence)
            try Self.appendAudit(note, at: Moment(configuration.clock), db)
            try addEvent(kind: row.eventKind, item: id, json: row.eventJSON, db)
        }
    }

    /// The only place where a state changes: by the table, with its audit row and its event in the same transaction.
    func change(
        _ row: inout ItemRow, by transition: ItemTransition, actor: WireName, detail: WireName? = nil,
        delay: Duration? = nil, at moment: Moment, _ db: Database
    ) throws {
        guard let target = transition.target(from: row.state, wasSent: row.wasSent) else {
            throw Failure(.transitionRefused, "\(transition.rawValue) from \(row.state.rawValue)")
        }
        row.state = target
        row.since = moment.now
        row.sinceQuality = moment.quality
        row.wasSent = row.wasSent || transition.leavesStation
        if transition == .send { row.attempts += 1 }
        // What waits has a time always, so that an index finds it.
        let waits = target == .deferred || target == .unknown
        row.schedule(
            after: waits ? delay ?? .zero : nil, epoch: configuration.clockEpoch, elapsed: moment.elapsed)
        switch transition {
        case .batch, .unbatch, .send, .requeue: break
        // Why it was let go stands in the audit; it waits for nothing any more.
        case .release, .export, .recall: row.problem = nil
        default: row.problem = detail
        }
        try row.update(db)
        let note = AuditNote(
            actor: actor, action: transition.auditAction, object: WireName(row.itemId), itemSequence: row.sequence,
            detail: detail)
        try Self.appendAudit(note, at: moment, db)
        try addEvent(kind: row.eventKind, item: row.itemId, json: row.eventJSON, db)
        if transition == .quarantine, let reason = detail.flatMap({ MissingRange.Reason(rawValue: $0.text) }) {
            // What cannot be vouched for is named, whoever found it.
            let range = MissingRange(first: row.sequence, last: row.sequence, reason: reason, foundAt: moment.now)
            try Self.name(range, at: moment, db)
        }
        countFrames(Self.framesPerTransition)
    }

    /// Settles what the last process or the lane left half-way when it ended: a batch that never left, requests without an
    /// answer, and delays of an earlier boot. To be called while no lane runs.
    package func settle() async throws(Failure) {
        if !isSettled {
            try await write { [self] db in
                try adoptDelays(at: Moment(configuration.clock), db)
            }
        }
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            for (stranded, transition) in [(ItemState.batched, ItemTransition.unbatch), (.sent, .loseTrack)] {
                for found in try db.rows("SELECT * FROM item WHERE state = ?", [stranded.rawValue]) {
                    var row = try ItemRow(found)
                    try change(&row, by: transition, actor: .station, detail: Self.restarted, at: moment, db)
                }
            }
        }
        state.withLock { $0.isSettled = true }
    }

    private static let hastenedAction: WireName = .constant("item.hastened")
    static let itemEvent: WireName = .constant("item")
    static let restarted: WireName = .constant("restarted")
    /// Pages that a transition touches at most, roughly: state, index, audit with its index, event.
    static let framesPerTransition = 8
}

extension ItemRow {
    /// Sets or clears the time before which the item is not tried.
    mutating func schedule(after delay: Duration?, epoch: Int64, elapsed: Int64) {
        dueEpoch = delay == nil ? nil : epoch
        dueAt = delay.map { elapsed + $0.wholeMilliseconds }
    }
}

extension ItemTransition {
    /// The action of the audit row, `item.` and the transition's name.
    var auditAction: WireName {
        // Every case's name is of the alphabet, so the fallback is never taken.
        WireName("item.\(rawValue)") ?? .station
    }
}
