import LocalServer
import People
import StationAPI
import StationCore
import Store

/// Problems that the point reports upward.
struct IssueLog: Sendable {
    let store: Store

    /// Throws `fieldMissing`, `fieldTooLong`, `fieldInvalid` for a text that may not be kept, `applicationUnknown`.
    func note(_ order: IssueOrder, by person: ProvenPerson) async throws(Failure) -> IssueReport {
        guard let author = OperatorID(person.operatorId) else { throw Failure(.operatorUnknown) }
        let text = try Self.kept(order.text)
        return IssueReport(
            try await store.note(order.category, text, about: order.itemId, since: order.since, by: author))
    }

    func list(after number: Int64?) async throws(Failure) -> IssueList {
        let issues = try await store.issues(after: number ?? 0)
        return IssueList(
            issues: issues.map(IssueReport.init),
            next: issues.count == Limits.Store.pageRows ? issues.last?.sequence : nil)
    }

    /// The text on one line. Personal numbers and phone numbers are the personal data that people do write down, and a
    /// program can see them: nine digits, however they are grouped.
    static func kept(_ text: String) throws(Failure) -> String {
        let plain = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !plain.isEmpty else { throw Failure(.fieldMissing, "text") }
        guard plain.count <= Limits.Issues.characters, plain.utf8.count <= Limits.Issues.bytes else {
            throw Failure(.fieldTooLong, "text: at most \(Limits.Issues.characters) characters")
        }
        guard plain.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw Failure(.fieldInvalid, "text: a control character")
        }
        guard !holdsNumber(plain) else {
            throw Failure(.fieldInvalid, "text: \(Limits.Issues.digits) digits are somebody's number")
        }
        return plain
    }

    /// Whether enough digits stand together, in one group or in groups of three and more as people write numbers; the
    /// groups of a date or an hour are shorter.
    private static func holdsNumber(_ text: String) -> Bool {
        var (together, group, separators) = (0, 0, 0)
        for character in text + " " {
            if character.isWholeNumber {
                if separators > 1 { together = 0 }
                (group, separators) = (group + 1, 0)
                if together + group >= Limits.Issues.digits { return true }
                continue
            }
            if group > 0 { (together, group) = (group >= 3 ? together + group : 0, 0) }
            separators = " .-".contains(character) ? separators + 1 : 2
        }
        return false
    }
}

extension IssueReport {
    fileprivate init(_ issue: Issue) {
        self.init(
            number: issue.sequence, at: issue.at, clockQuality: issue.clockQuality, operatorId: issue.person.text,
            category: issue.category, itemId: issue.itemId, since: issue.since, text: issue.text)
    }
}
