package import StationCore

/// The consent text in use.
package struct ConsentText: Codable, Hashable, Sendable {
    /// Version shown to operators.
    package let version: String
    /// SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal.
    package let sha256: String

    /// Names a text.
    package init(version: String, sha256: String) {
        self.version = version
        self.sha256 = sha256
    }
}

/// What the rules need to know besides the draft and the read.
package struct ValidationContext: Sendable {
    /// Wall-clock time of capture.
    package let now: Timestamp
    /// How far it may be trusted.
    package let clockQuality: ClockQuality
    /// Consent texts in use, one for each language; the first is the one to read out.
    package let consentTexts: [ConsentText]
    /// Words that may be requested as integrations.
    package let integrations: Set<String>
    /// Which checks the card needs.
    package let cardPolicy: CardVerificationPolicy
    /// The same person already has an application here, of this legal day or an earlier one that still stands.
    package let hasDuplicate: Bool
    /// Whether a phone number (national form) stands in another person's application of this station.
    package let isPhoneReused: @Sendable (_ phone: String) -> Bool

    /// Takes what the station knows.
    package init(
        now: Timestamp,
        clockQuality: ClockQuality,
        consentTexts: [ConsentText],
        integrations: Set<String>,
        cardPolicy: CardVerificationPolicy,
        hasDuplicate: Bool,
        isPhoneReused: @escaping @Sendable (_ phone: String) -> Bool
    ) {
        self.now = now
        self.clockQuality = clockQuality
        self.consentTexts = consentTexts
        self.integrations = integrations
        self.cardPolicy = cardPolicy
        self.hasDuplicate = hasDuplicate
        self.isPhoneReused = isPhoneReused
    }
}

/// What the rules say: never an exception, always every problem at once.
package struct ValidationOutcome: Sendable {
    /// What must be corrected before the application can be saved.
    package let problems: [FieldProblem]
    /// What the operator is told and may go on with.
    package let warnings: [FieldProblem]
    /// The normalised content; nil exactly when there are problems.
    package let content: ApplicationContent?

    init(problems: [FieldProblem], warnings: [FieldProblem], content: ApplicationContent?) {
        self.problems = problems
        self.warnings = warnings
        self.content = problems.isEmpty ? content : nil
    }
}
