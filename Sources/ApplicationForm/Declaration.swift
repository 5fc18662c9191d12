package import StationCore

/// What the citizen declares beyond the card.
package struct Declaration: Codable, Hashable, Sendable {
    /// Mobile number, national form `0xxxxxxxxx`; the representative's own where there is one. Nil only under a rule
    /// set that accepts an e-mail address instead.
    package let phone: String?
    /// E-mail address.
    package let email: String?
    /// Requested integrations, words of the configured catalogue, sorted.
    package let integrations: [String]
    /// The citizen uses no smartphone and will activate on the web.
    package let noSmartphone: Bool

    /// Takes normalised values.
    package init(phone: String?, email: String?, integrations: [String], noSmartphone: Bool) {
        self.phone = phone
        self.email = email
        self.integrations = integrations
        self.noSmartphone = noSmartphone
    }
}

/// A parent or guardian who applies with a minor or ward.
package struct Representative: Codable, Hashable, Sendable {
    /// What the representative is to the citizen.
    package enum Relationship: String, Codable, Sendable, CaseIterable {
        case father, mother, guardian, other
    }

    /// Personal identification number: 12 digits.
    package let personalNumber: String
    /// Full name, NFC.
    package let fullName: String
    /// What the representative is to the citizen.
    package let relationship: Relationship
    /// The representative's own mobile number, national form.
    package let phone: String

    /// Takes normalised values.
    package init(personalNumber: String, fullName: String, relationship: Relationship, phone: String) {
        self.personalNumber = personalNumber
        self.fullName = fullName
        self.relationship = relationship
        self.phone = phone
    }
}

/// The consent to the account and to the processing of the data, as it was given.
package struct ConsentRecord: Codable, Hashable, Sendable {
    /// How the answer was confirmed. Silence and pre-ticked boxes are no consent.
    package enum Confirmation: String, Codable, Sendable, CaseIterable {
        /// The citizen said it.
        case spoken
        /// The citizen signed.
        case signed
        /// The citizen said it before a witness (illiterate or minority-language citizens).
        case witnessed
    }

    /// Version of the text.
    package let textVersion: String
    /// SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal.
    package let textSHA256: String
    /// Language in which it was given, BCP 47.
    package let language: String
    /// Operator who read the text aloud; nil when the citizen read it.
    package let readAloudBy: WireName?
    /// How the answer was confirmed.
    package let confirmation: Confirmation
    /// When.
    package let at: Timestamp
    /// The answer. A document with `false` is invalid: without consent there is no application.
    package let granted: Bool
    /// Who was present; nil unless the answer was witnessed.
    package let witness: Witness?

    /// Takes the record.
    package init(
        textVersion: String,
        textSHA256: String,
        language: String,
        readAloudBy: WireName?,
        confirmation: Confirmation,
        at: Timestamp,
        granted: Bool,
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

/// Who was present when somebody who cannot read or does not speak the language agreed.
package struct Witness: Codable, Hashable, Sendable {
    /// Full name, NFC.
    package let fullName: String
    /// Personal identification number, 12 digits; nil where the witness carries none.
    package let personalNumber: String?

    /// Names a witness.
    package init(fullName: String, personalNumber: String?) {
        self.fullName = fullName
        self.personalNumber = personalNumber
    }
}

/// A warning that a person overruled, with the reason: recorded, never silent.
package struct Override: Codable, Hashable, Sendable {
    /// Which warning.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The citizen already has an application here. The word is older than the rule: not of today alone.
        case duplicateToday
        /// The phone number stands in another application (a guardian's, for instance).
        case phoneReused
        /// The age was asked for, since the birth date does not decide it.
        case ageConfirmed
        /// Today's date was confirmed, since the clock is not trusted.
        case clockConfirmed
    }

    /// Which warning.
    package let kind: Kind
    /// Why it was overruled.
    package let reason: String
    /// `ageConfirmed`: the age in full years, one that the birth date allows.
    package let age: Int?
    /// `clockConfirmed`: the legal day that the operator vouches for.
    package let day: CivilDate?

    /// Makes an override.
    package init(kind: Kind, reason: String, age: Int? = nil, day: CivilDate? = nil) {
        self.kind = kind
        self.reason = reason
        self.age = age
        self.day = day
    }
}
