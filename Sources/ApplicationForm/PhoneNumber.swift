/// A Vietnamese mobile number in its national form: `0` and nine digits.
package struct PhoneNumber: Hashable, Sendable {
    /// `0xxxxxxxxx`.
    package let text: String

    /// Accepts what people write: `+84`, `84` or `0` in front; spaces, dots and hyphens anywhere. Nil when what remains
    /// is not ten digits that begin with 03, 05, 07, 08 or 09.
    package init?(_ typed: String) {
        var digits = ""
        var plus = false
        for scalar in typed.unicodeScalars {
            switch scalar {
            case " ", ".", "-", "\u{a0}": continue
            case "+" where digits.isEmpty && !plus: plus = true
            case "0"..."9": digits.unicodeScalars.append(scalar)
            default: return nil
            }
            guard digits.utf8.count <= 12 else { return nil }
        }
        if digits.hasPrefix("84"), digits.utf8.count == 11 {
            digits = "0" + digits.dropFirst(2)
        } else if plus {
            return nil
        }
        guard digits.utf8.count == 10, ["03", "05", "07", "08", "09"].contains(String(digits.prefix(2))) else {
            return nil
        }
        text = digits
    }

    /// Whether the numbering plan assigns this number's prefix. New prefixes come, so an unknown one is a warning only.
    package var hasKnownPrefix: Bool {
        let national = text.dropFirst()
        return Self.assigned.contains { national.hasPrefix($0) }
    }

    /// Assigned mobile prefixes after the leading zero.
    private static let assigned = [
        "3", "51", "522", "523", "528", "559", "56", "58", "59", "70", "76", "77", "78", "79", "81", "82", "83", "84",
        "85", "86", "87", "88", "896", "897", "898", "899", "90", "91", "92", "93", "94", "95", "96", "97", "98",
        "990", "991", "993", "994", "995", "996", "997", "998", "999",
    ]
}
