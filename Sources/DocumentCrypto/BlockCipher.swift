import COpenSSL

/// The block ciphers of ICAO 9303-11, 9.8: two-key 3DES and AES.
package enum BlockCipher: Sendable, CaseIterable {
    case tripleDES
    case aes128
    case aes192
    case aes256

    /// Block length in bytes.
    package var blockBytes: Int { self == .tripleDES ? 8 : 16 }

    /// Key length in bytes; 3DES here is the two-key form K1 ‖ K2, used as K1 K2 K1.
    package var keyBytes: Int {
        switch self {
        case .tripleDES, .aes128: 16
        case .aes192: 24
        case .aes256: 32
        }
    }

    /// Encrypts whole blocks in CBC mode, no padding.
    package func encryptCBC(_ data: [UInt8], key: [UInt8], iv: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try run(data, key: try fullKey(key), iv: iv, encrypting: true)
    }

    /// Decrypts whole blocks in CBC mode, no padding removed.
    package func decryptCBC(_ data: [UInt8], key: [UInt8], iv: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try run(data, key: try fullKey(key), iv: iv, encrypting: false)
    }

    /// Encrypts exactly one block, ECB.
    package func encryptBlock(_ block: [UInt8], key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard block.count == blockBytes else { throw .invalidLength }
        return try encryptCBC(block, key: key, iv: zeroIV)
    }

    /// An IV of zeros.
    package var zeroIV: [UInt8] { [UInt8](repeating: 0, count: blockBytes) }

    /// Single DES, CBC. It lives only in OpenSSL's legacy provider; 3DES with three equal keys is the same function.
    static func encryptSingleDES(_ data: [UInt8], key: [UInt8], iv: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard key.count == 8 else { throw .invalidLength }
        return try tripleDES.run(data, key: key + key + key, iv: iv, encrypting: true)
    }

    private func fullKey(_ key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard key.count == keyBytes else { throw .invalidLength }
        return self == .tripleDES ? key + key.prefix(8) : key
    }

    private func run(
        _ data: [UInt8],
        key: [UInt8],
        iv: [UInt8],
        encrypting: Bool
    ) throws(CryptoFailure) -> [UInt8] {
        guard data.count.isMultiple(of: blockBytes), iv.count == blockBytes else { throw .invalidLength }
        if data.isEmpty { return [] }
        let context = unsafe try OpenSSLObject(
            EVP_CIPHER_CTX_new(),
            { unsafe EVP_CIPHER_CTX_free($0) },
            else: .library("cipher context")
        )
        try check(
            unsafe EVP_CipherInit_ex2(context.pointer, function, key, iv, encrypting ? 1 : 0, nil),
            "cipher set-up"
        )
        try check(unsafe EVP_CIPHER_CTX_set_padding(context.pointer, 0), "cipher padding")
        var output = [UInt8](repeating: 0, count: data.count + blockBytes)
        var length: Int32 = 0
        try check(unsafe EVP_CipherUpdate(context.pointer, &output, &length, data, Int32(data.count)), "cipher")
        guard Int(length) == data.count else { throw .library("cipher") }
        output.removeLast(output.count - data.count)
        return output
    }

    private var function: OpaquePointer? {
        switch self {
        case .tripleDES: unsafe EVP_des_ede3_cbc()
        case .aes128: unsafe EVP_aes_128_cbc()
        case .aes192: unsafe EVP_aes_192_cbc()
        case .aes256: unsafe EVP_aes_256_cbc()
        }
    }
}
