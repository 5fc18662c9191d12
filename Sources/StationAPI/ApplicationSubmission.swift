/// Body of `POST /v1/applications`: what was declared at the desk; everything about the person comes from the read.
public struct ApplicationSubmission: Codable, Hashable, Sendable {
    /// A finished read.
    public var readId: String
    /// What the citizen declared.
    public var declared: Declared
    /// The citizen's answer to the consent text.
    public var consent: Consent?
    /// Who accompanies a minor or ward.
    public var representative: Representative?
    /// Decisions of the operator with their reasons.
    public var overrides: Overrides?
    /// The intake session, when one is open.
    public var sessionId: String?
    /// The row of the invitation list.
    public var invitationRowId: String?
    /// The hamlet of residence.
    public var hamletId: String?

    /// What the citizen declared.
    public struct Declared: Codable, Hashable, Sendable {
        /// Mobile number registered to the owner.
        public var phone: String?
        /// E-mail address.
        public var email: String?
        /// Data to integrate, by catalogue code.
        public var integrations: [String]?
        /// Whether the citizen has no smartphone.
        public var noSmartphone: Bool?

        /// Makes a declaration.
        public init(
            phone: String? = nil, email: String? = nil, integrations: [String]? = nil, noSmartphone: Bool? = nil
        ) {
            self.phone = phone
            self.email = email
            self.integrations = integrations
            self.noSmartphone = noSmartphone
        }
    }

    /// The citizen's answer to the consent text.
    public struct Consent: Codable, Hashable, Sendable {
        /// Whether the citizen agreed; there is no default.
        public var granted: Bool?
        /// Version of the text that was read.
        public var textVersion: String
        /// SHA-256 of the text that was read, lower-case hexadecimal.
        public var textSha256: String
        /// BCP 47 language in which it was read.
        public var language: String
        /// How it was confirmed: `spoken`, `signed` or `witnessed`.
        public var confirmedBy: String

        /// Makes an answer.
        public init(granted: Bool?, textVersion: String, textSha256: String, language: String, confirmedBy: String) {
            self.granted = granted
            self.textVersion = textVersion
            self.textSha256 = textSha256
            self.language = language
            self.confirmedBy = confirmedBy
        }
    }

    /// Who accompanies a minor or ward.
    public struct Representative: Codable, Hashable, Sendable {
        /// Personal number.
        public var number: String
        /// Full name.
        public var name: String
        /// `parent`, `guardian` or `other`.
        public var relationship: String
        /// The representative's own mobile number.
        public var phone: String?

        /// Makes a representative.
        public init(number: String, name: String, relationship: String, phone: String? = nil) {
            self.number = number
            self.name = name
            self.relationship = relationship
            self.phone = phone
        }
    }

    /// Decisions of the operator with their reasons.
    public struct Overrides: Codable, Hashable, Sendable {
        /// Why a second application of the same person today is right.
        public var duplicate: String?
        /// Why the phone may stand in another application too.
        public var phoneReused: String?
        /// Why the age is sufficient although the birth date is partial.
        public var age: String?
        /// The legal day, `YYYY-MM-DD`, confirmed while the clock is not trusted.
        public var confirmedDay: String?

        /// Makes decisions.
        public init(
            duplicate: String? = nil, phoneReused: String? = nil, age: String? = nil, confirmedDay: String? = nil
        ) {
            self.duplicate = duplicate
            self.phoneReused = phoneReused
            self.age = age
            self.confirmedDay = confirmedDay
        }
    }

    /// Makes a submission.
    public init(
        readId: String, declared: Declared, consent: Consent?, representative: Representative? = nil,
        overrides: Overrides? = nil, sessionId: String? = nil, invitationRowId: String? = nil, hamletId: String? = nil
    ) {
        self.readId = readId
        self.declared = declared
        self.consent = consent
        self.representative = representative
        self.overrides = overrides
        self.sessionId = sessionId
        self.invitationRowId = invitationRowId
        self.hamletId = hamletId
    }
}
