import COpenSSL

/// The domain parameters of a curve over a prime field, written out: numbers without leading zeros.
package struct CurveParameters: Hashable, Sendable {
    /// The field's prime p.
    package let prime: [UInt8]
    /// The coefficient a.
    package let a: [UInt8]
    /// The coefficient b.
    package let b: [UInt8]
    /// The order n of the generator.
    package let order: [UInt8]

    /// The parameters of a named curve.
    package init(_ curve: NamedCurve) throws(CryptoFailure) {
        let group = try curve.group()
        let numbers = (try BigNumber.decode([]), try BigNumber.decode([]), try BigNumber.decode([]))
        try check(
            unsafe EC_GROUP_get_curve(group.pointer, numbers.0.pointer, numbers.1.pointer, numbers.2.pointer, nil),
            "curve"
        )
        prime = try Self.digits(numbers.0)
        a = try Self.digits(numbers.1)
        b = try Self.digits(numbers.2)
        order = try Self.digits(CurveKeyPair.order(of: group))
    }

    private init(prime: [UInt8], a: [UInt8], b: [UInt8], order: [UInt8]) {
        self.prime = prime
        self.a = a
        self.b = b
        self.order = order
    }

    private static func digits(_ number: OpenSSLObject) throws(CryptoFailure) -> [UInt8] {
        try BigNumber.encode(number, count: unsafe Int(shim_BN_num_bytes(number.pointer)))
    }

    /// The named curve that an ECParameters structure (X9.62; ICAO 9303-12, 4.4.2 wants it written out) is equal to in
    /// p, a, b, generator and order, with cofactor 1 or none. Parameters of no known curve are unsupported: they could
    /// be made so that anybody knows the private key to a given public key (CVE-2020-0601). The seed only says where b
    /// came from.
    static func namedCurve(equalTo element: BERElement) throws(CryptoFailure) -> NamedCurve {
        let name = "explicit curve parameters"
        var reader = BERReader(element.content, named: name, rules: .ber)
        guard let version = try reader.next(BERElement.integer).smallInteger, (1...3).contains(version) else {
            throw .unsupported(name)
        }
        var field = reader.inside(try reader.next(BERElement.sequence))
        guard try Array(field.next(BERElement.objectIdentifier).content) == primeField,
            let prime = try field.next(BERElement.integer).digits
        else { throw .unsupported(name) }
        try field.finish()
        var curve = reader.inside(try reader.next(BERElement.sequence))
        let a = try curve.next(BERElement.octetString)
        let b = try curve.next(BERElement.octetString)
        _ = try curve.nextIfPresent(BERElement.bitString)
        try curve.finish()
        let base = try reader.next(BERElement.octetString)
        guard let order = try reader.next(BERElement.integer).digits else { throw .unsupported(name) }
        if let cofactor = try reader.nextIfPresent(BERElement.integer), cofactor.digits != [1] {
            throw .unsupported(name)
        }
        guard reader.isAtEnd else { throw .unsupported(name) }
        let found = CurveParameters(
            prime: prime,
            a: a.content.drop { $0 == 0 } + [],
            b: b.content.drop { $0 == 0 } + [],
            order: order
        )
        for candidate in NamedCurve.allCases where candidate.fieldBytes == prime.count {
            guard try CurveParameters(candidate) == found else { continue }
            // Only now is there a curve on which the generator can be read.
            guard let point = try? CurvePoint(curve: candidate, octets: Array(base.content)),
                try point == CurvePoint.generator(of: candidate)
            else { break }
            return candidate
        }
        throw .unsupported(name)
    }

    private static let primeField: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01]
}
