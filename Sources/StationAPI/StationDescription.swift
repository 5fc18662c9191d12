/// Answer of `GET /v1`: what this station speaks.
public struct StationDescription: Codable, Hashable, Sendable {
    /// Always 1 on this path.
    public let version: Int
    /// The daemon's release.
    public let software: String
    /// Which parts of the API exist, stable words.
    public let features: [String]
    /// The consent text that an application must refer to.
    public let consent: ConsentText
    /// What may be asked for as integration, by the authority's words.
    public let integrations: [String]?
    /// What a receipt promises.
    public let receipt: ReceiptTerms?

    /// Makes a description.
    public init(
        version: Int, software: String, features: [String], consent: ConsentText, integrations: [String]? = nil,
        receipt: ReceiptTerms? = nil
    ) {
        self.version = version
        self.software = software
        self.features = features
        self.consent = consent
        self.integrations = integrations
        self.receipt = receipt
    }
}

/// What a receipt promises the citizen: when the answer is due, and whom to call.
public struct ReceiptTerms: Codable, Hashable, Sendable {
    /// Working days from the day of the intake to the expected answer.
    public let workingDays: Int
    /// Days on which nobody works, `YYYY-MM-DD`, beside Saturdays and Sundays.
    public let holidays: [String]
    /// Saturdays and Sundays on which people work, `YYYY-MM-DD`.
    public let extraWorkingDays: [String]
    /// Number to call with questions.
    public let hotline: String?

    /// Makes terms.
    public init(
        workingDays: Int = 3, holidays: [String] = [], extraWorkingDays: [String] = [], hotline: String? = nil
    ) {
        self.workingDays = workingDays
        self.holidays = holidays
        self.extraWorkingDays = extraWorkingDays
        self.hotline = hotline
    }
}

/// A text read to the citizen before the application is saved.
public struct ConsentText: Codable, Hashable, Sendable {
    /// The authority's version of the text.
    public let version: String
    /// BCP 47 language tag.
    public let language: String
    /// The text itself.
    public let text: String
    /// SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal.
    public let sha256: String

    /// Makes a text.
    public init(version: String, language: String, text: String, sha256: String) {
        self.version = version
        self.language = language
        self.text = text
        self.sha256 = sha256
    }
}
