public import StationCore

/// Body of `POST /v1/issues`: a problem that the point reports upward (vướng mắc). No personal data.
public struct IssueOrder: Codable, Hashable, Sendable {
    /// What kind of problem.
    public let category: IssueCategory
    /// What happened, in the operator's words. A text with nine digits in a row is refused: it is somebody's number.
    public let text: String
    /// The application that it concerns, by id.
    public let itemId: ItemID?
    /// Since when; nil for now.
    public let since: Timestamp?

    /// Makes an order.
    public init(category: IssueCategory, text: String, itemId: ItemID? = nil, since: Timestamp? = nil) {
        self.category = category
        self.text = text
        self.itemId = itemId
        self.since = since
    }
}

/// A problem as it was noted.
public struct IssueReport: Codable, Hashable, Sendable {
    /// Its number at this station, from 1.
    public let number: Int64
    /// When it was noted, by the station's clock, and how far that clock was to be trusted.
    public let at: Timestamp
    /// See `at`.
    public let clockQuality: ClockQuality
    /// Who noted it, by sign-in name.
    public let operatorId: String
    /// What kind of problem.
    public let category: IssueCategory
    /// The application that it concerns.
    public let itemId: ItemID?
    /// Since when.
    public let since: Timestamp
    /// What happened, in the operator's words.
    public let text: String

    /// Makes a report.
    public init(
        number: Int64, at: Timestamp, clockQuality: ClockQuality, operatorId: String, category: IssueCategory,
        itemId: ItemID?, since: Timestamp, text: String
    ) {
        self.number = number
        self.at = at
        self.clockQuality = clockQuality
        self.operatorId = operatorId
        self.category = category
        self.itemId = itemId
        self.since = since
        self.text = text
    }
}

/// Answer of `GET /v1/issues`.
public struct IssueList: Codable, Hashable, Sendable {
    /// One page, oldest first.
    public let issues: [IssueReport]
    /// Pass as `after` for the next page; nil at the end.
    public let next: Int64?

    /// Makes a page.
    public init(issues: [IssueReport], next: Int64?) {
        self.issues = issues
        self.next = next
    }
}

extension StationClient {
    /// `POST /v1/issues`
    public func note(_ issue: IssueOrder) async throws(Problem) -> IssueReport {
        try await post("/v1/issues", issue, headers: [:])
    }

    /// `GET /v1/issues`, on either socket: oldest first, those after a number.
    public func issues(after number: Int64? = nil) async throws(Problem) -> IssueList {
        try await get("/v1/issues" + (number.map { "?after=\($0)" } ?? ""))
    }
}
