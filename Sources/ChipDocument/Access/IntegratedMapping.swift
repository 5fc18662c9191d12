package import DocumentCrypto

/// PACE's integrated mapping over elliptic curves (ICAO 9303-11, 4.4.3.3.2): both ends compute the generator from the
/// card's secret nonce s and the reader's open nonce t.
package enum IntegratedMapping {
    /// Length of t: the key length of the cipher.
    package static func terminalNonceBytes(_ suite: CipherSuite) -> Int { suite.cipher.keyBytes }

    /// G~ = f_G(R_p(s, t)).
    package static func generator(
        nonce: [UInt8], terminalNonce: [UInt8], curve: NamedCurve, suite: CipherSuite
    ) throws(CryptoFailure) -> CurvePoint {
        try CurvePoint(
            encoding: pseudoRandom(nonce: nonce, terminalNonce: terminalNonce, curve: curve, suite: suite), on: curve)
    }

    /// R(s, t), before its reduction modulo the field's prime: blocks x1 ‖ x2 ‖ …, 64 bits longer than the prime at least.
    static func pseudoRandom(
        nonce: [UInt8], terminalNonce: [UInt8], curve: NamedCurve, suite: CipherSuite
    ) throws(CryptoFailure) -> [UInt8] {
        let cipher = suite.cipher
        guard nonce.count == PACEComputation.nonceBytes(suite), terminalNonce.count == cipher.keyBytes else {
            throw .invalidLength
        }
        let constants = nonce.count == 16 ? Self.shortConstants : Self.longConstants
        var key = try cipher.encryptCBC(nonce, key: terminalNonce, iv: cipher.zeroIV)
        let blocks = (curve.fieldBits + 64 + nonce.count * 8 - 1) / (nonce.count * 8)
        var result: [UInt8] = []
        for _ in 0..<blocks {
            // For AES-192 the key is the first 24 octets of the 32.
            let current = Array(key.prefix(cipher.keyBytes))
            result += try cipher.encryptCBC(constants.c1, key: current, iv: cipher.zeroIV)
            key = try cipher.encryptCBC(constants.c0, key: current, iv: cipher.zeroIV)
        }
        return result
    }

    private static let shortConstants: (c0: [UInt8], c1: [UInt8]) = (
        [0xa6, 0x68, 0x89, 0x2a, 0x7c, 0x41, 0xe3, 0xca, 0x73, 0x9f, 0x40, 0xb0, 0x57, 0xd8, 0x59, 0x04],
        [0xa4, 0xe1, 0x36, 0xac, 0x72, 0x5f, 0x73, 0x8b, 0x01, 0xc1, 0xf6, 0x02, 0x17, 0xc1, 0x88, 0xad]
    )
    private static let longConstants: (c0: [UInt8], c1: [UInt8]) = (
        [
            0xd4, 0x63, 0xd6, 0x52, 0x34, 0x12, 0x4e, 0xf7, 0x89, 0x70, 0x54, 0x98, 0x6d, 0xca, 0x0a, 0x17,
            0x4e, 0x28, 0xdf, 0x75, 0x8c, 0xba, 0xa0, 0x3f, 0x24, 0x06, 0x16, 0x41, 0x4d, 0x5a, 0x16, 0x76,
        ],
        [
            0x54, 0xbd, 0x72, 0x55, 0xf0, 0xaa, 0xf8, 0x31, 0xbe, 0xc3, 0x42, 0x3f, 0xcf, 0x39, 0xd6, 0x9b,
            0x6c, 0xbf, 0x06, 0x66, 0x77, 0xd0, 0xfa, 0xae, 0x5a, 0xad, 0xd9, 0x9d, 0xf8, 0xe5, 0x35, 0x17,
        ]
    )
}
