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
    /// Takes the next items that are due into a batch: corrections first, then by sequence number; at most `maxItems`,
    /// and at most `maxBytes` of sealed payload except that one item alone may be larger. Each payload's digest is
    /// checked; what does not match is quarantined, so that a wrong payload is never sent. The excluded item is left alone.
    /// Empty when nothing is due.
    package func nextBatch(
        maxItems: Int, maxBytes: Int, excluding: ItemID? = nil
    ) async throws(Failure) -> [SealedItem] {
        while true {
            let (batch, quarantined) = try await write { [self] db in
                try takeBatch(
                    maxItems: min(maxItems, Limits.Uplink.batchItems), maxBytes: maxBytes, excluding: excluding, db)
            }
            // Every round that ends empty-handed takes at least one item out of the queue, so this ends.
            if !batch.isEmpty || quarantined == 0 { return batch }
        }
    }

    /// Records that a batch is about to leave; from now on its items may be upstream. To be awaited before the first
    /// byte.
    package func markSent(_ ids: [ItemID]) async throws(Failure) {
        try await changeAll(ids, by: .send)
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
        let epoch = configuration.clockEpoch
        return try await write { [self] db in
            let query = """
                SELECT * FROM item i WHERE i.state = 'unknown' AND \(Self.dueCondition)
                ORDER BY i.lane, sequence LIMIT :limit
                """
            let limit = min(limit, Limits.Uplink.statusItems)
            return try db.rows(query, ["epoch": epoch, "elapsed": moment.elapsed, "limit": limit]).compactMap { found in
                var row = try ItemRow(found)
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

    /// How long until something is due: zero when something is, nil when nothing waits.
    package func timeUntilDue() async throws(Failure) -> Duration? {
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        return try await read { db in
            if try db.row("SELECT 1 FROM item WHERE state = 'saved' LIMIT 1") != nil { return .zero }
            let query = """
                SELECT min(CASE WHEN \(Self.dueCondition) THEN :elapsed ELSE due_at END) AS due FROM item i
                WHERE state IN ('deferred', 'unknown')
                """
            let row = try db.row(query, ["epoch": epoch, "elapsed": moment.elapsed])
            return try row?.decode(Int64?.self, forColumn: "due").map { .milliseconds(max(0, $0 - moment.elapsed)) }
        }
    }

    /// Ends every delay: the network is back, or an administrator asked for it.
    package func makeAllDue() async throws(Failure) {
        try await write { db in
            try db.run("UPDATE item SET due_epoch = NULL, due_at = NULL WHERE state IN ('deferred', 'unknown')")
        }
    }

    /// A delay is over at its time, or when it was of another run of the clock.
    static let dueCondition = "(i.due_at IS NULL OR i.due_epoch IS NOT :epoch OR i.due_at <= :elapsed)"

    private func changeAll(_ ids: [ItemID], by transition: ItemTransition) async throws(Failure) {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            for id in ids {
                guard var row = try ItemRow.find(id, db) else { throw Failure(.applicationUnknown) }
                try change(&row, by: transition, actor: .station, at: moment, db)
            }
        }
    }

    private func takeBatch(
        maxItems: Int, maxBytes: Int, excluding: ItemID?, _ db: Database
    ) throws -> ([SealedItem], quarantined: Int) {
        let moment = Moment(configuration.clock)
        var batch: [SealedItem] = []
        var bytes = 0
        var quarantined = 0
        let rows = try candidates(limit: maxItems + (excluding == nil ? 0 : 1), at: moment, db)
        for var row in rows.filter({ $0.itemId != excluding }).prefix(maxItems) {
            guard batch.isEmpty || bytes + row.size <= maxBytes else { break }
            switch Self.payload(of: row, db) {
            case .success(let item):
                try change(&row, by: .batch, actor: .station, at: moment, db)
                bytes += item.sealed.count
                batch.append(item)
            case .failure(let damage):
                try change(&row, by: .quarantine, actor: .station, detail: damage.problem, at: moment, db)
                quarantined += 1
            }
        }
        return (batch, quarantined)
    }

    private func candidates(limit: Int, at moment: Moment, _ db: Database) throws -> [ItemRow] {
        var found: [ItemRow] = []
        for lane in [0, 1] where found.count < limit {
            let saved = try db.rows(
                "SELECT * FROM item WHERE state = 'saved' AND lane = ? ORDER BY sequence LIMIT ?", [lane, limit])
            let deferred = try db.rows(
                """
                SELECT * FROM item i WHERE state = 'deferred' AND lane = :lane AND \(Self.dueCondition)
                ORDER BY sequence LIMIT :limit
                """,
                ["lane": lane, "limit": limit, "epoch": configuration.clockEpoch, "elapsed": moment.elapsed])
            found += try (saved + deferred).map(ItemRow.init).sorted { $0.sequence < $1.sequence }
        }
        return Array(found.prefix(limit))
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
