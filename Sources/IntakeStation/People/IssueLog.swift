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

    /// Whether enough digits stand together, as people write numbers: in one group, in groups of three and more, or as a
    /// telephone number, whose groups may be shorter once it has begun like one. Those of a date or an hour do not.
    private static func holdsNumber(_ text: String) -> Bool {
        var run: [[Character]] = []
        var separators = 2
        for character in text {
            if character.isWholeNumber {
                if separators > 1 { run = [] }
                if separators > 0 || run.isEmpty { run.append([]) }
                // Each has a digit: so many groups are enough.
                if run.count > Limits.Issues.digits { run.removeFirst() }
                run[run.count - 1].append(character)
                separators = 0
                if endsInNumber(run) { return true }
            } else {
                separators = " .-".contains(character) ? separators + 1 : 2
            }
        }
        return false
    }

    /// - Parameter run: groups of digits with one separator between two.
    private static func endsInNumber(_ run: [[Character]]) -> Bool {
        run.indices.contains { start in
            let groups = run[start...]
            let least = beginsTelephone(Array(groups)) ? 2 : 3
            guard groups.dropLast().allSatisfy({ $0.count >= least }) else { return false }
            return groups.reduce(0) { $0 + $1.count } >= Limits.Issues.digits
        }
    }

    /// 0912…, 84 91…, 09 1234…; not 02.09.2026.
    private static func beginsTelephone(_ groups: [[Character]]) -> Bool {
        guard let first = groups.first else { return false }
        if first == ["8", "4"] { return true }
        guard first.first == "0" else { return false }
        return first.count >= 3 || groups.count > 1 && groups[1].count >= 3
    }
}

extension IssueReport {
    fileprivate init(_ issue: Issue) {
        self.init(
            number: issue.sequence, at: issue.at, clockQuality: issue.clockQuality, operatorId: issue.person.text,
            category: issue.category, itemId: issue.itemId, since: issue.since, text: issue.text)
    }
}
