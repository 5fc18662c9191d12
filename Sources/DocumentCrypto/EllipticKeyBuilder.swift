import COpenSSL

/// Moves elliptic-curve keys between OpenSSL's key objects and our values.
enum EllipticKeyBuilder {
    /// The public point of a key; the curve must be one of ours, by name or by equal parameters.
    static func point(of key: OpenSSLObject) throws(CryptoFailure) -> CurvePoint {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(key.pointer, &name, name.count, &length) == 1 else {
            ERR_clear_error()
            throw .unsupported("explicit curve parameters")
        }
        let text = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let curve = NamedCurve(name: text) else { throw .unsupported(text) }
        let x = try coordinate(OSSL_PKEY_PARAM_EC_PUB_X, of: key, count: curve.fieldBytes)
        let y = try coordinate(OSSL_PKEY_PARAM_EC_PUB_Y, of: key, count: curve.fieldBytes)
        return try CurvePoint(curve: curve, encoded: [4] + x + y)
    }

    /// A key object from a point and, for a private key, its number.
    static func key(point: CurvePoint, scalar: [UInt8]?) throws(CryptoFailure) -> OpenSSLObject {
        let builder = unsafe try OpenSSLObject(
            OSSL_PARAM_BLD_new(), { unsafe OSSL_PARAM_BLD_free($0) }, else: .library("key builder"))
        let name = point.curve.name
        try check(
            unsafe OSSL_PARAM_BLD_push_utf8_string(builder.pointer, OSSL_PKEY_PARAM_GROUP_NAME, name, 0), "key builder")
        let encoded = point.encoded
        // The builder keeps references, not copies: number and bytes must live until the parameters are made.
        let number = try scalar.map { bytes throws(CryptoFailure) in try BigNumber.decode(bytes) }
        return try withExtendedLifetime(number) { () throws(CryptoFailure) -> OpenSSLObject in
            if let number {
                try check(
                    unsafe OSSL_PARAM_BLD_push_BN(builder.pointer, OSSL_PKEY_PARAM_PRIV_KEY, number.pointer),
                    "key builder")
            }
            let parameters = unsafe encoded.withUnsafeBufferPointer { bytes in
                unsafe OSSL_PARAM_BLD_push_octet_string(
                    builder.pointer, OSSL_PKEY_PARAM_PUB_KEY, bytes.baseAddress, bytes.count) == 1
                    ? OSSL_PARAM_BLD_to_param(builder.pointer) : nil
            }
            defer { unsafe OSSL_PARAM_free(parameters) }
            let context = unsafe try OpenSSLObject(
                EVP_PKEY_CTX_new_from_name(nil, "EC", nil), { unsafe EVP_PKEY_CTX_free($0) }, else: .library("key context"))
            try check(unsafe EVP_PKEY_fromdata_init(context.pointer), "key from data")
            var key: OpaquePointer?
            let selection = scalar == nil ? shim_EVP_PKEY_PUBLIC_KEY() : shim_EVP_PKEY_KEYPAIR()
            try check(unsafe EVP_PKEY_fromdata(context.pointer, &key, selection, parameters), "key from data")
            return unsafe try OpenSSLObject(key, { unsafe EVP_PKEY_free($0) }, else: .library("key from data"))
        }
    }

    private static func coordinate(
        _ parameter: String, of key: OpenSSLObject, count: Int
    ) throws(CryptoFailure) -> [UInt8] {
        var number: OpaquePointer?
        try check(unsafe EVP_PKEY_get_bn_param(key.pointer, parameter, &number), "public point")
        let owned = unsafe try OpenSSLObject(number, { unsafe BN_free($0) }, else: .library("public point"))
        return try BigNumber.encode(owned, count: count)
    }
}
