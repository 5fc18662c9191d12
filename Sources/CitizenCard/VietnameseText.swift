import Foundation

/// Composition and comparison of Vietnamese text. The legal value of a name keeps every mark; only keys drop them.
package enum VietnameseText {
    /// Unicode normalization form C, the form in which names are stored and compared.
    package static func normalized(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping
    }

    /// The key under which a name or place is searched: decomposed, marks dropped, đ and Đ mapped to d, case folded,
    /// runs of white space made one space, typographic apostrophes made plain.
    ///
    /// `hòa` and `hoà` are different strings with the same key.
    package static func searchKey(_ text: String) -> String {
        var key = ""
        var pendingSpace = false
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.isWhitespace {
                pendingSpace = !key.isEmpty
                continue
            }
            guard scalar.properties.generalCategory != .nonspacingMark else { continue }
            if pendingSpace {
                key.append(" ")
                pendingSpace = false
            }
            switch scalar {
            case "đ", "Đ": key.append("d")
            case "\u{2018}", "\u{2019}", "\u{02BC}": key.append("'")
            default: key.append(scalar.properties.lowercaseMapping)
            }
        }
        return key
    }

    /// The name field of a TD1 machine readable zone (ICAO 9303-5, 4.2.4): the first word, two fillers, the others
    /// separated by one, Latin letters only; truncated to 30 characters and filled up to them.
    package static func mrzName(_ fullName: String) -> String {
        let field = wholeMRZName(fullName)
        return String(field.prefix(mrzNameCharacters))
            + String(repeating: "<", count: max(0, mrzNameCharacters - field.count))
    }

    /// Length of the name field of TD1.
    static let mrzNameCharacters = 30

    /// The name as the machine readable zone would have it if its line were long enough. A hyphen separates words, an
    /// apostrophe is left out (ICAO 9303-3, 4.6).
    static func wholeMRZName(_ fullName: String) -> String {
        let words = searchKey(fullName).split { $0 == " " || $0 == "-" }.map { word in
            String(word.uppercased().unicodeScalars.filter { ("A"..."Z").contains($0) })
        }.filter { !$0.isEmpty }
        let rest = words.dropFirst().joined(separator: "<")
        return (words.first ?? "") + (rest.isEmpty ? "" : "<<" + rest)
    }
}
