package import StationCore

/// What was read of a citizen from the card; never edited afterwards (a mismatch is a reason to stop, not to retype).
package struct CitizenSnapshot: Codable, Hashable, Sendable {
    /// Sex as the card states it.
    package enum Sex: String, Codable, Sendable, CaseIterable {
        case male, female, unspecified
    }

    /// Personal identification number: 12 digits, leading zeros kept.
    package let personalNumber: String
    /// Full name, NFC, with its marks; never the machine-readable zone's ASCII form.
    package let fullName: String
    /// Date of birth, possibly without day or month.
    package let birthDate: PartialDate
    /// Sex.
    package let sex: Sex
    /// Nationality as the three-letter code of ICAO 9303-3 section 5, such as `VNM`.
    package let nationality: String
    /// Place of residence as the card states it (old unit names stay for years); nil when the card carries none.
    package let residence: String?
    /// Place of origin; nil when the card carries none or policy leaves it out.
    package let origin: String?
    /// Day of issue, where known.
    package let issueDate: CivilDate?
    /// Last day of validity, or that there is none; nil when unknown.
    package let expiry: CardExpiry?

    /// Takes the values as they were read.
    package init(
        personalNumber: String,
        fullName: String,
        birthDate: PartialDate,
        sex: Sex,
        nationality: String,
        residence: String?,
        origin: String? = nil,
        issueDate: CivilDate?,
        expiry: CardExpiry?
    ) {
        self.personalNumber = personalNumber
        self.fullName = fullName
        self.birthDate = birthDate
        self.sex = sex
        self.nationality = nationality
        self.residence = residence
        self.origin = origin
        self.issueDate = issueDate
        self.expiry = expiry
    }
}
