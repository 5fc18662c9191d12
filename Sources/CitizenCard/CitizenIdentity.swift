import ChipDocument
package import StationCore

/// A citizen as the chip says, put together from DG13 (the text) and DG1 (the machine-readable zone), never edited.
///
/// Ethnicity, religion, parents and spouse are on the chip and not here (law: only what is needed). It never prints.
package struct CitizenIdentity: Hashable, Sendable {
    /// Personal number.
    package let number: PersonalNumber
    /// Full name with diacritics, NFC.
    package let fullName: String
    /// Birth date, perhaps only the year.
    package let birthDate: PartialDate
    /// Sex.
    package let sex: Sex
    /// Nationality as the card words it, such as `Việt Nam`.
    package let nationality: String
    /// Nationality of the machine-readable zone, three letters (ICAO 9303-3, section 5).
    package let nationalityCode: String
    /// Place of origin, when the card carries it.
    package let origin: String?
    /// Permanent residence, when the card carries it.
    package let residence: String?
    /// Issue date, when the card carries it.
    package let issueDate: CivilDate?
    /// Until when the card is valid.
    package let expiry: CardExpiry?
    /// How number, machine-readable zone and text agree: one finding a check.
    package let findings: [Finding]

    /// Reads both files. Throws `cardForeign` for a card of another state, `cardDataMalformed` when number, name, birth
    /// date or sex is missing or unreadable.
    package init(dataGroup1: [UInt8], dataGroup13: [UInt8]) throws(Failure) {
        let zone = try MachineReadableZone(dataGroup1: dataGroup1)
        guard zone.issuer == CardProfile.vnm2021.issuingState else { throw Failure(.cardForeign, "issuer \(zone.issuer)") }
        let text = try DataGroup13(parsing: dataGroup13)
        number = try Self.required(text, .number, PersonalNumber.init)
        fullName = try Self.required(text, .fullName) { $0 }
        birthDate = try Self.required(text, .birthDate, PartialDate.init(vietnameseText:))
        sex = try Self.required(text, .sex, Sex.init(vietnameseText:))
        nationality = text.text(.nationality) ?? zone.nationality
        nationalityCode = zone.nationality
        origin = text.text(.origin)
        residence = text.text(.residence)
        issueDate = try Self.optional(text, .issueDate, CivilDate.init(vietnameseText:))
        expiry = try Self.optional(text, .expiry, CardExpiry.init(vietnameseText:))
        findings = IdentityChecks(
            zone: zone, text: text, number: number, birthDate: birthDate, sex: sex, expiry: expiry
        ).findings
    }

    private static func required<Value>(
        _ text: DataGroup13, _ field: DataGroup13.Field, _ parse: (String) -> Value?
    ) throws(Failure) -> Value {
        guard let value = text.text(field).flatMap(parse) else {
            throw Failure(.cardDataMalformed, "DG13: field \(field.rawValue)")
        }
        return value
    }

    /// An absent field is nothing wrong; one that is there and cannot be read is.
    private static func optional<Value>(
        _ text: DataGroup13, _ field: DataGroup13.Field, _ parse: (String) -> Value?
    ) throws(Failure) -> Value? {
        text.text(field) == nil ? nil : try required(text, field, parse)
    }
}

extension CitizenIdentity: CustomStringConvertible, CustomReflectable {
    /// The masked number.
    package var description: String { "\(number)" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
