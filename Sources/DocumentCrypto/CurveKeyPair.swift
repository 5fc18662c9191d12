import COpenSSL
package import StationCore

/// A key pair for Diffie-Hellman over any generator of a named curve; PACE's generic mapping needs one that is not the
/// curve's own.
package struct CurveKeyPair: Sendable {
    /// The private number, big-endian, at the length of the curve's order.
    package let scalar: Redacted<[UInt8]>
    /// The public point: the generator times the private number.
    package let publicPoint: CurvePoint

    /// Makes a key pair from the random source.
    package init(generator: CurvePoint, random: some RandomSource) throws(CryptoFailure) {
        let group = try generator.curve.group()
        let order = try Self.order(of: group)
        let count = unsafe Int(shim_BN_num_bytes(order.pointer))
        let scalar = try BigNumber.scalar(from: random.bytes(count + 8), below: order)
        try self.init(generator: generator, scalar: BigNumber.encode(scalar, count: count))
    }

    /// Takes a private number that was made elsewhere: a stored key, a worked example. It must be in 1..<order.
    package init(generator: CurvePoint, scalar: [UInt8]) throws(CryptoFailure) {
        let order = try Self.order(of: generator.curve.group())
        let number = try BigNumber.decode(scalar)
        guard unsafe BN_is_zero(number.pointer) == 0, unsafe BN_cmp(number.pointer, order.pointer) < 0 else {
            throw .malformed("private key")
        }
        self.scalar = Redacted(scalar)
        publicPoint = try generator.multiplied(by: scalar)
    }

    /// The shared secret of Diffie-Hellman as a point; its x-coordinate is the secret of TR-03111 4.3.1.
    package func sharedPoint(with other: CurvePoint) throws(CryptoFailure) -> CurvePoint {
        guard other.curve == publicPoint.curve else { throw .invalidPoint }
        return try other.multiplied(by: scalar.unredacted)
    }

    /// This private number divided by another modulo the order, at the order's length: the chip authentication data of
    /// PACE (ICAO 9303-11, 4.4.3.5.1).
    package func quotient(by divisor: CurveKeyPair) throws(CryptoFailure) -> [UInt8] {
        let curve = publicPoint.curve
        let order = try Self.order(of: curve.group())
        let context = unsafe try OpenSSLObject(
            BN_CTX_secure_new(), { unsafe BN_CTX_free($0) }, else: .library("number context"))
        let number = try BigNumber.decode(divisor.scalar.unredacted)
        let result = try BigNumber.decode([])
        // The order is prime: d^(n-2) is the inverse, in constant time.
        let exponent = try Self.order(of: curve.group())
        try check(unsafe BN_sub_word(exponent.pointer, 2), "number")
        try check(
            unsafe BN_mod_exp_mont_consttime(
                result.pointer, number.pointer, exponent.pointer, order.pointer, context.pointer, nil), "inverse")
        let own = try BigNumber.decode(scalar.unredacted)
        try check(
            unsafe BN_mod_mul(result.pointer, result.pointer, own.pointer, order.pointer, context.pointer), "quotient")
        return try BigNumber.encode(result, count: curve.orderBytes)
    }

    static func order(of group: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        guard let order = unsafe EC_GROUP_get0_order(group.pointer) else { throw .library("order") }
        return unsafe try OpenSSLObject(BN_dup(order), { unsafe BN_clear_free($0) }, else: .library("order"))
    }
}
