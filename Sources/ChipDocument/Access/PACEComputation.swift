package import DocumentCrypto
package import StationCore

/// What both ends of PACE compute (ICAO 9303-11, 4.4).
package enum PACEComputation {
    /// Kπ = KDF(secret, 3).
    package static func passwordKey(secret: [UInt8], suite: CipherSuite) -> [UInt8] {
        KeyDerivation.key(from: secret, purpose: .password, cipher: suite.cipher)
    }

    /// Length of the nonce: the smallest number of whole cipher blocks that reaches the key length.
    package static func nonceBytes(_ suite: CipherSuite) -> Int {
        let block = suite.cipher.blockBytes
        return (suite.cipher.keyBytes + block - 1) / block * block
    }

    /// z = E(Kπ, s), IV zero: the card's side.
    package static func encryptNonce(
        _ nonce: [UInt8],
        secret: [UInt8],
        suite: CipherSuite
    ) throws(CryptoFailure) -> [UInt8] {
        try suite.cipher.encryptCBC(
            nonce,
            key: passwordKey(secret: secret, suite: suite),
            iv: suite.cipher.zeroIV
        )
    }

    /// s = D(Kπ, z), IV zero: the reader's side.
    package static func decryptNonce(
        _ encrypted: [UInt8],
        secret: [UInt8],
        suite: CipherSuite
    ) throws(CryptoFailure) -> [UInt8] {
        guard encrypted.count == nonceBytes(suite) else { throw .invalidLength }
        return try suite.cipher.decryptCBC(
            encrypted,
            key: passwordKey(secret: secret, suite: suite),
            iv: suite.cipher.zeroIV
        )
    }

    /// Generic mapping over elliptic curves: G~ = s·G + H, H being the shared point of the mapping keys (4.4.3.3.1).
    package static func genericMapping(
        nonce: [UInt8],
        own: CurveKeyPair,
        other: CurvePoint
    ) throws(CryptoFailure) -> CurvePoint {
        let shared = try own.sharedPoint(with: other)
        return try CurvePoint.generator(of: other.curve).multiplied(by: nonce).adding(shared)
    }

    /// The session keys from the second agreement.
    package static func sessionKeys(
        own: CurveKeyPair,
        other: CurvePoint,
        suite: CipherSuite
    ) throws(CryptoFailure) -> SessionKeys {
        SessionKeys(secret: try own.sharedPoint(with: other).x, suite: suite)
    }

    /// The authentication token over the other side's ephemeral key (4.4.3.4): the code over its public key data object
    /// with the protocol's identifier and the point, without domain parameters.
    package static func token(
        over point: CurvePoint,
        identifier: ObjectIdentifier,
        keys: SessionKeys
    ) throws(Failure) -> [UInt8] {
        let object = TLV(0x7f49, [identifier.encoded, TLV(0x86, point.encoded)]).encoded
        return keys.suite == .tripleDES ? try keys.code(padding: object) : try keys.code(padded: object)
    }
}
