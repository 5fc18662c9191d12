import COpenSSL
import StationCore

/// Moves elliptic-curve keys between OpenSSL's key objects and our values.
enum EllipticKeyBuilder {
    /// The public point of a SubjectPublicKeyInfo with id-ecPublicKey; the curve must be one of ours, by name or by equal
    /// parameters. nil when the key is of another algorithm.
    static func point(ofKeyInfo der: [UInt8]) throws(CryptoFailure) -> CurvePoint? {
        let name = "public key"
        let info = try BERReader.only(der[...], BERElement.sequence, named: name, rules: .ber)
        var reader = BERReader(info.content, named: name, rules: .ber)
        var algorithm = reader.inside(try reader.next(BERElement.sequence))
        guard try Array(algorithm.next(BERElement.objectIdentifier).content) == ecPublicKey else { return nil }
        let parameters = try algorithm.next()
        try algorithm.finish()
        let key = try reader.next(BERElement.bitString).bytesOfBits(name)
        try reader.finish()
        let curve: NamedCurve
        switch parameters.tag {
        case BERElement.objectIdentifier: curve = try namedCurve(parameters)
        case BERElement.sequence: curve = try CurveParameters.namedCurve(equalTo: parameters)
        default: throw .unsupported("curve parameters")
        }
        return try CurvePoint(curve: curve, octets: key)
    }

    private static func namedCurve(_ identifier: BERElement) throws(CryptoFailure) -> NamedCurve {
        for curve in NamedCurve.allCases where try objectIdentifier(of: curve) == Array(identifier.encoded) {
            return curve
        }
        throw .unsupported("curve \(try ObjectIdentifierText.dotted(identifier.content, named: "public key"))")
    }

    /// SubjectPublicKeyInfo of a point (RFC 5480, 2).
    static func publicKeyInfo(_ point: CurvePoint) throws(CryptoFailure) -> [UInt8] {
        sequence(try algorithm(of: point.curve) + element(0x03, [0] + point.encoded))
    }

    /// PKCS #8 around an ECPrivateKey (RFC 5915, 3).
    static func privateKeyInfo(_ pair: CurveKeyPair) throws(CryptoFailure) -> [UInt8] {
        let version: [UInt8] = [0x02, 0x01, 0x01]
        let publicKey = element(0xa1, element(0x03, [0] + pair.publicPoint.encoded))
        let key = sequence(version + element(0x04, pair.scalar.unredacted) + publicKey)
        return sequence([0x02, 0x01, 0x00] + (try algorithm(of: pair.publicPoint.curve)) + element(0x04, key))
    }

    private static let ecPublicKey: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]

    private static func algorithm(of curve: NamedCurve) throws(CryptoFailure) -> [UInt8] {
        sequence(element(BERElement.objectIdentifier, ecPublicKey) + (try objectIdentifier(of: curve)))
    }

    private static func objectIdentifier(of curve: NamedCurve) throws(CryptoFailure) -> [UInt8] {
        guard let object = unsafe OBJ_nid2obj(OBJ_txt2nid(curve.name)) else { throw .unsupported(curve.name) }
        return unsafe try encodeDER(named: "curve name") { unsafe i2d_ASN1_OBJECT(object, $0) }
    }

    private static func sequence(_ content: [UInt8]) -> [UInt8] { DEREncoding.sequence(content) }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { DEREncoding.element(tag, content) }
}
