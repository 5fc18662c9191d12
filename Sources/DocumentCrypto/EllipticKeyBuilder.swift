import COpenSSL
import StationCore

/// Moves elliptic-curve keys between OpenSSL's key objects and our values.
enum EllipticKeyBuilder {
    /// The public point of a key; the curve must be one of ours, by name or by equal parameters.
    static func point(of key: OpenSSLObject) throws(CryptoFailure) -> CurvePoint {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(key.pointer, &name, name.count, &length) == 1 else {
            ERR_clear_error()
            throw .unsupported("explicit curve parameters")
        }
        let text = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let curve = NamedCurve(name: text) else { throw .unsupported(text) }
        let x = try coordinate(OSSL_PKEY_PARAM_EC_PUB_X, of: key, count: curve.fieldBytes)
        let y = try coordinate(OSSL_PKEY_PARAM_EC_PUB_Y, of: key, count: curve.fieldBytes)
        return try CurvePoint(curve: curve, encoded: [4] + x + y)
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

    private static func algorithm(of curve: NamedCurve) throws(CryptoFailure) -> [UInt8] {
        let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
        guard let object = unsafe OBJ_nid2obj(OBJ_txt2nid(curve.name)) else { throw .unsupported(curve.name) }
        return sequence(
            ecPublicKey + (unsafe try encodeDER(named: "curve name") { unsafe i2d_ASN1_OBJECT(object, $0) })
        )
    }

    private static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
        return [tag] + length + content
    }

    private static func coordinate(
        _ parameter: String,
        of key: OpenSSLObject,
        count: Int
    ) throws(CryptoFailure) -> [UInt8] {
        var number: OpaquePointer?
        try check(unsafe EVP_PKEY_get_bn_param(key.pointer, parameter, &number), "public point")
        let owned = unsafe try OpenSSLObject(number, { unsafe BN_free($0) }, else: .library("public point"))
        return try BigNumber.encode(owned, count: count)
    }
}
