import GRDB
package import StationCore
import Synchronization

/// One item chosen for a batch: all that travels beside its bytes.
package struct ChosenItem: Hashable, Sendable {
    /// What seal and signature bind.
    package let metadata: ItemMetadata
    /// Bytes of the sealed payload.
    package let size: Int
    /// SHA-256 of the sealed payload, 32 bytes.
    package let sha256: [UInt8]
    /// The station key that signed.
    package let signingKeyId: WireName
    /// Its signature.
    package let signature: [UInt8]

    /// Makes a choice.
    package init(
        metadata: ItemMetadata, size: Int, sha256: [UInt8], signingKeyId: WireName, signature: [UInt8]
    ) {
        self.metadata = metadata
        self.size = size
        self.sha256 = sha256
        self.signingKeyId = signingKeyId
        self.signature = signature
    }
}

extension Store {
    /// Takes the next items that are due into a batch, by their metadata alone: at most `maxItems`, and at most `maxBytes`
    /// of sealed payload except that one item alone may be larger. The excluded item is left alone. Empty when nothing is
    /// due.
    ///
    /// Corrections go first. Then three take turns: what was put off and is due again (longest due first), the oldest
    /// saved, and the newest saved. So neither 50,000 old applications hold up the citizen who stands at the desk, nor a
    /// busy desk the old ones, nor either of them what upstream once put off; and nothing is overtaken for ever. Which of
    /// the three begins changes with every batch, so that batches of one take turns too. With `retriedFirst` what was put
    /// off goes before the rest: a culprit among a refused batch is looked for there. What has `begun` to arrive goes on
    /// right behind the corrections.
    package func chooseBatch(
        maxItems: Int, maxBytes: Int, overheadPerItem: Int = 0, excluding: ItemID? = nil, correctionsOnly: Bool = false,
        retriedFirst: Bool = false, begun: [ItemID] = []
    ) async throws(Failure) -> [ChosenItem] {
        let wish = BatchWish(
            maxItems: min(maxItems, Limits.Uplink.batchItems), maxBytes: maxBytes, overheadPerItem: overheadPerItem,
            excluding: excluding,
            correctionsOnly: correctionsOnly, retriedFirst: retriedFirst, begun: begun)
        while true {
            let (batch, quarantined) = try await write { [self] db in try takeBatch(wish, db) }
            // Every round that ends empty-handed takes at least one item out of the queue, so this ends.
            if !batch.isEmpty || quarantined == 0 { return batch }
        }
    }

    /// The sealed payloads of items on their way out, in the order asked for, read anew and each held against what was
    /// signed: digest, size, identity. Nil for what is not there or not that; the item is then quarantined, so that a
    /// wrong payload is never sent.
    package func payloads(of ids: [ItemID]) async throws(Failure) -> [[UInt8]?] {
        let found = try await read { db in
            try ids.map { id -> Result<[UInt8], PayloadDamage> in
                guard let row = try ItemRow.find(id, db) else { throw Failure(.applicationUnknown) }
                return try self.payload(of: row, db).map(\.sealed)
            }
        }
        let damaged = zip(ids, found).compactMap { id, result -> (ItemID, ItemOutcome)? in
            if case .failure(let damage) = result { (id, .quarantined(problem: damage.problem)) } else { nil }
        }
        if !damaged.isEmpty { try await apply(damaged) }
        return found.map { try? $0.get() }
    }

    private struct BatchWish: Sendable {
        let maxItems: Int
        let maxBytes: Int
        let overheadPerItem: Int
        let excluding: ItemID?
        let correctionsOnly: Bool
        let retriedFirst: Bool
        let begun: [ItemID]
    }

    private func takeBatch(_ wish: BatchWish, _ db: Database) throws -> ([ChosenItem], quarantined: Int) {
        let moment = Moment(configuration.clock)
        var batch: [ChosenItem] = []
        // The words about the batch itself take no more than those about an item.
        var bytes = wish.overheadPerItem
        var quarantined = 0
        let rows = try candidates(wish, elapsed: moment.elapsed, db)
        for var row in rows.filter({ $0.itemId != wish.excluding }).prefix(wish.maxItems) {
            let size = row.size + wish.overheadPerItem
            guard batch.isEmpty || bytes + size <= wish.maxBytes else { break }
            switch Self.choice(of: row, db) {
            case .success(let item):
                try change(&row, by: .batch, actor: .station, at: moment, db)
                bytes += size
                batch.append(item)
            case .failure(let damage):
                try change(&row, by: .quarantine, actor: .station, detail: damage.problem, at: moment, db)
                quarantined += 1
            }
        }
        return (batch, quarantined)
    }

    private func candidates(_ wish: BatchWish, elapsed: Int64, _ db: Database) throws -> [ItemRow] {
        let limit = wish.maxItems + (wish.excluding == nil ? 0 : 1)
        let saved: (Int) -> StatementArguments = { ["lane": $0, "limit": limit] }
        let due: (Int) -> StatementArguments = { ["lane": $0, "limit": limit, "elapsed": elapsed] }
        var found = try
            (db.rows(ScheduleQuery.oldestSaved, saved(0), as: ItemRow.init)
            + db.rows(ScheduleQuery.deferredDue, due(0), as: ItemRow.init))
            .sorted { $0.sequence < $1.sequence }
        if !wish.correctionsOnly, found.count < limit {
            let again = try db.rows(ScheduleQuery.deferredDue, due(1), as: ItemRow.init)
            let sources = [
                again, try db.rows(ScheduleQuery.oldestSaved, saved(1), as: ItemRow.init),
                try db.rows(ScheduleQuery.newestSaved, saved(1), as: ItemRow.init),
            ]
            let first = state.withLock { state in
                state.turn += 1
                return state.turn % sources.count
            }
            found += try wish.begun.compactMap { try ItemRow.find($0, db) }.filter { $0.isDue(at: elapsed) }
            if wish.retriedFirst { found += again }
            found += Self.takingTurns(Array(sources[first...] + sources[..<first]))
        }
        var taken: Set<Int64> = []
        return Array(found.filter { taken.insert($0.sequence).inserted }.prefix(limit))
    }

    /// One from each in turn, as long as there are any.
    private static func takingTurns(_ sources: [[ItemRow]]) -> [ItemRow] {
        (0..<(sources.map(\.count).max() ?? 0)).flatMap { place in
            sources.compactMap { place < $0.count ? $0[place] : nil }
        }
    }

    /// What travels beside the payload, without the payload itself.
    private static func choice(of row: ItemRow, _ db: Database) -> Result<ChosenItem, PayloadDamage> {
        do {
            let query = """
                SELECT sequence, item_id, station_id, revision, supersedes, key_id, suite, captured_at, clock_quality,
                    size, sha256, signing_key_id, signature FROM payload WHERE sequence = ?
                """
            let found = try db.row(query, [row.sequence]) { found in
                ChosenItem(
                    metadata: try metadata(found, db), size: try found.count("size"), sha256: try found.bytes("sha256"),
                    signingKeyId: try found.value("signing_key_id", WireName.init),
                    signature: try found.bytes("signature"))
            }
            guard let item = found else { return .failure(.missing) }
            guard item.metadata.itemId == row.itemId, item.size == row.size, item.sha256.count == 32,
                item.signature.count == 64
            else { return .failure(.damaged) }
            return .success(item)
        } catch {
            return .failure(.damaged)
        }
    }
}

/// The questions that scheduling asks. Each is answered from an index, at a cost that does not grow with the spool; a test
/// holds them to it.
///
/// A deferred item and one of unknown fate always have a time (`due_at`, 0 for at once), of this run of the boot-time
/// clock: what another run left is given a new one when the store opens.
enum ScheduleQuery {
    static let oldestSaved = "SELECT * FROM item WHERE state = 'saved' AND lane = :lane ORDER BY sequence LIMIT :limit"
    static let newestSaved =
        "SELECT * FROM item WHERE state = 'saved' AND lane = :lane ORDER BY sequence DESC LIMIT :limit"
    static let deferredDue = """
        SELECT * FROM item WHERE state = 'deferred' AND lane = :lane AND due_at <= :elapsed ORDER BY due_at LIMIT :limit
        """
    static let unknownDue = """
        SELECT * FROM item WHERE state = 'unknown' AND lane = :lane AND due_at <= :elapsed ORDER BY due_at LIMIT :limit
        """
    static let nextDue =
        "SELECT min(due_at) AS due FROM item WHERE state = :state AND lane = :lane AND due_at > :elapsed"
    static let savedExist =
        "SELECT count(*) AS items FROM (SELECT 1 FROM item WHERE state = 'saved' AND lane = :lane LIMIT 2)"
    static let dueExist = """
        SELECT count(*) AS items FROM
            (SELECT 1 FROM item WHERE state = :state AND lane = :lane AND due_at <= :elapsed LIMIT 2)
        """

    /// All, for the test.
    static let all = [oldestSaved, newestSaved, deferredDue, unknownDue, nextDue, savedExist, dueExist]
}
