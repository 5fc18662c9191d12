import COpenSSL
package import StationCore

/// A private key of a signer or a chip, RSA or elliptic-curve: what issuing a card needs. It never prints.
package struct PrivateKey: Sendable {
    /// RFC 8017 RSAPrivateKey or RFC 5915 ECPrivateKey with the curve by name.
    package let der: Redacted<[UInt8]>

    /// Takes such an encoding; everything else is `malformed`.
    package init(der: [UInt8]) throws(CryptoFailure) {
        _ = try Self.decode(der)
        self.der = Redacted(der)
    }

    /// Makes a key on a named curve.
    package static func generate(curve: NamedCurve) throws(CryptoFailure) -> PrivateKey {
        try generate("EC") { context throws(CryptoFailure) in
            try check(unsafe EVP_PKEY_CTX_set_group_name(context.pointer, curve.name), "curve of a new key")
        }
    }

    /// Makes an RSA key with public exponent 65537.
    package static func generate(rsaBits: Int) throws(CryptoFailure) -> PrivateKey {
        try generate("RSA") { context throws(CryptoFailure) in
            try check(unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context.pointer, Int32(rsaBits)), "size of a new key")
        }
    }

    /// The SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of the public half.
    package func publicKeyInfo() throws(CryptoFailure) -> [UInt8] {
        let key = try Self.decode(der.unredacted)
        return try unsafe encodeDER(named: "public key") { cursor in unsafe i2d_PUBKEY(key.pointer, cursor) }
    }

    /// Signs a message: PKCS#1 v1.5 with RSA; ECDSA as a DER sequence of r and s on a curve.
    package func sign(_ message: [UInt8], digest: DigestAlgorithm) throws(CryptoFailure) -> [UInt8] {
        let key = try Self.decode(der.unredacted)
        let context = unsafe try OpenSSLObject(
            EVP_MD_CTX_new(), { unsafe EVP_MD_CTX_free($0) }, else: .library("signature context"))
        try check(
            unsafe EVP_DigestSignInit(context.pointer, nil, digest.function, nil, key.pointer), "signature set-up")
        var length = 0
        try check(unsafe EVP_DigestSign(context.pointer, nil, &length, message, message.count), "signature length")
        var signature = [UInt8](repeating: 0, count: length)
        try check(
            unsafe EVP_DigestSign(context.pointer, &signature, &length, message, message.count), "signature")
        return Array(signature.prefix(length))
    }

    /// The private number of a curve key, big-endian at the length of the curve's order; for `CurveKeyPair`.
    package func curveScalar(of curve: NamedCurve) throws(CryptoFailure) -> [UInt8] {
        let order = try CurveKeyPair.order(of: curve.group())
        return try BigNumber.encode(try number("priv"), count: unsafe Int(shim_BN_num_bytes(order.pointer)))
    }

    /// Length of an RSA key's modulus in bytes.
    package func modulusBytes() throws(CryptoFailure) -> Int {
        let modulus = try number("n")
        return unsafe Int(shim_BN_num_bytes(modulus.pointer))
    }

    /// The bare RSA function of the private key on a block as long as the modulus; the caller formats the block.
    package func applyRSA(to block: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        let modulus = try number("n")
        let exponent = try number("d")
        let base = try BigNumber.decode(block)
        let count = unsafe Int(shim_BN_num_bytes(modulus.pointer))
        guard block.count == count, unsafe BN_cmp(base.pointer, modulus.pointer) < 0 else { throw .invalidLength }
        let context = unsafe try OpenSSLObject(
            BN_CTX_secure_new(), { unsafe BN_CTX_free($0) }, else: .library("number context"))
        let result = try BigNumber.decode([])
        try check(
            unsafe BN_mod_exp_mont_consttime(
                result.pointer, base.pointer, exponent.pointer, modulus.pointer, context.pointer, nil), "RSA")
        return try BigNumber.encode(result, count: count)
    }

    private func number(_ name: String) throws(CryptoFailure) -> OpenSSLObject {
        let key = try Self.decode(der.unredacted)
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key.pointer, name, &number) == 1 else {
            ERR_clear_error()
            throw .unsupported("kind of key")
        }
        return unsafe try OpenSSLObject(number, { unsafe BN_clear_free($0) }, else: .library("number of a key"))
    }

    private static func generate(
        _ name: String, _ configure: (OpenSSLObject) throws(CryptoFailure) -> Void
    ) throws(CryptoFailure) -> PrivateKey {
        let context = unsafe try OpenSSLObject(
            EVP_PKEY_CTX_new_from_name(nil, name, nil), { unsafe EVP_PKEY_CTX_free($0) }, else: .unsupported(name))
        try check(unsafe EVP_PKEY_keygen_init(context.pointer), "new key")
        try configure(context)
        var pointer: OpaquePointer?
        try check(unsafe EVP_PKEY_generate(context.pointer, &pointer), "new key")
        let key = unsafe try OpenSSLObject(pointer, { unsafe EVP_PKEY_free($0) }, else: .library("new key"))
        let der = try unsafe encodeDER(named: "private key") { cursor in unsafe i2d_PrivateKey(key.pointer, cursor) }
        return try PrivateKey(der: der)
    }

    private static func decode(_ der: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try decodeDER(
            der, named: "private key", release: { unsafe EVP_PKEY_free($0) },
            { cursor, count in unsafe d2i_AutoPrivateKey(nil, cursor, count) })
    }
}
