/// Body of `POST /v1/applications`: what was declared at the desk; everything about the person comes from the read, or,
/// where the chip cannot be read, from `manual`.
public struct ApplicationSubmission: Codable, Hashable, Sendable {
    /// A finished read; absent with `manual`.
    public var readId: String?
    /// What was typed by hand; absent with `readId`.
    public var manual: ManualEntry?
    /// What the citizen declared.
    public var declared: Declared
    /// The citizen's answer to the consent text.
    public var consent: Consent?
    /// Who accompanies a minor or ward.
    public var representative: Representative?
    /// What the authority's system said of face and fingerprints.
    public var matches: SubmittedMatches?
    /// Pictures that travel along.
    public var attachments: [SubmittedAttachment]?
    /// Warnings that the operator overrules.
    public var overrides: [Override]?
    /// The intake session, when one is open.
    public var sessionId: String?
    /// The row of the invitation list.
    public var invitationRowId: String?
    /// The hamlet of residence.
    public var hamletId: String?
    /// The application that this one corrects with a fresh read of the card: its later revision.
    public var supersedes: String?

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
        public var textVersion: String?
        /// SHA-256 of the text that was read, lower-case hexadecimal.
        public var textSHA256: String?
        /// BCP 47 language in which it was read.
        public var language: String?
        /// How it was confirmed: `spoken`, `signed` or `witnessed`.
        public var confirmation: String?
        /// Whether the operator read the text aloud, because the citizen cannot read it.
        public var readAloud: Bool?
        /// Who was present; exactly with `witnessed`.
        public var witness: SubmittedWitness?

        /// Makes an answer.
        public init(
            granted: Bool?, textVersion: String?, textSHA256: String?, language: String?, confirmation: String?,
            readAloud: Bool? = nil, witness: SubmittedWitness? = nil
        ) {
            self.readAloud = readAloud
            self.witness = witness
            self.granted = granted
            self.textVersion = textVersion
            self.textSHA256 = textSHA256
            self.language = language
            self.confirmation = confirmation
        }
    }

    /// Who accompanies a minor or ward.
    public struct Representative: Codable, Hashable, Sendable {
        /// Personal number.
        public var personalNumber: String?
        /// Full name.
        public var fullName: String?
        /// `father`, `mother`, `guardian` or `other`.
        public var relationship: String?
        /// The representative's own mobile number.
        public var phone: String?

        /// Makes a representative.
        public init(personalNumber: String?, fullName: String?, relationship: String?, phone: String?) {
            self.personalNumber = personalNumber
            self.fullName = fullName
            self.relationship = relationship
            self.phone = phone
        }
    }

    /// A warning that the operator overrules, with the reason.
    public struct Override: Codable, Hashable, Sendable {
        /// `duplicateToday`, `phoneReused`, `ageConfirmed` or `clockConfirmed`.
        public var kind: String
        /// Why.
        public var reason: String
        /// With `ageConfirmed`: the age in full years.
        public var age: Int?
        /// With `clockConfirmed`: the legal day, `YYYY-MM-DD`.
        public var day: String?

        /// Makes an override.
        public init(kind: String, reason: String, age: Int? = nil, day: String? = nil) {
            self.kind = kind
            self.reason = reason
            self.age = age
            self.day = day
        }
    }

    /// Makes a submission.
    public init(
        readId: String?, manual: ManualEntry? = nil, declared: Declared, consent: Consent?,
        representative: Representative? = nil, matches: SubmittedMatches? = nil,
        attachments: [SubmittedAttachment]? = nil, overrides: [Override]? = nil, sessionId: String? = nil,
        invitationRowId: String? = nil, hamletId: String? = nil,
        supersedes: String? = nil
    ) {
        self.readId = readId
        self.manual = manual
        self.matches = matches
        self.attachments = attachments
        self.declared = declared
        self.consent = consent
        self.representative = representative
        self.overrides = overrides
        self.sessionId = sessionId
        self.invitationRowId = invitationRowId
        self.hamletId = hamletId
        self.supersedes = supersedes
    }
}
