package import ChipDocument
package import StationCore

/// The machine readable zone of a Vietnamese citizen card: TD1 with the personal number in line 1's optional data.
package struct CitizenMRZ: Hashable, Sendable {
    /// The zone as the chip holds it.
    package let zone: MachineReadableZone
    /// The whole personal number of line 1.
    package let number: PersonalNumber
    /// Whether line 1's last character is the check digit of the personal number. Formally it is optional data.
    package let numberDigitHolds: Bool
    /// Birth; the century is the number's, unknown day or month stay unknown.
    package let birthDate: PartialDate
    /// Sex; nil when unspecified.
    package let sex: Sex?
    /// Validity; the profile's sentinel means none.
    package let expiry: CardExpiry

    /// Takes a zone apart. Throws `cardForeign` when another state issued the document, `cardUnsupported` when it is no
    /// identity card of this layout, `cardDataMalformed` when the number or a date is none.
    package init(_ zone: MachineReadableZone, profile: CardProfile = .vnm2021) throws(Failure) {
        guard zone.issuer == profile.issuingState else { throw Failure(.cardForeign, "issuing state of the MRZ") }
        guard zone.layout == .td1, zone.documentCode.hasPrefix("I") else {
            throw Failure(.cardUnsupported, "document code or layout of the MRZ")
        }
        guard let number = PersonalNumber(String(zone.optionalData.prefix(12))) else {
            throw Failure(.cardDataMalformed, "MRZ: personal number")
        }
        guard let birth = Self.birth(zone.birth, century: number.birthYear / 100) else {
            throw Failure(.cardDataMalformed, "MRZ: birth date")
        }
        guard let expiry = Self.expiry(zone.expiry, unlimited: profile.unlimitedExpiry) else {
            throw Failure(.cardDataMalformed, "MRZ: expiry date")
        }
        self.zone = zone
        self.number = number
        let digit = zone.optionalData.dropFirst(12).drop { $0 == "<" }
        numberDigitHolds = digit.count == 1 && digit.first.map { CheckDigit.holds($0, for: number.digits) } == true
        birthDate = birth
        sex = Sex(mrzLetter: zone.sex)
        self.expiry = expiry
    }

    private static func birth(_ text: String, century: Int) -> PartialDate? {
        func part(_ offset: Int) -> Int? {
            let digits = String(text.dropFirst(offset).prefix(2))
            return digits == "<<" ? 0 : PartialDate.number(digits, digits: 2)
        }
        // A birth without its year is of no use; day and month may be unknown, written << or 00.
        guard let year = PartialDate.number(String(text.prefix(2)), digits: 2), let month = part(2), let day = part(4)
        else { return nil }
        return PartialDate(zeroIsUnknown: century * 100 + year, month: month, day: month == 0 ? 0 : day)
    }

    private static func expiry(_ text: String, unlimited: String) -> CardExpiry? {
        if text == unlimited { return .unlimited }
        guard let value = PartialDate.number(text, digits: 6) else { return nil }
        // These cards exist since 2021.
        return CivilDate(year: 2_000 + value / 10_000, month: value / 100 % 100, day: value % 100).map(CardExpiry.day)
    }
}

extension CitizenMRZ: CustomStringConvertible, CustomReflectable {
    /// The masked number.
    package var description: String { "MRZ of \(number)" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
