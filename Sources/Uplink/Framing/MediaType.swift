/// A media type with parameters (RFC 9110, 8.3.1), as it stands in a `Content-Type` field.
package struct MediaType: Hashable, Sendable {
    /// `type/subtype`, lower case.
    package let essence: String
    /// Values by lower-case name, quotes and escapes resolved.
    package let parameters: [String: String]

    /// Nil when the text is not a media type, names a parameter twice, or is longer than 1024 bytes.
    package init?(_ text: String) {
        var scanner = FieldScanner(bytes: Array(text.utf8))
        guard scanner.bytes.count <= 1_024, let type = scanner.token(), scanner.take("/"),
            let subtype = scanner.token()
        else { return nil }
        var parameters: [String: String] = [:]
        scanner.skipSpace()
        while scanner.take(";") {
            scanner.skipSpace()
            if scanner.isAtEnd { break }
            guard let name = scanner.token(), scanner.take("="), let value = scanner.token() ?? scanner.quoted(),
                parameters.updateValue(value, forKey: name.lowercased()) == nil
            else { return nil }
            scanner.skipSpace()
        }
        guard scanner.isAtEnd else { return nil }
        essence = "\(type)/\(subtype)".lowercased()
        self.parameters = parameters
    }
}

/// Tokens and quoted strings of HTTP fields (RFC 9110, 5.6).
private struct FieldScanner {
    let bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func skipSpace() {
        while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    }

    mutating func token() -> String? {
        let start = offset
        while offset < bytes.count, Self.isTokenCharacter(bytes[offset]) { offset += 1 }
        return offset == start ? nil : String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    mutating func quoted() -> String? {
        guard take("\"") else { return nil }
        var value: [UInt8] = []
        while offset < bytes.count {
            var byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard offset < bytes.count else { return nil }
                byte = bytes[offset]
                offset += 1
            }
            guard byte == 0x09 || (0x20...0x7e).contains(byte) else { return nil }
            value.append(byte)
        }
        return nil
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
