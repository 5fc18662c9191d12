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
    /// The key as OpenSSL is given it: curves always by name, so that no parameters of a stranger reach it.
    private let operational: [UInt8]

    /// Parses a SubjectPublicKeyInfo. Curves other than those of ICAO 9303-11, and RSA outside 1024 to 8192 bits, are
    /// unsupported.
    package init(der: [UInt8]) throws(CryptoFailure) {
        self.der = der
        if let point = try EllipticKeyBuilder.point(ofKeyInfo: der) {
            kind = .ellipticCurve(point)
            operational = try EllipticKeyBuilder.publicKeyInfo(point)
        } else {
            kind = try Self.kind(of: Self.decode(der))
            operational = der
        }
    }

    /// Wraps a point into a SubjectPublicKeyInfo with the curve's name (RFC 5480).
    package init(point: CurvePoint) throws(CryptoFailure) {
        der = try EllipticKeyBuilder.publicKeyInfo(point)
        kind = .ellipticCurve(point)
        operational = der
    }

    /// Verifies a signature of any supported algorithm over data; an algorithm of another kind of key is
    /// `signatureInvalid`, and so is rsaEncryption, which names no digest.
    package func verify(
        _ signature: [UInt8],
        _ algorithm: SignatureAlgorithm,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        switch (algorithm, kind) {
        case (.rsa(let digest), .rsa): try verifyRSA(signature, digest: digest, over: data)
        case (.rsaPSS(let digest, let mask, let saltBytes), .rsa):
            try verify(signature, digest: digest, .pss(mask: mask, saltBytes: saltBytes), over: data)
        case (.ecdsa(let digest, let plain), .ellipticCurve(let point)):
            // Each form is also met under the other's identifier; r and s are the same numbers either way.
            let isPlain = signature.count == 2 * point.curve.fieldBytes
            do { try verifyECDSA(signature, plain: plain && isPlain, digest: digest, over: data) } catch {
                guard isPlain else { throw error }
                try verifyECDSA(signature, plain: !plain, digest: digest, over: data)
            }
        default: throw .signatureInvalid
        }
    }

    /// Verifies an ECDSA signature, DER (RFC 3279) or plain r ‖ s (TR-03111, 5.2.1), over data.
    package func verifyECDSA(
        _ signature: [UInt8],
        plain: Bool,
        digest: DigestAlgorithm,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        guard case .ellipticCurve = kind else { throw .unsupported("key of this signature") }
        try verify(plain ? Self.derSignature(plain: signature) : signature, digest: digest, .none, over: data)
    }

    /// Verifies an RSASSA-PKCS1-v1_5 signature over data.
    package func verifyRSA(
        _ signature: [UInt8],
        digest: DigestAlgorithm,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        guard case .rsa = kind else { throw .unsupported("key of this signature") }
        try verify(signature, digest: digest, .pkcs1, over: data)
    }

    /// The bare RSA public operation: signature^e mod n, at the length of the modulus. ISO/IEC 9796-2 recovers its
    /// message from it.
    package func recoverRSA(_ signature: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard case .rsa(let bits) = kind else { throw .unsupported("key of this signature") }
        let count = (bits + 7) / 8
        guard signature.count == count else { throw .signatureInvalid }
        let key = try Self.decode(operational)
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

    private enum Padding {
        case none
        case pkcs1
        case pss(mask: DigestAlgorithm, saltBytes: Int)

        /// Whether the operation takes this padding. It is always set: a key that is bound to PSS (RFC 4055, 3.1) would
        /// else bring its own, and refuses what it is not bound to.
        func isSet(on operation: OpaquePointer?) -> Bool {
            switch self {
            case .none: true
            case .pkcs1: unsafe EVP_PKEY_CTX_set_rsa_padding(operation, RSA_PKCS1_PADDING) == 1
            case .pss(let mask, let saltBytes):
                unsafe EVP_PKEY_CTX_set_rsa_padding(operation, RSA_PKCS1_PSS_PADDING) == 1
                    && EVP_PKEY_CTX_set_rsa_mgf1_md(operation, mask.function) == 1
                    && EVP_PKEY_CTX_set_rsa_pss_saltlen(operation, Int32(saltBytes)) == 1
            }
        }
    }

    private func verify(
        _ signature: [UInt8],
        digest: DigestAlgorithm,
        _ padding: Padding,
        over data: [UInt8]
    ) throws(CryptoFailure) {
        let key = try Self.decode(operational)
        let context = unsafe try OpenSSLObject(
            EVP_MD_CTX_new(),
            { unsafe EVP_MD_CTX_free($0) },
            else: .library("digest context")
        )
        // Borrowed: the digest context owns it.
        var operation: OpaquePointer?
        guard
            unsafe EVP_DigestVerifyInit_ex(context.pointer, &operation, digest.rawValue, nil, nil, key.pointer, nil)
                == 1,
            unsafe padding.isSet(on: operation)
        else {
            ERR_clear_error()
            throw .signatureInvalid
        }
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

    private static func kind(of key: OpenSSLObject) throws(CryptoFailure) -> Kind {
        switch unsafe EVP_PKEY_get_base_id(key.pointer) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS:
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
