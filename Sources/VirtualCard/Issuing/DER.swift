import ChipDocument

/// Writes the distinguished encoding of ASN.1 values (ITU-T X.690), as far as security objects and SecurityInfos need it.
enum DER {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { TLV(.sequence, parts.flatMap(\.self)).encoded }

    /// A SET OF, its elements in the ascending order that DER demands.
    static func set(_ elements: [[UInt8]]) -> [UInt8] {
        TLV(.set, elements.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self)).encoded
    }

    /// An INTEGER of 0 to 127.
    static func integer(_ number: UInt8) -> [UInt8] {
        precondition(number < 0x80, "only small numbers are written")
        return TLV(.integer, [number]).encoded
    }

    static func octetString(_ bytes: [UInt8]) -> [UInt8] { TLV(.octetString, bytes).encoded }

    /// An OBJECT IDENTIFIER of its content octets.
    static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { TLV(.objectIdentifier, content).encoded }
}

/// Object identifiers of ICAO 9303-11 and BSI TR-03110 that the card speaks of, as content octets.
enum ProtocolIdentifier {
    /// bsi-de protocols smartcard, 0.4.0.127.0.7.2.2.
    private static let smartcard: [UInt8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02]
    /// id-TA.
    static let terminalAuthentication = smartcard + [2]
    /// id-PK-ECDH.
    static let chipAuthenticationKey = smartcard + [1, 2]
    /// id-CA-ECDH-AES-CBC-CMAC-128.
    static let chipAuthentication = smartcard + [3, 2, 2]
    /// id-PACE-ECDH-GM-AES-CBC-CMAC-128.
    static let pace = smartcard + [4, 2, 2]
    /// id-icao-mrtd-security-ldsSecurityObject in dotted form.
    static let ldsSecurityObject = "2.23.136.1.1.1"
}
