import ApplicationForm
import StationAPI
import StationCore

/// What was typed from the printed card, as if it had been read: marked unverified, without card files.
struct ManualRead {
    let citizen: CitizenSnapshot
    let card: CardFacts

    /// Throws `applicationInvalid` with the fields that are wrong.
    init(_ entry: ManualEntry, at now: Timestamp) throws(Problem) {
        var problems: [FieldProblem] = []
        func value<Value>(_ text: String?, _ field: String, _ parse: (String) -> Value?) -> Value? {
            guard let text, !FieldChecks.normalized(text).isEmpty else {
                problems.append(FieldProblem(field: "manual.\(field)", code: .fieldMissing))
                return nil
            }
            guard let value = parse(FieldChecks.normalized(text)) else {
                problems.append(FieldProblem(field: "manual.\(field)", code: .fieldInvalid))
                return nil
            }
            return value
        }
        let number = value(entry.personalNumber, "personalNumber") { FieldChecks.isPersonalNumber($0) ? $0 : nil }
        let name = value(entry.fullName, "fullName") { $0 }
        let birth = value(entry.birthDate, "birthDate", PartialDate.init(text:))
        let sex = value(entry.sex, "sex", CitizenSnapshot.Sex.init(rawValue:))
        let nationality = value(entry.nationality, "nationality") { $0 }
        let expiry = value(entry.expiry, "expiry") { text -> CardExpiry? in
            text == "none" ? .unlimited : CivilDate(text: text).map(CardExpiry.day)
        }
        let issue = entry.issueDate.flatMap { value($0, "issueDate", CivilDate.init(text:)) }
        let reason = value(entry.reason, "reason") { $0 }
        guard problems.isEmpty, let number, let name, let birth, let sex, let nationality, let expiry, let reason else {
            throw Problem(Failure(.applicationInvalid), fields: problems)
        }
        citizen = CitizenSnapshot(
            personalNumber: number, fullName: name, birthDate: birth, sex: sex, nationality: nationality,
            residence: entry.residence.map(FieldChecks.normalized), issueDate: issue, expiry: expiry)
        card = CardFacts(
            readMethod: .manual, readAt: now, accessProtocol: nil, findings: [], manualReason: reason)
    }
}
