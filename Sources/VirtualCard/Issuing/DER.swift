/// Writes the distinguished encoding of ASN.1 values (ITU-T X.690), as far as certificates, security objects and
/// SecurityInfos need it.
enum DER {
    /// One value: identifier octets (one or two), definite length, contents.
    static func value(_ tag: UInt16, _ contents: [UInt8]) -> [UInt8] {
        let identifier = tag > 0xFF ? [UInt8(tag >> 8), UInt8(tag & 0xFF)] : [UInt8(tag)]
        return identifier + length(contents.count) + contents
    }

    /// A constructed value of its parts in order.
    static func constructed(_ tag: UInt16, _ parts: [UInt8]...) -> [UInt8] { value(tag, parts.flatMap(\.self)) }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }

    /// A SET OF, its elements in the ascending order that DER demands.
    static func set(_ elements: [[UInt8]]) -> [UInt8] {
        value(0x31, elements.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }

    /// A non-negative INTEGER of big-endian bytes.
    static func integer(unsigned bytes: [UInt8]) -> [UInt8] {
        let significant = Array(bytes.drop { $0 == 0 })
        let positive = (significant.first ?? 0x80) >= 0x80 ? [0] + significant : significant
        return value(0x02, positive)
    }

    static func integer(_ number: Int) -> [UInt8] {
        integer(unsigned: withUnsignedBytes(number))
    }

    /// An OBJECT IDENTIFIER from its arcs.
    static func objectIdentifier(_ arcs: [Int]) -> [UInt8] {
        var contents: [UInt8] = []
        for arc in [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2) {
            var groups = [UInt8(arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                groups.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            contents += groups.reversed()
        }
        return value(0x06, contents)
    }

    static func octetString(_ bytes: [UInt8]) -> [UInt8] { value(0x04, bytes) }

    static func bitString(_ bytes: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { value(0x03, [unusedBits] + bytes) }

    static func utf8(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

    static func printable(_ text: String) -> [UInt8] { value(0x13, Array(text.utf8)) }

    static let null: [UInt8] = [0x05, 0x00]

    static func boolean(_ flag: Bool) -> [UInt8] { [0x01, 0x01, flag ? 0xFF : 0x00] }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        let bytes = withUnsignedBytes(count)
        return [0x80 | UInt8(bytes.count)] + bytes
    }

    private static func withUnsignedBytes(_ number: Int) -> [UInt8] {
        precondition(number >= 0, "only non-negative numbers are written")
        var bytes: [UInt8] = []
        var rest = number
        while rest > 0 {
            bytes.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return bytes
    }
}

/// Object identifiers of ICAO 9303-10 to -12, BSI TR-03110, RFC 5280 and RFC 5639 that a card and its signer carry.
enum ObjectIdentifier {
    static let brainpoolP256r1 = [1, 3, 36, 3, 3, 2, 8, 1, 1, 7]
    static let brainpoolP384r1 = [1, 3, 36, 3, 3, 2, 8, 1, 1, 11]
    static let ecPublicKey = [1, 2, 840, 10045, 2, 1]
    static let ecdsaWithSHA256 = [1, 2, 840, 10045, 4, 3, 2]
    static let ecdsaWithSHA384 = [1, 2, 840, 10045, 4, 3, 3]
    static let rsaEncryption = [1, 2, 840, 113549, 1, 1, 1]
    static let sha256 = [2, 16, 840, 1, 101, 3, 4, 2, 1]
    static let signedData = [1, 2, 840, 113549, 1, 7, 2]
    static let contentType = [1, 2, 840, 113549, 1, 9, 3]
    static let messageDigest = [1, 2, 840, 113549, 1, 9, 4]
    static let signingTime = [1, 2, 840, 113549, 1, 9, 5]
    static let ldsSecurityObject = [2, 23, 136, 1, 1, 1]
    static let terminalAuthentication = [0, 4, 0, 127, 0, 7, 2, 2, 2]
    static let chipAuthenticationPublicKey = [0, 4, 0, 127, 0, 7, 2, 2, 1, 2]
    static let chipAuthenticationECDHAES128 = [0, 4, 0, 127, 0, 7, 2, 2, 3, 2, 2]
    static let paceECDHGMAES128 = [0, 4, 0, 127, 0, 7, 2, 2, 4, 2, 2]
    static let countryName = [2, 5, 4, 6]
    static let organizationName = [2, 5, 4, 10]
    static let commonName = [2, 5, 4, 3]
    static let subjectKeyIdentifier = [2, 5, 29, 14]
    static let keyUsage = [2, 5, 29, 15]
    static let basicConstraints = [2, 5, 29, 19]
    static let authorityKeyIdentifier = [2, 5, 29, 35]
}
