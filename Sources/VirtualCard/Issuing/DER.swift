import ChipDocument
import DocumentCrypto

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

    /// An INTEGER of an unsigned number.
    static func integer(unsigned bytes: [UInt8]) -> [UInt8] {
        let number = Array(bytes.drop { $0 == 0 })
        return TLV(.integer, (number.first ?? 0x80) >= 0x80 ? [0] + number : number).encoded
    }

    /// SubjectPublicKeyInfo of a finite-field key: X9.42 with the subgroup's order, PKCS #3 without.
    static func finiteFieldKey(_ key: FiniteFieldPublicKey) -> [UInt8] {
        let (p, g) = (integer(unsigned: key.group.prime), integer(unsigned: key.group.generator))
        let algorithm =
            key.group.order.map { order in
                sequence(objectIdentifier(ProtocolIdentifier.finiteFieldKey), sequence(p, g, integer(unsigned: order)))
            } ?? sequence(objectIdentifier(ProtocolIdentifier.keyAgreement), sequence(p, g))
        return sequence(algorithm, TLV(.bitString, [0] + integer(unsigned: key.value)).encoded)
    }

    /// An OBJECT IDENTIFIER of its content octets.
    static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { TLV(.objectIdentifier, content).encoded }
}

/// Object identifiers of ICAO 9303-11 and BSI TR-03110 that the card speaks of, as content octets.
enum ProtocolIdentifier {
    /// bsi-de protocols smartcard, 0.4.0.127.0.7.2.2.
    private static let smartcard: [UInt8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02]
    /// id-TA.
    static let terminalAuthentication = smartcard + [2]
    /// id-icao-mrtd-security-aaProtocolObject.
    static let activeAuthentication: [UInt8] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x05]
    /// id-SecurityObject in dotted form.
    static let cardSecurity = "0.4.0.127.0.7.3.2.1"
    /// dhpublicnumber of X9.42.
    static let finiteFieldKey: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01]
    /// dhKeyAgreement of PKCS #3.
    static let keyAgreement: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01]

    /// ecdsa-plain-signatures with a digest (BSI TR-03111, 5.2.1.1).
    static func plainECDSA(_ digest: DigestAlgorithm) -> [UInt8] {
        let arc: UInt8 =
            switch digest {
            case .sha1: 1
            case .sha224: 2
            case .sha256: 3
            case .sha384: 4
            case .sha512: 5
            }
        return [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, arc]
    }

    /// id-icao-mrtd-security-ldsSecurityObject in dotted form.
    static let ldsSecurityObject = "2.23.136.1.1.1"
}
