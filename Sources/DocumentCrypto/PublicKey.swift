import COpenSSL

/// A public key as certificates, DG14 and DG15 carry it: a SubjectPublicKeyInfo of a kind we can use.
package struct PublicKey: Hashable, Sendable {
    /// What the key is.
    package enum Kind: Hashable, Sendable {
        /// A point of a named curve (explicit parameters count when they equal a named curve's).
        case ellipticCurve(CurvePoint)
        /// RSA with a modulus of so many bits.
        case rsa(modulusBits: Int)
    }

    /// The DER of the SubjectPublicKeyInfo, as found.
    package let der: [UInt8]
    /// What the key is.
    package let kind: Kind

    /// Parses a SubjectPublicKeyInfo. Curves other than those of ICAO 9303-11, and RSA outside 1024 to 8192 bits, are
    /// unsupported.
    package init(der: [UInt8]) throws(CryptoFailure) {
        let key = try Self.decode(der)
        self.der = der
        kind = try Self.kind(of: key)
    }

    /// Wraps a point into a SubjectPublicKeyInfo with the curve's name (RFC 5480).
    package init(point: CurvePoint) throws(CryptoFailure) {
        der = try EllipticKeyBuilder.publicKeyInfo(point)
        kind = .ellipticCurve(point)
    }

    /// Verifies an ECDSA signature, DER (RFC 3279) or plain r ‖ s (TR-03111, 5.2.1), over data.
    package func verifyECDSA(
        _ signature: [UInt8],
        plain: Bool,
        digest: DigestAlgorithm,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        guard case .ellipticCurve = kind else { throw .unsupported("key of this signature") }
        try verify(plain ? Self.derSignature(plain: signature) : signature, digest: digest, over: data)
    }

    /// Verifies an RSASSA-PKCS1-v1_5 signature over data.
    package func verifyRSA(
        _ signature: [UInt8],
        digest: DigestAlgorithm,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        guard case .rsa = kind else { throw .unsupported("key of this signature") }
        try verify(signature, digest: digest, over: data)
    }

    /// The bare RSA public operation: signature^e mod n, at the length of the modulus. ISO/IEC 9796-2 recovers its
    /// message from it.
    package func recoverRSA(_ signature: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard case .rsa(let bits) = kind else { throw .unsupported("key of this signature") }
        let count = (bits + 7) / 8
        guard signature.count == count else { throw .signatureInvalid }
        let key = try Self.decode(der)
        let context = try key.context()
        try check(unsafe EVP_PKEY_encrypt_init(context.pointer), "RSA")
        try check(unsafe EVP_PKEY_CTX_set_rsa_padding(context.pointer, RSA_NO_PADDING), "RSA padding")
        var output = [UInt8](repeating: 0, count: count)
        var length = count
        guard unsafe EVP_PKEY_encrypt(context.pointer, &output, &length, signature, signature.count) == 1,
            length == count
        else {
            ERR_clear_error()
            throw .signatureInvalid
        }
        return output
    }

    private func verify(_ signature: [UInt8], digest: DigestAlgorithm, over data: [UInt8]) throws(CryptoFailure) {
        let key = try Self.decode(der)
        let context = unsafe try OpenSSLObject(
            EVP_MD_CTX_new(),
            { unsafe EVP_MD_CTX_free($0) },
            else: .library("digest context")
        )
        try check(
            unsafe EVP_DigestVerifyInit_ex(context.pointer, nil, digest.rawValue, nil, nil, key.pointer, nil),
            "verification"
        )
        guard unsafe EVP_DigestVerify(context.pointer, signature, signature.count, data, data.count) == 1 else {
            ERR_clear_error()
            throw .signatureInvalid
        }
    }

    static func decode(_ der: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try decodeDER(der, named: "public key", release: { unsafe EVP_PKEY_free($0) }) {
            unsafe d2i_PUBKEY(nil, $0, $1)
        }
    }

    static func kind(of key: OpenSSLObject) throws(CryptoFailure) -> Kind {
        switch unsafe EVP_PKEY_get_base_id(key.pointer) {
        case EVP_PKEY_EC:
            return .ellipticCurve(try EllipticKeyBuilder.point(of: key))
        case EVP_PKEY_RSA:
            let bits = unsafe Int(EVP_PKEY_get_bits(key.pointer))
            guard (1_024...8_192).contains(bits) else { throw .unsupported("RSA key length") }
            return .rsa(modulusBits: bits)
        default:
            throw .unsupported("public key algorithm")
        }
    }

    private static func derSignature(plain: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard !plain.isEmpty, plain.count.isMultiple(of: 2), plain.count <= 256 else { throw .signatureInvalid }
        let half = plain.count / 2
        let signature = unsafe try OpenSSLObject(
            ECDSA_SIG_new(),
            { unsafe ECDSA_SIG_free($0) },
            else: .library("signature")
        )
        let r = unsafe BN_bin2bn(plain, Int32(half), nil)
        let s = unsafe BN_bin2bn(Array(plain[half...]), Int32(half), nil)
        guard unsafe ECDSA_SIG_set0(signature.pointer, r, s) == 1 else {
            unsafe BN_free(r)
            unsafe BN_free(s)
            throw .library("signature")
        }
        return unsafe try encodeDER(named: "signature") { unsafe i2d_ECDSA_SIG(signature.pointer, $0) }
    }
}

extension OpenSSLObject {
    /// An operation context for this object, which must be an EVP_PKEY.
    func context() throws(CryptoFailure) -> OpenSSLObject {
        unsafe try OpenSSLObject(
            EVP_PKEY_CTX_new(pointer, nil),
            { unsafe EVP_PKEY_CTX_free($0) },
            else: .library("key context")
        )
    }
}
