import GRDB
package import StationCore

/// A page of the listing of own items.
package struct ItemPage: Hashable, Sendable {
    /// The last digits of a sequence number.
    package struct Ending: Hashable, Sendable {
        /// A power of ten.
        package let modulus: Int64
        /// What is left of the number when it is divided by that.
        package let rest: Int64

        /// Makes an ending.
        package init(modulus: Int64, rest: Int64) {
            self.modulus = modulus
            self.rest = rest
        }
    }

    /// Only items in this state.
    package var state: ItemState?
    /// Only items that follow this sequence number.
    package var after: Int64
    /// Only items that come before this one, newest first.
    package var before: Int64?
    /// Only items whose number ends like this.
    package var ending: Ending?
    /// Most items.
    package let limit: Int

    /// Makes a page.
    package init(state: ItemState? = nil, after: Int64 = 0, limit: Int = Limits.Store.pageRows) {
        self.state = state
        self.after = after
        self.limit = max(0, min(limit, Limits.Store.pageRows))
    }
}

extension Store {
    /// Counts and heads for the status.
    package func summary() async throws(Failure) -> StoreSummary {
        try await read { [self] db in
            let counts = try Self.counts(of: "sequence > 0", db)
            var oldest: Int64?
            for state in ItemState.allCases where state.isPending && counts[state] != nil {
                for lane in [0, 1] {
                    let query = "SELECT min(sequence) AS first FROM item WHERE state = ? AND lane = ? AND sequence > 0"
                    let first = try db.row(query, [state.rawValue, lane])?.decode(Int64?.self, forColumn: "first")
                    if let first { oldest = min(oldest ?? first, first) }
                }
            }
            let captured = try oldest.flatMap { try db.row("SELECT captured_at FROM item WHERE sequence = ?", [$0]) }
            return StoreSummary(
                counts: counts, forwarded: try Self.counts(of: "sequence < 0", db),
                oldestPending: try captured?.time("captured_at"), oldestPendingSequence: oldest,
                eventSequence: try Self.newestEvent(db), auditHead: try Self.auditHead(db),
                decisions: try Self.decisionCounts(db), missing: try Self.missing(db),
                isOfFormerKey: try dataKey.map { try !opensOldest($0, db) } ?? false)
        }
    }

    private static func counts(of items: String, _ db: Database) throws -> [ItemState: Int] {
        var counts: [ItemState: Int] = [:]
        for row in try db.rows("SELECT state, count(*) AS items FROM item WHERE \(items) GROUP BY state") {
            counts[try row.value("state", ItemState.init(rawValue:))] = try row.count("items")
        }
        return counts
    }

    /// Own items after `sequence`, of one state or of all, in the order of sequence numbers.
    package func items(
        state: ItemState? = nil, after sequence: Int64 = 0, limit: Int = Limits.Store.pageRows
    ) async throws(Failure) -> [ItemSummary] {
        try await items(ItemPage(state: state, after: sequence, limit: limit))
    }

    /// A page of the listing.
    package func items(_ page: ItemPage) async throws(Failure) -> [ItemSummary] {
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        return try await read { db in
            let isBackwards = page.before != nil
            let ending = page.ending ?? ItemPage.Ending(modulus: 1, rest: 0)
            let range = """
                sequence > ? AND sequence < ? AND sequence % ? = ? ORDER BY sequence \(isBackwards ? "DESC" : "") LIMIT ?
                """
            let bounds: StatementArguments = [
                max(0, page.after), page.before ?? Int64.max, ending.modulus, ending.rest, page.limit,
            ]
            var rows: [ItemRow] = []
            if let state = page.state {
                for lane in [0, 1] {
                    rows += try db.rows(
                        "SELECT * FROM item WHERE state = ? AND lane = ? AND \(range)",
                        [state.rawValue, lane] + bounds, as: ItemRow.init)
                }
            } else {
                rows = try db.rows("SELECT * FROM item WHERE \(range)", bounds, as: ItemRow.init)
            }
            return try rows.map { try Self.summary($0, epoch: epoch, elapsed: moment.elapsed, db) }
                .sorted { isBackwards ? $0.sequence > $1.sequence : $0.sequence < $1.sequence }
                .prefix(page.limit).map { $0 }
        }
    }

    /// The listing's lines of these applications. One that is not here, or whose row is damaged, has none.
    package func summaries(of ids: [ItemID]) async throws(Failure) -> [ItemID: ItemSummary] {
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        return try await read { db in
            var found: [ItemID: ItemSummary] = [:]
            for id in Set(ids) {
                do {
                    guard let row = try ItemRow.find(id, db) else { continue }
                    found[id] = try Self.summary(row, epoch: epoch, elapsed: moment.elapsed, db)
                } catch is DamagedRow {
                    // It is quarantined elsewhere; the others' lines must not go with it.
                }
            }
            return found
        }
    }

    /// Everything known of one application, with its history; nil when there is no such application here.
    package func item(_ id: ItemID) async throws(Failure) -> ItemRecord? {
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        return try await read { db in
            guard let row = try ItemRow.find(id, db) else { return nil }
            let query = """
                SELECT sequence, item_id, station_id, revision, supersedes, key_id, suite, captured_at, clock_quality,
                    sha256, signing_key_id, signature FROM payload WHERE sequence = ?
                """
            guard let payload = try db.row(query, [row.sequence]) else {
                throw Failure(.storeDamaged, "the payload row of sequence \(row.sequence) is missing")
            }
            let corrections = try db.rows(
                "SELECT item_id FROM item WHERE supersedes = ? ORDER BY sequence LIMIT ?",
                [blob(id.bytes), Limits.Store.pageRows])
            let history = try db.rows(
                "SELECT * FROM audit WHERE item_sequence = ? ORDER BY sequence LIMIT ?",
                [row.sequence, Limits.Store.historyRows])
            return ItemRecord(
                summary: try Self.summary(row, epoch: epoch, elapsed: moment.elapsed, db),
                metadata: try Self.metadata(payload, db),
                sha256: try payload.bytes("sha256"),
                signingKeyId: try payload.value("signing_key_id", WireName.init),
                signature: try payload.bytes("signature"), receipt: try Self.receipt(row.sequence, db),
                supersededBy: try corrections.map { try $0.itemId("item_id") },
                history: try history.map(Self.auditEntry))
        }
    }

    /// The listing's line, with who brought it there where a person did.
    static func summary(_ row: ItemRow, epoch: Int64, elapsed: Int64, _ db: Database) throws -> ItemSummary {
        var summary = row.summary(epoch: epoch, elapsed: elapsed)
        summary.decision = try decision(of: row, db)
        if let verb = row.state.personsVerb {
            let query = "SELECT actor FROM audit WHERE item_sequence = ? AND action = ? ORDER BY sequence DESC LIMIT 1"
            summary.person = try db.row(query, [row.sequence, verb.auditAction.text])?.optional("actor", WireName.init)
        }
        return summary
    }

    static func receipt(_ sequence: Int64, _ db: Database) throws -> VerifiedReceipt? {
        guard let row = try db.row("SELECT * FROM receipt WHERE sequence = ?", [sequence]) else { return nil }
        return VerifiedReceipt(
            receiptId: try row.value("receipt_id", WireName.init), sha256: try row.bytes("sha256"),
            json: try row.bytes("json"))
    }
}
