/// Whose fault a stop is; the first thing a person wants to know.
public enum Culprit: String, Codable, Sendable, CaseIterable {
    case card, reader, disk, clock, key, network, upstream, input, permission, station
}

/// A stop with a name and a remedy (law 9): a stable code from the one table, and what is known of this occurrence.
///
/// `detail` is for administrators: technical, English, never personal.
public struct Failure: Error, Hashable, Sendable {
    /// The stable code; title, remedy and culprit follow from it.
    public let code: FailureCode
    /// What is known of this occurrence: a status word, a path, a position. Never personal data.
    public let detail: String?

    /// Makes a failure.
    public init(_ code: FailureCode, _ detail: String? = nil) {
        self.code = code
        self.detail = detail
    }
}

extension Failure: CustomStringConvertible {
    /// Code, English title, detail.
    public var description: String {
        "\(code.rawValue): \(code.text.title)" + (detail.map { " (\($0))" } ?? "")
    }
}

extension Failure {
    /// What happened, why and what to do, Vietnamese then English, then the code and what is known of this occurrence: three
    /// lines for whoever stands before a terminal or the journal.
    public var explanation: String {
        let text = code.text
        return """
            \(text.titleVi). \(text.causeVi). \(text.remedyVi).
            \(text.title). \(text.cause). \(text.remedy).
            \(code.rawValue)\(detail.map { ": \($0)" } ?? "")
            """
    }
}

/// A problem of one field of a submitted document.
public struct FieldProblem: Codable, Hashable, Sendable {
    /// JSON path of the field, such as `declared.phone`.
    public let field: String
    /// The stable code.
    public let code: FailureCode
    /// What happened, Vietnamese.
    public let messageVi: String
    /// What happened, English.
    public let message: String
    /// What is known of this occurrence, Vietnamese, never personal; nil when there is nothing to add.
    public let detailVi: String?
    /// What is known of this occurrence, English.
    public let detail: String?

    /// Takes the texts from the table.
    public init(field: String, code: FailureCode, detailVi: String? = nil, detail: String? = nil) {
        self.field = field
        self.code = code
        messageVi = code.text.titleVi
        message = code.text.title
        self.detailVi = detailVi
        self.detail = detail
    }
}
