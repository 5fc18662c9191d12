import COpenSSL
package import StationCore

/// A group of Diffie-Hellman over a prime field, as DG14 of older documents carries it.
package struct FiniteFieldGroup: Hashable, Sendable {
    /// The prime p, big-endian without leading zeros.
    package let prime: [UInt8]
    /// The generator g.
    package let generator: [UInt8]
    /// The order q of the generator's subgroup; nil where the parameters do not state it (PKCS #3).
    package let order: [UInt8]?

    /// States a group, for cards of our own and for worked examples.
    package init(prime: [UInt8], generator: [UInt8], order: [UInt8]?) {
        self.prime = prime
        self.generator = generator
        self.order = order
    }

    /// Length of p in bytes, and so of values and secrets.
    package var byteCount: Int { prime.count }
}

/// A public value of Diffie-Hellman, checked to be in the group's range and, where q is known, in its subgroup.
package struct FiniteFieldPublicKey: Hashable, Sendable {
    /// The group.
    package let group: FiniteFieldGroup
    /// The value y, at the length of the prime.
    package let value: [UInt8]

    /// Reads a SubjectPublicKeyInfo of PKCS #3 or X9.42. Throws `unsupported` for other algorithms and for primes outside
    /// 1024 to 4096 bits, `malformed` for parameters or values that are none.
    package init(der: [UInt8]) throws(CryptoFailure) {
        let key = try PublicKey.decode(der)
        let kind = unsafe EVP_PKEY_get_base_id(key.pointer)
        guard kind == EVP_PKEY_DH || kind == EVP_PKEY_DHX else { throw .unsupported("public key algorithm") }
        let prime = try Self.number(OSSL_PKEY_PARAM_FFC_P, of: key)
        let bits = unsafe Int(BN_num_bits(prime.pointer))
        guard (1_024...4_096).contains(bits) else { throw .unsupported("prime length") }
        let count = (bits + 7) / 8
        let order = kind == EVP_PKEY_DHX ? try? Self.number(OSSL_PKEY_PARAM_FFC_Q, of: key) : nil
        try self.init(
            group: FiniteFieldGroup(
                prime: try BigNumber.encode(prime, count: count),
                generator: try BigNumber.encode(Self.number(OSSL_PKEY_PARAM_FFC_G, of: key), count: count),
                order: try order.map { number throws(CryptoFailure) in
                    unsafe try BigNumber.encode(number, count: Int(shim_BN_num_bytes(number.pointer)))
                }),
            value: try BigNumber.encode(Self.number(OSSL_PKEY_PARAM_PUB_KEY, of: key), count: count))
    }

    /// Takes a value of a group, such as the other side's. Throws `malformed` outside 2 ... p - 2 and outside the subgroup.
    package init(group: FiniteFieldGroup, value: [UInt8]) throws(CryptoFailure) {
        let prime = try BigNumber.decode(group.prime)
        let last = try BigNumber.decode(group.prime)
        try check(unsafe BN_sub_word(last.pointer, 1), "number")
        for bytes in [group.generator, value] {
            let number = try BigNumber.decode(bytes)
            guard unsafe BN_is_zero(number.pointer) == 0, unsafe BN_is_one(number.pointer) == 0,
                unsafe BN_cmp(number.pointer, last.pointer) < 0
            else { throw .malformed("finite-field key") }
        }
        guard unsafe BN_is_odd(prime.pointer) == 1 else { throw .malformed("finite-field prime") }
        // Of a subgroup the order divides p - 1; each power takes as long as it is.
        if let order = group.order, order.count > group.byteCount { throw .malformed("finite-field order") }
        let number = try BigNumber.decode(value)
        self.group = group
        self.value = try BigNumber.encode(number, count: group.byteCount)
        if let order = group.order {
            let raised = try FiniteFieldKeyPair.power(self.value, order, in: group)
            guard raised.last == 1, raised.dropLast().allSatisfy({ $0 == 0 }) else {
                throw .malformed("finite-field key outside its subgroup")
            }
        }
    }

    private static func number(_ name: String, of key: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key.pointer, name, &number) == 1 else {
            ERR_clear_error()
            throw .malformed("finite-field key")
        }
        return unsafe try OpenSSLObject(number, { unsafe BN_clear_free($0) }, else: .library("number"))
    }
}

/// A key pair of Diffie-Hellman over a prime field.
package struct FiniteFieldKeyPair: Sendable {
    /// The private exponent.
    package let exponent: Redacted<[UInt8]>
    /// The public value.
    package let publicKey: FiniteFieldPublicKey

    /// Makes a key pair whose public value fills the prime's length: chips differ in whether they want leading zeros.
    /// Throws `malformed` for a group that is none: it comes from the chip.
    package init(group: FiniteFieldGroup, random: some RandomSource) throws(CryptoFailure) {
        let bound = try BigNumber.decode(group.order ?? group.prime)
        // Each try misses with a chance of 1 in 256 at most half the time.
        for _ in 0..<64 {
            let number = try BigNumber.scalar(from: random.bytes((group.order ?? group.prime).count + 8), below: bound)
            let exponent = try BigNumber.encode(number, count: (group.order ?? group.prime).count)
            let pair = try FiniteFieldKeyPair(group: group, exponent: exponent)
            if pair.publicKey.value.first != 0 {
                self = pair
                return
            }
        }
        throw .malformed("finite-field group")
    }

    /// Takes an exponent that was made elsewhere: a stored key, a worked example.
    package init(group: FiniteFieldGroup, exponent: [UInt8]) throws(CryptoFailure) {
        self.exponent = Redacted(exponent)
        publicKey = try FiniteFieldPublicKey(
            group: group, value: Self.power(group.generator, exponent, in: group))
    }

    /// The shared secret, at the length of the prime. Throws `malformed` when it is 1.
    package func sharedSecret(with other: FiniteFieldPublicKey) throws(CryptoFailure) -> [UInt8] {
        guard other.group.prime == publicKey.group.prime else { throw .malformed("finite-field key of another group") }
        let secret = try Self.power(other.value, exponent.unredacted, in: publicKey.group)
        guard secret.dropLast().contains(where: { $0 != 0 }) else { throw .malformed("finite-field secret") }
        return secret
    }

    static func power(
        _ base: [UInt8], _ exponent: [UInt8], in group: FiniteFieldGroup
    ) throws(CryptoFailure) -> [UInt8] {
        let context = unsafe try OpenSSLObject(
            BN_CTX_secure_new(), { unsafe BN_CTX_free($0) }, else: .library("number context"))
        let (base, exponent) = (try BigNumber.decode(base), try BigNumber.decode(exponent))
        let (prime, result) = (try BigNumber.decode(group.prime), try BigNumber.decode([]))
        try check(
            unsafe BN_mod_exp_mont_consttime(
                result.pointer, base.pointer, exponent.pointer, prime.pointer, context.pointer, nil),
            "finite-field power")
        return try BigNumber.encode(result, count: group.byteCount)
    }
}
