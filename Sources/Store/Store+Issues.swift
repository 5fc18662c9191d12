import GRDB
package import People
package import StationCore

/// A problem that the point reports upward. It holds no personal data, so it is kept in plain text and stays.
package struct Issue: Hashable, Sendable {
    /// Its number at this station, from 1.
    package let sequence: Int64
    /// When it was noted, and how far that time may be trusted.
    package let at: Timestamp
    /// See `at`.
    package let clockQuality: ClockQuality
    /// Who noted it.
    package let person: OperatorID
    /// What kind of problem.
    package let category: IssueCategory
    /// The application that it concerns.
    package let itemId: ItemID?
    /// Since when.
    package let since: Timestamp
    /// What happened, as it was worded.
    package let text: String
}

extension Store {
    /// Notes a problem, with an audit row. Throws `applicationUnknown` for an application that is not this station's,
    /// `requestTooLarge` when there are too many.
    package func note(
        _ category: IssueCategory, _ text: String, about item: ItemID?, since: Timestamp?, by person: OperatorID
    ) async throws(Failure) -> Issue {
        try await write { [configuration] db in
            let moment = Moment(configuration.clock)
            let row = try item.map { id in
                guard let row = try ItemRow.find(id, db), row.sequence > 0 else { throw Failure(.applicationUnknown) }
                return row
            }
            let last = try db.row("SELECT max(sequence) AS n FROM issue")?.decode(Int64?.self, forColumn: "n") ?? 0
            guard last < Limits.Issues.kept else { throw Failure(.requestTooLarge, "issues") }
            let issue = Issue(
                sequence: last + 1, at: moment.now, clockQuality: moment.quality, person: person, category: category,
                itemId: item, since: since ?? moment.now, text: text)
            try db.run(
                "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    issue.sequence, issue.at.milliseconds, issue.clockQuality.rawValue, person.text, category.rawValue,
                    item.map { blob($0.bytes) }, issue.since.milliseconds, text,
                ])
            try Self.appendAudit(
                AuditNote(
                    actor: person.actor, action: .constant("issue.noted"), object: WireName("issue:\(issue.sequence)"),
                    itemSequence: row?.sequence, detail: WireName(category.rawValue)), at: moment, db)
            return issue
        }
    }

    /// Problems in order after a number; at most a page.
    package func issues(after sequence: Int64) async throws(Failure) -> [Issue] {
        try await read { db in
            try db.rows(
                "SELECT * FROM issue WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, Limits.Store.pageRows]
            ).map(Self.issue)
        }
    }

    static func issue(_ row: Row) throws -> Issue {
        Issue(
            sequence: try row.integer("sequence"), at: try row.time("at"),
            clockQuality: try row.value("clock_quality", ClockQuality.init(rawValue:)),
            person: try row.value("person", OperatorID.init),
            category: try row.value("category", IssueCategory.init(rawValue:)),
            itemId: try row.optionalItemId("item_id"), since: try row.time("since"), text: try row.value("text") { $0 })
    }
}
