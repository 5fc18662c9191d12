import COpenSSL

/// The message authentication codes of ICAO 9303-11, 9.8: eight bytes each.
package enum MessageAuthentication {
    /// Length of the codes used by secure messaging, in bytes.
    package static let byteCount = 8

    /// ISO/IEC 9797-1 MAC algorithm 3 with DES ("retail MAC"), IV zero, over data that is already padded to whole
    /// 8-byte blocks. The key is K1 ‖ K2.
    package static func retailMAC(_ padded: [UInt8], key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard key.count == 16, !padded.isEmpty, padded.count.isMultiple(of: 8) else { throw .invalidLength }
        // All blocks but the last under single DES; the last under K1 K2 K1, which ends the chain as algorithm 3 says.
        let head = try BlockCipher.encryptSingleDES(
            Array(padded.dropLast(8)),
            key: Array(key.prefix(8)),
            iv: BlockCipher.tripleDES.zeroIV
        )
        let iv = head.isEmpty ? BlockCipher.tripleDES.zeroIV : Array(head.suffix(8))
        return try BlockCipher.tripleDES.encryptCBC(Array(padded.suffix(8)), key: key, iv: iv)
    }

    /// AES-CMAC (RFC 4493, SP 800-38B) with a key of 16, 24 or 32 bytes; the full 16 bytes.
    package static func cmac(_ data: [UInt8], key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        let cipher: String
        switch key.count {
        case 16: cipher = "AES-128-CBC"
        case 24: cipher = "AES-192-CBC"
        case 32: cipher = "AES-256-CBC"
        default: throw .invalidLength
        }
        var output = [UInt8](repeating: 0, count: 16)
        var length = 0
        let result = unsafe EVP_Q_mac(
            nil,
            "CMAC",
            nil,
            cipher,
            nil,
            key,
            key.count,
            data,
            data.count,
            &output,
            output.count,
            &length
        )
        guard unsafe result != nil, length == 16 else { throw .library("CMAC") }
        return output
    }

    /// Compares two codes in a time that depends on their length only.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }
}
