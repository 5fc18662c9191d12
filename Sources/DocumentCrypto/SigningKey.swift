import COpenSSL
package import StationCore

/// A private key for the issuing side: the throw-away national authority, document signers, the chip's own keys.
package struct SigningKey: Sendable {
    /// PKCS #8, unencrypted.
    package let pkcs8: Redacted<[UInt8]>
    /// The public half.
    package let publicKey: PublicKey

    /// Reads a PKCS #8 private key.
    package init(pkcs8: [UInt8]) throws(CryptoFailure) {
        let key = try Self.decode(pkcs8)
        self.pkcs8 = Redacted(pkcs8)
        publicKey = try PublicKey(
            der: unsafe try encodeDER(named: "public key") { unsafe i2d_PUBKEY(key.pointer, $0) }
        )
    }

    /// An elliptic-curve key from a key pair of the curve's own generator.
    package init(_ pair: CurveKeyPair) throws(CryptoFailure) {
        try self.init(pkcs8: EllipticKeyBuilder.privateKeyInfo(pair))
    }

    /// A fresh RSA key. OpenSSL's own generator finds the primes: it takes no other source of randomness.
    package static func generateRSA(bits: Int) throws(CryptoFailure) -> SigningKey {
        guard (1_024...8_192).contains(bits) else { throw .unsupported("RSA key length") }
        let context = unsafe try OpenSSLObject(
            EVP_PKEY_CTX_new_from_name(nil, "RSA", nil),
            { unsafe EVP_PKEY_CTX_free($0) },
            else: .library("key context")
        )
        try check(unsafe EVP_PKEY_keygen_init(context.pointer), "RSA key")
        try check(unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context.pointer, Int32(bits)), "RSA key")
        var generated: OpaquePointer?
        try check(unsafe EVP_PKEY_generate(context.pointer, &generated), "RSA key")
        let key = unsafe try OpenSSLObject(generated, { unsafe EVP_PKEY_free($0) }, else: .library("RSA key"))
        return try SigningKey(pkcs8: encode(key))
    }

    /// The private number of an elliptic-curve key as a key pair of the curve's own generator.
    package func curveKeyPair() throws(CryptoFailure) -> CurveKeyPair {
        guard case .ellipticCurve(let point) = publicKey.kind else { throw .unsupported("key for agreement") }
        let key = try Self.decode(pkcs8.unredacted)
        var number: OpaquePointer?
        try check(unsafe EVP_PKEY_get_bn_param(key.pointer, OSSL_PKEY_PARAM_PRIV_KEY, &number), "private key")
        let owned = unsafe try OpenSSLObject(number, { unsafe BN_clear_free($0) }, else: .library("private key"))
        let order = try CurveKeyPair.order(of: point.curve.group())
        let count = unsafe Int(shim_BN_num_bytes(order.pointer))
        return try CurveKeyPair(
            generator: CurvePoint.generator(of: point.curve),
            scalar: BigNumber.encode(owned, count: count)
        )
    }

    /// Signs data: ECDSA (DER) or RSASSA-PKCS1-v1_5, by the kind of the key.
    package func sign(_ data: [UInt8], digest: DigestAlgorithm) throws(CryptoFailure) -> [UInt8] {
        let key = try Self.decode(pkcs8.unredacted)
        let context = unsafe try OpenSSLObject(
            EVP_MD_CTX_new(),
            { unsafe EVP_MD_CTX_free($0) },
            else: .library("digest context")
        )
        try check(
            unsafe EVP_DigestSignInit_ex(context.pointer, nil, digest.rawValue, nil, nil, key.pointer, nil),
            "signing"
        )
        var length = 0
        try check(unsafe EVP_DigestSign(context.pointer, nil, &length, data, data.count), "signing")
        var signature = [UInt8](repeating: 0, count: length)
        try check(unsafe EVP_DigestSign(context.pointer, &signature, &length, data, data.count), "signing")
        return Array(signature.prefix(length))
    }

    /// Signs data with ECDSA in the plain form r ‖ s (TR-03111, 5.2.1).
    package func signPlain(_ data: [UInt8], digest: DigestAlgorithm) throws(CryptoFailure) -> [UInt8] {
        guard case .ellipticCurve(let point) = publicKey.kind else { throw .unsupported("key for ECDSA") }
        let der = try sign(data, digest: digest)
        let signature = unsafe try decodeDER(der, named: "signature", release: { unsafe ECDSA_SIG_free($0) }) {
            unsafe d2i_ECDSA_SIG(nil, $0, $1)
        }
        var bytes = [UInt8](repeating: 0, count: 2 * point.curve.orderBytes)
        let count = point.curve.orderBytes
        let written = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let start = buffer.baseAddress else { return false }
            return unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature.pointer), start, Int32(count)) == Int32(count)
                && BN_bn2binpad(ECDSA_SIG_get0_s(signature.pointer), start + count, Int32(count)) == Int32(count)
        }
        guard written else { throw .library("signature") }
        return bytes
    }

    /// The bare RSA private operation over a block of the modulus's length: what a chip does for active authentication.
    package func applyRSA(to block: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard case .rsa(let bits) = publicKey.kind else { throw .unsupported("key for RSA") }
        guard block.count == (bits + 7) / 8 else { throw .invalidLength }
        let key = try Self.decode(pkcs8.unredacted)
        let context = try key.context()
        try check(unsafe EVP_PKEY_decrypt_init(context.pointer), "RSA")
        try check(unsafe EVP_PKEY_CTX_set_rsa_padding(context.pointer, RSA_NO_PADDING), "RSA padding")
        var output = [UInt8](repeating: 0, count: block.count)
        var length = output.count
        try check(unsafe EVP_PKEY_decrypt(context.pointer, &output, &length, block, block.count), "RSA")
        guard length == output.count else { throw .library("RSA") }
        return output
    }

    static func decode(_ pkcs8: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        let information = unsafe try decodeDER(
            pkcs8,
            named: "private key",
            release: { unsafe PKCS8_PRIV_KEY_INFO_free($0) }
        ) { unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, $0, $1) }
        return unsafe try OpenSSLObject(
            EVP_PKCS82PKEY(information.pointer),
            { unsafe EVP_PKEY_free($0) },
            else: .malformed("private key")
        )
    }

    static func encode(_ key: OpenSSLObject) throws(CryptoFailure) -> [UInt8] {
        let information = unsafe try OpenSSLObject(
            EVP_PKEY2PKCS8(key.pointer),
            { unsafe PKCS8_PRIV_KEY_INFO_free($0) },
            else: .library("private key")
        )
        return unsafe try encodeDER(named: "private key") { unsafe i2d_PKCS8_PRIV_KEY_INFO(information.pointer, $0) }
    }
}
