import COpenSSL

extension CurvePoint {
    /// Maps a field element to a point of the curve (ICAO 9303-11, appendix B.2): the point encoding of PACE's integrated
    /// mapping. All curves here have cofactor 1, so the last multiplication falls away.
    ///
    /// Throws `unsupported` for a curve whose prime is 1 modulo 4 (secp224r1; 9303-11, table 6), `invalidPoint` for the
    /// few elements that the map is not defined for.
    package init(encoding element: [UInt8], on curve: NamedCurve) throws(CryptoFailure) {
        let field = try PrimeField(of: curve)
        guard field.isThreeModuloFour else { throw .unsupported("integrated mapping on \(curve.name)") }
        let (a, b) = (field.a, field.b)
        let u = try field.reduced(element)
        let alpha = try field.negated(field.product(u, u))
        let sum = try field.sum(alpha, field.product(alpha, alpha))
        // u of 0, 1 and -1: the inverse does not exist.
        guard !field.isZero(sum) else { throw .invalidPoint }
        let factor = try field.sum(field.one, field.inverse(sum))
        let x2 = try field.product(field.negated(field.product(b, field.inverse(a))), factor)
        let x3 = try field.product(alpha, x2)
        let h2 = try field.sum(
            field.product(field.product(x2, x2), x2), field.sum(field.product(a, x2), b))
        let root = try field.inverseSquareRootCandidate(h2)
        let x: OpenSSLObject
        let y: OpenSSLObject
        if field.isOne(try field.product(field.product(root, root), h2)) {
            (x, y) = (x2, try field.product(root, h2))
        } else {
            let cube = try field.product(field.product(u, u), u)
            (x, y) = (x3, try field.product(root, field.product(cube, h2)))
        }
        // Checked like any point that came from outside.
        try self.init(
            curve: curve,
            encoded: [4] + BigNumber.encode(x, count: curve.fieldBytes) + BigNumber.encode(y, count: curve.fieldBytes))
    }
}

/// Arithmetic modulo the prime of a curve's field.
private struct PrimeField {
    let a: OpenSSLObject
    let b: OpenSSLObject
    let one: OpenSSLObject
    private let prime: OpenSSLObject
    private let context: OpenSSLObject

    init(of curve: NamedCurve) throws(CryptoFailure) {
        let group = try curve.group()
        (prime, a, b) = (try BigNumber.decode([]), try BigNumber.decode([]), try BigNumber.decode([]))
        context = unsafe try OpenSSLObject(
            BN_CTX_secure_new(), { unsafe BN_CTX_free($0) }, else: .library("number context"))
        one = try BigNumber.decode([1])
        try check(
            unsafe EC_GROUP_get_curve(group.pointer, prime.pointer, a.pointer, b.pointer, context.pointer),
            "curve parameters")
    }

    var isThreeModuloFour: Bool {
        unsafe BN_is_bit_set(prime.pointer, 0) == 1 && BN_is_bit_set(prime.pointer, 1) == 1
    }

    func isZero(_ element: OpenSSLObject) -> Bool { unsafe BN_is_zero(element.pointer) == 1 }

    func isOne(_ element: OpenSSLObject) -> Bool { unsafe BN_is_one(element.pointer) == 1 }

    func reduced(_ bytes: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        let number = try BigNumber.decode(bytes)
        return unsafe try result { unsafe BN_nnmod($0, number.pointer, prime.pointer, context.pointer) }
    }

    func negated(_ element: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        let zero = try BigNumber.decode([])
        return unsafe try result {
            unsafe BN_mod_sub($0, zero.pointer, element.pointer, prime.pointer, context.pointer)
        }
    }

    func sum(_ left: OpenSSLObject, _ right: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try result { unsafe BN_mod_add($0, left.pointer, right.pointer, prime.pointer, context.pointer) }
    }

    func product(_ left: OpenSSLObject, _ right: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try result { unsafe BN_mod_mul($0, left.pointer, right.pointer, prime.pointer, context.pointer) }
    }

    func inverse(_ element: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        try power(element, exponent(subtracting: 2))
    }

    /// element^(p - 1 - (p + 1)/4): its square is the inverse of the element when that is a square.
    func inverseSquareRootCandidate(_ element: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        let quarter = try copy(prime)
        try check(unsafe BN_add_word(quarter.pointer, 1), "number")
        try check(unsafe BN_rshift(quarter.pointer, quarter.pointer, 2), "number")
        let exponent = try exponent(subtracting: 1)
        try check(unsafe BN_sub(exponent.pointer, exponent.pointer, quarter.pointer), "number")
        return try power(element, exponent)
    }

    private func exponent(subtracting word: UInt) throws(CryptoFailure) -> OpenSSLObject {
        let exponent = try copy(prime)
        try check(unsafe BN_sub_word(exponent.pointer, word), "number")
        return exponent
    }

    /// In constant time: the element comes from the secret nonce.
    private func power(_ element: OpenSSLObject, _ exponent: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try result {
            unsafe BN_mod_exp_mont_consttime(
                $0, element.pointer, exponent.pointer, prime.pointer, context.pointer, nil)
        }
    }

    private func copy(_ number: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try OpenSSLObject(BN_dup(number.pointer), { unsafe BN_clear_free($0) }, else: .library("number"))
    }

    private func result(_ compute: (OpaquePointer) -> Int32) throws(CryptoFailure) -> OpenSSLObject {
        let number = try BigNumber.decode([])
        try check(unsafe compute(number.pointer), "field arithmetic")
        return number
    }
}
