import ApplicationForm
import StationAPI
import StationCore

/// The submitted texts as the rules take them; a word that no choice has is a problem of its field.
struct DraftTranslation {
    private(set) var draft: ApplicationDraft
    private(set) var problems: [FieldProblem] = []

    /// - Parameter reader: the operator, who reads the consent aloud where it is read aloud.
    init(_ submission: ApplicationSubmission, reader: WireName) {
        draft = ApplicationDraft(
            declared: .init(
                phone: submission.declared.phone, email: submission.declared.email,
                integrations: submission.declared.integrations, noSmartphone: submission.declared.noSmartphone))
        draft.consent = submission.consent.map { consent in
            ApplicationDraft.Consent(
                textVersion: consent.textVersion, textSHA256: consent.textSHA256, language: consent.language,
                readAloudBy: consent.readAloud == true ? reader : nil,
                confirmation: choice(consent.confirmation, "consent.confirmation"), granted: consent.granted,
                witness: consent.witness.map { Witness(fullName: $0.fullName, personalNumber: $0.personalNumber) })
        }
        draft.representative = submission.representative.map { representative($0) }
        draft.matches = submission.matches.map { matches in
            MatchResults(
                face: matches.face.flatMap { match($0, "matches.face") },
                fingerprint: matches.fingerprint.flatMap { match($0, "matches.fingerprint") })
        }
        draft.overrides = submission.overrides?.compactMap { override in
            guard let kind: Override.Kind = choice(override.kind, "overrides.kind") else { return nil }
            return Override(
                kind: kind, reason: override.reason, age: override.age,
                day: parsed(override.day, "overrides.\(override.kind)") { CivilDate(text: $0) })
        }
        draft.invitationRowId = parsed(submission.invitationRowId, "invitationRowId") { WireName($0) }
        draft.hamletId = parsed(submission.hamletId, "hamletId") { WireName($0) }
        _ = parsed(submission.sessionId, "sessionId") { WireName($0) }
    }

    /// The changed fields of a correction.
    init(_ submission: AmendmentSubmission) {
        draft = ApplicationDraft(
            declared: .init(
                phone: submission.phone, email: submission.email, integrations: submission.integrations,
                noSmartphone: submission.noSmartphone))
        draft.representative = submission.representative.map { representative($0) }
    }

    /// Whether what the operator overrules is a second person's business too.
    var needsSecondPerson: Bool {
        draft.overrides?.contains { $0.kind == .duplicateToday } == true || draft.matches?.isAnotherPerson == true
    }

    private mutating func match(_ match: SubmittedMatches.Match, _ field: String) -> MatchResult? {
        let outcome: MatchResult.Outcome? = choice(match.outcome, "\(field).outcome")
        return outcome.map { MatchResult(outcome: $0, reason: match.reason, reference: match.reference) }
    }

    /// The draft as a correction.
    func amendment(reason: String?) -> AmendmentDraft {
        AmendmentDraft(
            reason: reason, declared: draft.declared ?? .init(), representative: draft.representative)
    }

    /// The phone that the account will hang on, in its normal form; nil when there is none that can be read.
    var phone: String? {
        (draft.representative?.phone ?? draft.declared?.phone).flatMap(PhoneNumber.init)?.text
    }

    private mutating func representative(
        _ person: ApplicationSubmission.Representative
    ) -> ApplicationDraft.Representative {
        ApplicationDraft.Representative(
            personalNumber: person.personalNumber, fullName: person.fullName,
            relationship: choice(person.relationship, "representative.relationship"), phone: person.phone)
    }

    private mutating func choice<Value: RawRepresentable<String>>(_ text: String?, _ field: String) -> Value? {
        parsed(text, field, Value.init(rawValue:))
    }

    private mutating func parsed<Value>(_ text: String?, _ field: String, _ parse: (String) -> Value?) -> Value? {
        guard let text else { return nil }
        guard let value = parse(text) else {
            problems.append(FieldProblem(field: field, code: .fieldInvalid))
            return nil
        }
        return value
    }
}
