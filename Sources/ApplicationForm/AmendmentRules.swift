package import StationCore

/// The changed fields of a correction as typed; what is absent stays as it was.
package struct AmendmentDraft: Sendable {
    /// Why.
    package var reason: String?
    /// Changed declared fields.
    package var declared: ApplicationDraft.Declared
    /// The new representative.
    package var representative: ApplicationDraft.Representative?

    /// Takes what the client sent.
    package init(
        reason: String?, declared: ApplicationDraft.Declared, representative: ApplicationDraft.Representative? = nil
    ) {
        self.reason = reason
        self.declared = declared
        self.representative = representative
    }
}

extension ApplicationRules {
    /// Judges a correction and normalises it. What it corrects cannot be read back, so it is judged by itself: whether
    /// the whole is then sound, upstream says.
    /// - Parameters:
    ///   - integrations: words of the configured catalogue.
    ///   - isPhoneReused: whether a phone number stands in somebody else's application.
    package func validate(
        _ draft: AmendmentDraft, integrations: Set<String>, isPhoneReused: (String) -> Bool
    ) -> (content: AmendmentContent?, problems: [FieldProblem], warnings: [FieldProblem]) {
        var problems = Problems()
        var warnings = Problems()
        let phone = draft.declared.phone.flatMap(PhoneNumber.init)
        let email = draft.declared.email.flatMap(EmailAddress.init)
        problems.require(draft.declared.phone == nil || phone != nil, "phone", .phoneInvalid)
        problems.require(draft.declared.email == nil || email != nil, "email", .emailInvalid)
        let requested = draft.declared.integrations.map(Set.init)
        problems.require(requested?.isSubset(of: integrations) != false, "integrations", .integrationUnknown)
        let representative = draft.representative.flatMap { Self.sound($0, &problems) }
        if let phone = phone?.text ?? representative?.phone {
            if PhoneNumber(phone)?.hasKnownPrefix == false { warnings.add("phone", .phoneInvalid) }
            if isPhoneReused(phone) { warnings.add("phone", .phoneReused) }
        }
        if let representative, let phone {
            problems.require(phone.text == representative.phone, "phone", .representativeInvalid)
        }
        let content = AmendmentContent(
            reason: FieldChecks.normalized(draft.reason ?? ""), phone: phone?.text ?? representative?.phone,
            email: email?.text, integrations: requested?.sorted(), noSmartphone: draft.declared.noSmartphone,
            representative: representative)
        // The document must be sound too; a second voice only where the rules found nothing.
        if problems.list.isEmpty { problems.add(content.problems) }
        return (problems.list.isEmpty ? content : nil, problems.list, warnings.list)
    }

    private static func sound(
        _ draft: ApplicationDraft.Representative, _ problems: inout Problems
    ) -> Representative? {
        let name = FieldChecks.normalized(draft.fullName ?? "")
        let number = draft.personalNumber ?? ""
        let phone = draft.phone.flatMap(PhoneNumber.init)
        problems.require(
            FieldChecks.isPersonalNumber(number), "representative.personalNumber", .representativeInvalid)
        problems.check(name, "representative.fullName", most: Limits.Application.nameCharacters)
        problems.require(draft.relationship != nil, "representative.relationship", .representativeInvalid)
        problems.require(phone != nil, "representative.phone", .phoneInvalid)
        guard let phone, let relationship = draft.relationship else { return nil }
        return Representative(personalNumber: number, fullName: name, relationship: relationship, phone: phone.text)
    }
}
