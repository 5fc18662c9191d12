/// Sex as Vietnamese documents record it.
package enum Sex: String, Codable, Hashable, Sendable, CaseIterable {
    case male
    case female

    /// The word on the card and in DG13: `Nam` or `Nữ`.
    package var vietnameseText: String {
        switch self {
        case .male: "Nam"
        case .female: "Nữ"
        }
    }

    /// The letter of a machine readable zone (ICAO 9303-3, 4.1.1.1): `M` or `F`.
    package var mrzLetter: String {
        switch self {
        case .male: "M"
        case .female: "F"
        }
    }

    /// Reads `Nam` or `Nữ` in any composition and case; nil for every other word.
    package init?(vietnameseText text: String) {
        switch VietnameseText.normalized(text).lowercased() {
        case "nam": self = .male
        case "nữ": self = .female
        default: return nil
        }
    }

    /// Reads the letter of a machine readable zone; nil for unspecified (`<`, `X`) and everything else.
    package init?(mrzLetter letter: String) {
        switch letter {
        case "M": self = .male
        case "F": self = .female
        default: return nil
        }
    }
}
