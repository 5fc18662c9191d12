package import CitizenCard
package import StationCore

/// What `person.json` of an issued card says: the synthetic person in the clear, for training and tests.
package struct PersonRecord: Codable, Hashable, Sendable {
    /// Always true: this person does not exist.
    package let synthetic: Bool
    /// Personal number.
    package let number: String
    /// Last six digits of the number.
    package let cardAccessNumber: String
    /// Full name with diacritics.
    package let fullName: String
    /// Date of birth.
    package let birthDate: CivilDate
    /// Sex.
    package let sex: Sex
    /// Place of origin.
    package let origin: String
    /// Place of residence.
    package let residence: String
    /// Issue date.
    package let issueDate: CivilDate
    /// Last day of validity; nil without expiry.
    package let expiry: CivilDate?
    /// The three lines of the machine readable zone.
    package let mrz: [String]
    /// The text of the printed QR code.
    package let qr: String

    /// Takes what a card shows.
    package init(_ person: SyntheticPerson, series: CardOptions.Series = .citizenCard2021) {
        synthetic = true
        number = person.number.digits
        cardAccessNumber = person.number.cardAccessNumber
        fullName = person.fullName
        birthDate = person.birthDate
        sex = person.sex
        origin = person.origin
        residence = person.residence
        issueDate = person.issueDate
        expiry = if case .day(let day) = person.expiry { day } else { nil }
        let zone = DataGroupWriter.mrz(person)
        mrz = (0..<3).map { String(zone.dropFirst($0 * 30).prefix(30)) }
        let common = [
            person.fullName, Self.compact(person.birthDate), person.sex.vietnameseText, person.residence,
            Self.compact(person.issueDate),
        ]
        let old = person.oldNumber ?? ""
        let fields =
            switch series {
            case .citizenCard2021: [person.number.digits, old] + common
            // The last is a cancelled number: nobody here has one.
            case .identityCard2024: [person.number.digits] + common + [old, ""]
            }
        qr = fields.joined(separator: "|")
    }

    private static func compact(_ date: CivilDate) -> String {
        String(date.vietnameseText.filter { $0 != "/" })
    }
}
