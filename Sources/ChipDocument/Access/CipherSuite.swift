package import DocumentCrypto

/// The cipher and MAC of a secure messaging session (ICAO 9303-11, 9.8).
public enum CipherSuite: String, Codable, Hashable, Sendable, CaseIterable {
    /// Two-key 3DES with retail MAC.
    case tripleDES = "3des"
    /// AES-128 with CMAC.
    case aes128 = "aes-128"
    /// AES-192 with CMAC.
    case aes192 = "aes-192"
    /// AES-256 with CMAC.
    case aes256 = "aes-256"

    /// The last arc of the PACE and chip authentication identifiers (BSI TR-03110-3, A.1.1.1).
    package init?(arc: UInt8) {
        switch arc {
        case 1: self = .tripleDES
        case 2: self = .aes128
        case 3: self = .aes192
        case 4: self = .aes256
        default: return nil
        }
    }

    /// The same, the other way round.
    package var arc: UInt8 {
        switch self {
        case .tripleDES: 1
        case .aes128: 2
        case .aes192: 3
        case .aes256: 4
        }
    }

    /// The block cipher.
    package var cipher: BlockCipher {
        switch self {
        case .tripleDES: .tripleDES
        case .aes128: .aes128
        case .aes192: .aes192
        case .aes256: .aes256
        }
    }
}
