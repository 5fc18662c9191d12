package import DocumentCrypto

/// Key derivation of ICAO 9303-11, 9.7.1, for both ends of the channel.
package enum KeyDerivation {
    /// The counter that separates the keys of one secret.
    package enum Purpose: UInt8, Sendable {
        case encryption = 1
        case authentication = 2
        /// Kπ, the key of the PACE nonce.
        case password = 3
    }

    /// KDF(K, c): SHA-1 for 3DES and AES-128, SHA-256 for AES-192 and AES-256. 3DES keys get odd parity, as the worked
    /// examples show them.
    package static func key(from secret: [UInt8], purpose: Purpose, cipher: BlockCipher) -> [UInt8] {
        let input = secret + [0, 0, 0, purpose.rawValue]
        switch cipher {
        case .tripleDES:
            return DigestAlgorithm.sha1.digest(input).prefix(16).map { byte in
                let odd = (byte >> 1).nonzeroBitCount.isMultiple(of: 2)
                return byte & 0xfe | (odd ? 1 : 0)
            }
        case .aes128: return Array(DigestAlgorithm.sha1.digest(input).prefix(16))
        case .aes192: return Array(DigestAlgorithm.sha256.digest(input).prefix(24))
        case .aes256: return DigestAlgorithm.sha256.digest(input)
        }
    }

    /// SHA-1 of the MRZ information: the PACE secret; its first 16 bytes are K_seed of BAC (ICAO 9303-11, 9.7.2).
    package static func mrzSeed(_ information: String) -> [UInt8] {
        DigestAlgorithm.sha1.digest(Array(information.utf8))
    }
}
