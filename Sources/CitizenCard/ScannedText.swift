import StationCore

/// What scanners and keyboards put around a text.
enum ScannedText {
    /// The text without what a scanner adds: white space and control characters at both ends, a byte order mark, the
    /// symbology identifier of a QR code (ISO/IEC 15424: `]Q` and a digit).
    static func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isPadding(first) { scalars.removeFirst() }
        while let last = scalars.last, isPadding(last) { scalars.removeLast() }
        let start = scalars.prefix(3).map(\.value)
        if start.count == 3, start[0] == 0x5d, start[1] == 0x51, (0x30...0x39).contains(start[2]) {
            scalars.removeFirst(3)
        }
        return String(scalars)
    }

    /// The UTF-8 text behind a hexadecimal one; nil when it is none, or nothing.
    static func decoded(hexadecimal text: String) -> String? {
        guard !text.isEmpty, text.utf8.count.isMultiple(of: 2), let bytes = Hex.bytes(text) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPadding(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0xfeff
    }
}

/// The health insurance card (thẻ bảo hiểm y tế), whose code looks like a citizen card's at first sight.
enum HealthInsuranceCard {
    /// Whether fields are its QR code: the card's number, then name, birth date and more.
    static func isCode(_ fields: [String]) -> Bool {
        fields.count >= 4 && (isNumber(fields[0]) || PartialDate.number(fields[0], digits: 10) != nil)
    }

    /// Whether a text is the number printed on the card: two letters of the group, thirteen digits.
    static func isNumber(_ text: String) -> Bool {
        let letters = text.utf8.prefix(2)
        return text.utf8.count == 15 && letters.allSatisfy { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
            && text.utf8.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) }
    }
}
