import Crypto
import GRDB
package import StationCore

/// An item that upstream is to be asked about.
package struct UnknownItem: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// The station that captured it, when it is another one.
    package var stationId: StationID?
    /// SHA-256 of its sealed payload: an answer about another digest is a conflict.
    package let sha256: [UInt8]
}

extension Store {
    /// Records that a batch is about to leave; from now on its items may be upstream. To be awaited before the first
    /// byte. What a receipt settled since it was chosen, brought by a stick, stays settled: upstream has it.
    package func markSent(_ ids: [ItemID]) async throws(Failure) {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            for id in ids {
                guard var row = try ItemRow.find(id, db) else { throw Failure(.applicationUnknown) }
                // Upstream has it already: a receipt came by stick, and whatever was done about that since stands.
                let isSettled = row.wasSent && ItemTransition.send.target(from: row.state, wasSent: true) == nil
                guard !isSettled else { continue }
                try change(&row, by: .send, actor: .station, at: moment, db)
            }
        }
    }

    /// Records what became of items, in any order, and returns each one's state now. What an item's state has no use
    /// for (a second receipt of an accepted item) changes nothing. A receipt over another digest than ours leaves the
    /// item unknown.
    @discardableResult
    package func apply(_ outcomes: [(ItemID, ItemOutcome)]) async throws(Failure) -> [ItemID: ItemState] {
        let states = try await write { [self] db in
            let moment = Moment(configuration.clock)
            var states: [ItemID: ItemState] = [:]
            for (id, outcome) in outcomes {
                guard var row = try ItemRow.find(id, db) else { continue }
                try settle(&row, outcome, at: moment, db)
                states[id] = row.state
            }
            return states
        }
        checkpointSoon()
        return states
    }

    /// Items that upstream is to be asked about now, at most a status request's worth.
    package func unknownItems(limit: Int = Limits.Uplink.statusItems) async throws(Failure) -> [UnknownItem] {
        let moment = Moment(configuration.clock)
        let limit = min(limit, Limits.Uplink.statusItems)
        return try await write { [self] db in
            var rows: [ItemRow] = []
            for lane in [0, 1] {
                let arguments: StatementArguments = [
                    "lane": lane, "limit": limit - rows.count, "elapsed": moment.elapsed,
                ]
                rows += try db.rows(ScheduleQuery.unknownDue, arguments, as: ItemRow.init)
            }
            return try rows.compactMap { found in
                var row = found
                switch Self.payloadDigest(of: row, db) {
                case .success(let digest):
                    let station = row.isForwarded ? try Self.origin(row.sequence, db).stationId : nil
                    return UnknownItem(itemId: row.itemId, stationId: station, sha256: digest)
                case .failure(let damage):
                    // Nothing can be asked about it and nothing sent: it must not stand in everybody's way.
                    try change(&row, by: .quarantine, actor: .station, detail: damage.problem, at: moment, db)
                    return nil
                }
            }
        }
    }

    private func settle(_ row: inout ItemRow, _ outcome: ItemOutcome, at moment: Moment, _ db: Database) throws {
        let transition: ItemTransition
        var detail: WireName?
        var delay: Duration?
        switch outcome {
        case .accepted(let receipt), .rejected(let receipt, _):
            if case .rejected(_, let problem) = outcome { detail = problem }
            transition = detail == nil ? .accept : .reject
            // What the state has no use for replaces no receipt either: the first one that moved it stands.
            guard transition.target(from: row.state, wasSent: row.wasSent) != nil else { return }
            switch Self.payloadDigest(of: row, db) {
            case .success(receipt.sha256) where receipt.json.count <= Limits.Store.receiptBytes:
                try keep(receipt, of: row, db)
            case .success:
                let contradiction = ItemOutcome.unknown(after: Limits.Uplink.backoffLongest, problem: Self.contradicts)
                return try settle(&row, contradiction, at: moment, db)
            case .failure(let damage): return try settle(&row, .quarantined(problem: damage.problem), at: moment, db)
            }
        case .retry(let after, let problem): (transition, detail, delay) = (.retry, problem, after)
        case .unknown(let after, let problem): (transition, detail, delay) = (.loseTrack, problem, after)
        case .notStored: transition = .requeue
        case .quarantined(let problem): (transition, detail) = (.quarantine, problem)
        case .unsent: transition = .unbatch
        }
        if transition == .loseTrack, row.state == .unknown {
            // Still unknown: only the next question's time changes.
            row.schedule(after: delay, epoch: configuration.clockEpoch, elapsed: moment.elapsed)
            row.problem = detail
            try row.update(db)
        } else if transition.target(from: row.state, wasSent: row.wasSent) != nil {
            try change(&row, by: transition, actor: .station, detail: detail, delay: delay, at: moment, db)
        }
    }

    private func keep(_ receipt: VerifiedReceipt, of row: ItemRow, _ db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?)",
            [row.sequence, receipt.receiptId.text, blob(receipt.sha256), blob(receipt.json)])
        if row.isForwarded { try db.run("UPDATE forwarded SET returned = 0 WHERE sequence = ?", [row.sequence]) }
    }

    private static let contradicts: WireName = .constant("upstream-answer-contradicts")
}
