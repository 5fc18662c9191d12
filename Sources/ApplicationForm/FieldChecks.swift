import Foundation
package import StationCore

/// Checks of single fields, shared by the draft's rules and by the document's.
package enum FieldChecks {
    /// Whether a text is a personal number: exactly 12 ASCII digits. There is no check digit.
    package static func isPersonalNumber(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether a text is a lower-case hexadecimal SHA-256.
    package static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text == text.lowercased() && Hex.bytes(text) != nil
    }

    /// Whether a text has the form of a language tag (BCP 47): letters, digits, hyphens.
    package static func isLanguage(_ text: String) -> Bool {
        (2...35).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// A text in NFC, without surrounding space.
    package static func normalized(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What is wrong with a free text, if anything: empty, too long, or control characters in it.
    package static func problem(with text: String, field: String, most: Int) -> FieldProblem? {
        if text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
            return FieldProblem(field: field, code: .fieldMissing)
        }
        // Grapheme clusters are what people count; scalars are bounded as well, since one cluster may hold any number.
        if text.count > most || text.unicodeScalars.count > most * 4 {
            return FieldProblem(field: field, code: .fieldTooLong)
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return FieldProblem(field: field, code: .fieldInvalid)
        }
        return nil
    }
}
