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
    package let birthDate: BirthDate
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
    package let expiry: CitizenSnapshot.Expiry?

    /// Takes the values as they were read.
    package init(
        personalNumber: String,
        fullName: String,
        birthDate: BirthDate,
        sex: Sex,
        nationality: String,
        residence: String?,
        origin: String? = nil,
        issueDate: CivilDate?,
        expiry: CitizenSnapshot.Expiry?
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

extension CitizenSnapshot {
    /// How long a card is valid. Its text is `YYYY-MM-DD` (the last valid day) or `none`.
    package enum Expiry: Hashable, Sendable {
        /// Valid up to and including this day.
        case day(CivilDate)
        /// "Không thời hạn": valid without end.
        case unlimited
    }
}

extension CitizenSnapshot.Expiry: Codable {
    /// Reads the text form; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if text == "none" {
            self = .unlimited
        } else if let day = CivilDate(text: text) {
            self = .day(day)
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither YYYY-MM-DD nor none")
        }
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .day(let day): try container.encode(day)
        case .unlimited: try container.encode("none")
        }
    }
}
