import StationCore

/// The rules of a level-2 application: pure, total, every problem at once.
package struct ApplicationRules: Sendable {
    /// Rule sets by date.
    package let ruleSets: [RuleSet]

    /// Takes the rule sets in use.
    package init(ruleSets: [RuleSet] = .vietnam) { self.ruleSets = ruleSets }

    /// Judges a draft against the read and the day, and normalises it.
    package func validate(
        _ draft: ApplicationDraft,
        citizen: CitizenSnapshot,
        card: CardFacts,
        context: ValidationContext
    ) -> ValidationOutcome {
        let overrides = draft.overrides ?? []
        let eligibility = Eligibility(
            citizen: citizen,
            overrides: overrides,
            rules: ruleSets,
            now: context.now,
            quality: context.clockQuality
        )
        var problems = eligibility.problems
        var warnings = eligibility.warnings
        let cardJudgement = context.cardPolicy.judge(card)
        problems.add(cardJudgement.problems)
        warnings.add(cardJudgement.warnings)
        check(overrides, &problems)

        let representative = Self.representative(draft.representative, eligibility, citizen: citizen, &problems)
        let declared = declaration(
            draft.declared ?? .init(),
            representative: representative,
            comesAlone: draft.representative == nil,
            phoneRequired: eligibility.ruleSet?.phoneRequired ?? true,
            context: context,
            &problems,
            &warnings
        )
        let consent = ConsentJudge(texts: context.consentTexts, now: context.now).judge(draft.consent, &problems)

        if context.hasDuplicate { overrule(.duplicateToday, "citizen.personalNumber", .duplicateToday) }
        if let phone = declared?.phone, context.isPhoneReused(phone) {
            overrule(.phoneReused, "declared.phone", .phoneReused)
        }
        func overrule(_ kind: Override.Kind, _ field: String, _ code: FailureCode) {
            if overrides.contains(where: { $0.kind == kind }) {
                warnings.add(field, code)
            } else {
                problems.add(field, code)
            }
        }

        guard let declared, let consent, let ruleSet = eligibility.ruleSet else {
            return ValidationOutcome(problems: problems.list, warnings: warnings.list, content: nil)
        }
        let content = ApplicationContent(
            citizen: citizen,
            card: card,
            declared: declared,
            consent: consent,
            representative: representative,
            matches: draft.matches,
            overrides: overrides,
            ruleSet: ruleSet.id
        )
        // The document must be sound too; a second voice only where the rules found nothing.
        if problems.list.isEmpty { problems.add(content.problems) }
        return ValidationOutcome(problems: problems.list, warnings: warnings.list, content: content)
    }

    private func check(_ overrides: [Override], _ problems: inout Problems) {
        for override in overrides {
            let field = "overrides.\(override.kind.rawValue)"
            problems.check(override.reason, field, most: Limits.Application.reasonCharacters)
            switch override.kind {
            case .ageConfirmed: problems.require(override.age != nil, field, .fieldMissing)
            case .clockConfirmed: problems.require(override.day != nil, field, .fieldMissing)
            case .duplicateToday, .phoneReused: break
            }
            problems.require(overrides.filter { $0.kind == override.kind }.count == 1, field, .fieldInvalid)
        }
    }

    /// The representative, normalised; nil when there is none or when it is not sound.
    private static func representative(
        _ draft: ApplicationDraft.Representative?,
        _ eligibility: Eligibility,
        citizen: CitizenSnapshot,
        _ problems: inout Problems
    ) -> Representative? {
        guard let draft else {
            if eligibility.admission == .withRepresentative { problems.add("representative", .representativeMissing) }
            return nil
        }
        if eligibility.admission == .alone, eligibility.ruleSet?.acceptsWards == false {
            problems.add("representative", .representativeInvalid)
        }
        let name = FieldChecks.normalized(draft.fullName ?? "")
        let number = draft.personalNumber ?? ""
        problems.require(
            FieldChecks.isPersonalNumber(number) && number != citizen.personalNumber,
            "representative.personalNumber",
            .representativeInvalid
        )
        problems.check(name, "representative.fullName", most: Limits.Application.nameCharacters)
        problems.require(draft.relationship != nil, "representative.relationship", .representativeInvalid)
        guard let typed = draft.phone, !FieldChecks.normalized(typed).isEmpty else {
            problems.add("representative.phone", .phoneMissing)
            return nil
        }
        guard let phone = PhoneNumber(typed) else {
            problems.add("representative.phone", .phoneInvalid)
            return nil
        }
        return draft.relationship.map {
            Representative(personalNumber: number, fullName: name, relationship: $0, phone: phone.text)
        }
    }

    /// The declared fields, normalised; nil when a phone or an address cannot be read.
    private func declaration(
        _ draft: ApplicationDraft.Declared,
        representative: Representative?,
        comesAlone: Bool,
        phoneRequired: Bool,
        context: ValidationContext,
        _ problems: inout Problems,
        _ warnings: inout Problems
    ) -> Declaration? {
        let typedPhone = draft.phone.flatMap { FieldChecks.normalized($0).isEmpty ? nil : $0 }
        let typedEmail = draft.email.flatMap { FieldChecks.normalized($0).isEmpty ? nil : $0 }
        let own = typedPhone.flatMap(PhoneNumber.init)
        let email = typedEmail.flatMap(EmailAddress.init)
        problems.require(typedPhone == nil || own != nil, "declared.phone", .phoneInvalid)
        problems.require(typedEmail == nil || email != nil, "declared.email", .emailInvalid)
        if comesAlone, typedPhone == nil, phoneRequired || typedEmail == nil {
            problems.add("declared.phone", .phoneMissing)
        }
        // With a representative the account hangs on that person's own phone; a second number contradicts it.
        if let representative, let own {
            problems.require(own.text == representative.phone, "declared.phone", .representativeInvalid)
        }
        let phone = representative?.phone ?? own?.text
        if let phone, PhoneNumber(phone)?.hasKnownPrefix == false { warnings.add("declared.phone", .phoneInvalid) }

        let requested = Set(draft.integrations ?? [])
        problems.require(requested.isSubset(of: context.integrations), "declared.integrations", .integrationUnknown)
        problems.require(
            (draft.integrations ?? []).count <= Limits.Application.integrations,
            "declared.integrations",
            .fieldTooLong
        )
        return Declaration(
            phone: phone,
            email: email?.text,
            integrations: requested.sorted(),
            noSmartphone: draft.noSmartphone ?? false
        )
    }
}
