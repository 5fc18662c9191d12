package import StationCore

/// What a client of the station submits: the declared part only. The rest comes from the read and from the station.
///
/// Nearly everything is optional, so that a missing field becomes a problem of that field and not of the document.
package struct ApplicationDraft: Codable, Hashable, Sendable {
    /// Declared fields as typed.
    package struct Declared: Codable, Hashable, Sendable {
        /// Mobile number as typed.
        package var phone: String?
        /// E-mail address as typed.
        package var email: String?
        /// Requested integrations; absent means none.
        package var integrations: [String]?
        /// No smartphone; absent means that the citizen has one.
        package var noSmartphone: Bool?

        /// Takes the values as typed.
        package init(
            phone: String? = nil,
            email: String? = nil,
            integrations: [String]? = nil,
            noSmartphone: Bool? = nil
        ) {
            self.phone = phone
            self.email = email
            self.integrations = integrations
            self.noSmartphone = noSmartphone
        }
    }

    /// The consent as recorded at the desk.
    package struct Consent: Codable, Hashable, Sendable {
        /// Version of the text that was read.
        package var textVersion: String?
        /// SHA-256 of the text that was read, lower-case hexadecimal.
        package var textSHA256: String?
        /// Language, BCP 47.
        package var language: String?
        /// Operator who read the text aloud; nil when the citizen read it.
        package var readAloudBy: WireName?
        /// How the answer was confirmed.
        package var confirmation: ConsentRecord.Confirmation?
        /// When; absent means at capture.
        package var at: Timestamp?
        /// The answer, explicit: absent is no consent.
        package var granted: Bool?
        /// Who was present.
        package var witness: Witness?

        /// Takes the values as recorded.
        package init(
            textVersion: String? = nil,
            textSHA256: String? = nil,
            language: String? = nil,
            readAloudBy: WireName? = nil,
            confirmation: ConsentRecord.Confirmation? = nil,
            at: Timestamp? = nil,
            granted: Bool? = nil,
            witness: Witness? = nil
        ) {
            self.witness = witness
            self.textVersion = textVersion
            self.textSHA256 = textSHA256
            self.language = language
            self.readAloudBy = readAloudBy
            self.confirmation = confirmation
            self.at = at
            self.granted = granted
        }
    }

    /// The representative as typed.
    package struct Representative: Codable, Hashable, Sendable {
        /// Personal number as typed.
        package var personalNumber: String?
        /// Full name as typed.
        package var fullName: String?
        /// What the representative is to the citizen.
        package var relationship: ApplicationForm.Representative.Relationship?
        /// The representative's own mobile number as typed.
        package var phone: String?

        /// Takes the values as typed.
        package init(
            personalNumber: String? = nil,
            fullName: String? = nil,
            relationship: ApplicationForm.Representative.Relationship? = nil,
            phone: String? = nil
        ) {
            self.personalNumber = personalNumber
            self.fullName = fullName
            self.relationship = relationship
            self.phone = phone
        }
    }

    /// Declared fields.
    package var declared: Declared?
    /// The consent.
    package var consent: Consent?
    /// Parent or guardian.
    package var representative: Representative?
    /// What the authority's system said of face and fingerprints.
    package var matches: MatchResults?
    /// Warnings overruled with reasons.
    package var overrides: [Override]?
    /// Row of the invitation list; absent for a walk-in.
    package var invitationRowId: WireName?
    /// Hamlet or quarter of residence.
    package var hamletId: WireName?

    /// Takes what the client sent.
    package init(
        declared: Declared? = nil,
        consent: Consent? = nil,
        representative: Representative? = nil,
        matches: MatchResults? = nil,
        overrides: [Override]? = nil,
        invitationRowId: WireName? = nil,
        hamletId: WireName? = nil
    ) {
        self.matches = matches
        self.declared = declared
        self.consent = consent
        self.representative = representative
        self.overrides = overrides
        self.invitationRowId = invitationRowId
        self.hamletId = hamletId
    }
}
