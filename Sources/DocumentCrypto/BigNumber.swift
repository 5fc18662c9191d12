import COpenSSL

/// Unsigned big-endian numbers, as far as key generation needs them.
enum BigNumber {
    static func decode(_ bytes: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try OpenSSLObject(
            BN_bin2bn(bytes, Int32(bytes.count), nil),
            { unsafe BN_clear_free($0) },
            else: .library("number")
        )
    }

    static func encode(_ number: OpenSSLObject, count: Int) throws(CryptoFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe BN_bn2binpad(number.pointer, &bytes, Int32(count)) == Int32(count) else { throw .invalidLength }
        return bytes
    }

    /// A number in 1..<order from random bytes with 64 excess bits: the bias is below 2^-64 (FIPS 186-5, A.2.1).
    static func scalar(from random: [UInt8], below order: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        let context = unsafe try OpenSSLObject(
            BN_CTX_secure_new(),
            { unsafe BN_CTX_free($0) },
            else: .library("number context")
        )
        let number = try decode(random)
        let bound = unsafe try OpenSSLObject(
            BN_dup(order.pointer),
            { unsafe BN_clear_free($0) },
            else: .library("number")
        )
        let result = try decode([])
        try check(unsafe BN_sub_word(bound.pointer, 1), "number")
        try check(unsafe BN_div(nil, result.pointer, number.pointer, bound.pointer, context.pointer), "number")
        try check(unsafe BN_add_word(result.pointer, 1), "number")
        return result
    }
}
