import StationCore

/// The 12-digit personal identification number (số định danh cá nhân).
///
/// Three digits name the province or country where the birth was registered, one the century and sex, two the year of
/// birth, six are random. There is no check digit. It never prints in full.
package struct PersonalNumber: Hashable, Sendable {
    /// All 12 digits, leading zeros included.
    package let digits: String

    /// Nil unless the text is exactly 12 ASCII digits.
    package init?(_ text: String) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        digits = text
    }

    /// The number of a birth: century and sex digit and year are derived. Nil when the year has no digit (before 1900,
    /// after 2399), or when province is not 3 or serial not 6 digits.
    package init?(province: String, sex: Sex, birthYear: Int, serial: String) {
        guard (1900...2399).contains(birthYear), province.utf8.count == 3, serial.utf8.count == 6 else { return nil }
        let century = (birthYear - 1900) / 100 * 2 + (sex == .female ? 1 : 0)
        let year = birthYear % 100
        self.init("\(province)\(century)\(year < 10 ? "0" : "")\(year)\(serial)")
    }

    /// The first three digits: province or country of birth registration.
    package var provinceCode: String { String(digits.prefix(3)) }

    /// Whether `provinceCode` is one of the 63 province codes. Country codes exist too, so an unknown one is a
    /// warning, never a refusal; the codes did not change with later mergers of provinces.
    package var hasKnownProvince: Bool { Self.provinceCodes.contains(provinceCode) }

    /// The sex that the fourth digit states: even male, odd female.
    package var sex: Sex { digit(3).isMultiple(of: 2) ? .male : .female }

    /// The year of birth that digits 4 to 6 state, century included.
    package var birthYear: Int { 1900 + digit(3) / 2 * 100 + digit(4) * 10 + digit(5) }

    /// The card access number: the last 6 digits.
    package var cardAccessNumber: String { String(digits.suffix(6)) }

    /// The document number of the machine readable zone: the last 9 digits.
    package var mrzDocumentNumber: String { String(digits.suffix(9)) }

    private func digit(_ index: Int) -> Int {
        Int(digits.utf8[digits.utf8.index(digits.utf8.startIndex, offsetBy: index)]) - 0x30
    }

    /// The codes of the 63 provinces of the numbering rule (001 to 096, with gaps).
    package static let provinceCodes: Set<String> = [
        "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020", "022", "024", "025",
        "026", "027", "030", "031", "033", "034", "035", "036", "037", "038", "040", "042", "044", "045", "046", "048",
        "049", "051", "052", "054", "056", "058", "060", "062", "064", "066", "067", "068", "070", "072", "074", "075",
        "077", "079", "080", "082", "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096",
    ]
}

extension PersonalNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The masked form, such as `070*****1234`.
    package var description: String { masked(digits) }
    /// The masked form.
    package var debugDescription: String { description }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
