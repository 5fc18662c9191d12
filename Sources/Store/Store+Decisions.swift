import GRDB
package import StationCore

/// What upstream decided on an application: the second of the three statuses, upstream's own.
package struct KeptDecision: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// Upstream's word, verbatim.
    package let label: String
    /// When, by upstream's clock.
    package let at: Timestamp

    /// Makes a decision.
    package init(itemId: ItemID, label: String, at: Timestamp) {
        self.itemId = itemId
        self.label = label
        self.at = at
    }
}

/// How many applications each of upstream's labels has, and since when that is known.
package struct DecisionCounts: Hashable, Sendable {
    /// Applications per label, verbatim.
    package let byLabel: [String: Int]
    /// When upstream last answered what it decided, wall clock.
    package let asOf: Timestamp
}

extension Store {
    /// Keeps what upstream decided; items that are not here are passed over. With the cursor behind them, in one
    /// transaction: then each takes the place of the word before it. Without one they came in another answer, which may
    /// be older than what is known: then the word of the later time stands.
    package func keepDecisions(_ decisions: [KeptDecision], cursor: String?) async throws(Failure) {
        try await write { [self] db in
            let moment = Moment(configuration.clock)
            for decision in decisions {
                guard let row = try ItemRow.find(decision.itemId, db) else { continue }
                let known = try Self.decision(of: row, db)
                if let known, known == decision || cursor == nil && known.at > decision.at { continue }
                try db.run(
                    "INSERT OR REPLACE INTO decision VALUES (?, ?, ?)",
                    [row.sequence, decision.label, decision.at.milliseconds])
                try addEvent(kind: row.eventKind, item: decision.itemId, json: row.eventJSON, db)
            }
            if let cursor {
                try db.run(
                    "INSERT OR REPLACE INTO list_cursor VALUES ('decisions', ?, ?)", [cursor, moment.now.milliseconds])
            }
        }
    }

    /// Where to go on; nil at the beginning.
    package func decisionCursor() async throws(Failure) -> String? {
        try await read { db in
            try db.row("SELECT cursor FROM list_cursor WHERE list = 'decisions'")?.decode(
                String?.self, forColumn: "cursor")
        }
    }

    /// Forgets the cursor and keeps the decisions.
    package func forgetDecisionCursor() async throws(Failure) {
        try await write { db in try db.run("UPDATE list_cursor SET cursor = NULL WHERE list = 'decisions'") }
    }

    /// Nil until upstream has answered once: no figure is not the figure zero.
    static func decisionCounts(_ db: Database) throws -> DecisionCounts? {
        guard let asked = try db.row("SELECT at FROM list_cursor WHERE list = 'decisions'") else { return nil }
        var counts: [String: Int] = [:]
        let query =
            "SELECT label, count(*) AS items FROM decision WHERE sequence > 0 GROUP BY label LIMIT \(Limits.Store.pageRows)"
        for row in try db.rows(query) {
            counts[try row.decode(String.self, forColumn: "label")] = try row.count("items")
        }
        // One citizen is counted once: what was decided of a revision gives way to what was decided of a later one.
        for row in try db.rows(overtaken) {
            counts[try row.decode(String.self, forColumn: "label"), default: 0] -= try row.count("items")
        }
        counts = counts.filter { $0.value > 0 }
        return DecisionCounts(byLabel: counts, asOf: try asked.time("at"))
    }

    private static let overtaken = """
        WITH RECURSIVE earlier(item_id) AS (
            SELECT n.supersedes FROM item n JOIN decision e ON e.sequence = n.sequence
                WHERE n.supersedes IS NOT NULL AND \(standsAsRevision)
            UNION SELECT i.supersedes FROM item i JOIN earlier USING (item_id) WHERE i.supersedes IS NOT NULL
        )
        SELECT d.label, count(*) AS items FROM earlier JOIN item i USING (item_id) JOIN decision d USING (sequence)
            WHERE i.sequence > 0 GROUP BY d.label
        """

    static func decision(of row: ItemRow, _ db: Database) throws -> KeptDecision? {
        guard let found = try db.row("SELECT label, at FROM decision WHERE sequence = ?", [row.sequence]) else {
            return nil
        }
        return KeptDecision(
            itemId: row.itemId, label: try found.decode(String.self, forColumn: "label"), at: try found.time("at"))
    }
}
