public import StationCore

/// A stop as the API tells it: RFC 9457 problem details with the Vietnamese texts and the remedy beside them.
public struct Problem: Codable, Hashable, Sendable, Error {
    /// `urn:intake-station:problem:` and the code.
    public let type: String
    /// What happened, English.
    public let title: String
    /// The HTTP status of the answer that carried it; nil inside a report.
    public let status: Int?
    /// What is known of this occurrence, English, never personal.
    public let detail: String?
    /// What happened, Vietnamese.
    public let detailVi: String
    /// Why, as a rule, English; nil from a daemon that does not tell it yet.
    public let cause: String?
    /// Why, as a rule, Vietnamese.
    public let causeVi: String?
    /// What to do, English.
    public let remedy: String
    /// What to do, Vietnamese.
    public let remedyVi: String
    /// The stable machine code.
    public let code: String
    /// Whose fault it is: card, reader, disk, clock, key, network, upstream, input, permission, station.
    public let culprit: String
    /// Who can end it: operator, supervisor, administrator, upstream, citizen, developer, station (it goes on by itself).
    public let actor: String?
    /// Whether the same request may succeed later without a change.
    public let retryable: Bool
    /// The fields that are wrong, when the problem is about a submitted document.
    public let fields: [FieldProblem]?

    /// Takes all texts from the failure table.
    public init(_ failure: Failure, status: Int? = nil, fields: [FieldProblem]? = nil) {
        let text = failure.code.text
        type = "urn:intake-station:problem:\(failure.code.rawValue)"
        title = text.title
        self.status = status
        detail = failure.detail
        detailVi = text.titleVi
        cause = text.cause
        causeVi = text.causeVi
        remedy = text.remedy
        remedyVi = text.remedyVi
        code = failure.code.rawValue
        culprit = text.culprit.rawValue
        actor = text.actor.rawValue
        retryable = text.retryable
        self.fields = fields
    }

    /// A problem outside any HTTP answer.
    public init(_ code: FailureCode, _ detail: String? = nil) { self.init(Failure(code, detail)) }
}
