import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// The only public Vietnamese CSCA writes its curve out (ICAO 9303-12, 4.4.2 demands it).
@Suite struct ExplicitCurveTests {
    @Test(arguments: NamedCurve.allCases)
    func `written-out parameters of a known curve are that curve`(curve: NamedCurve) throws {
        let key = try TestAuthority.newKey(curve)
        guard case .ellipticCurve(let point) = key.publicKey.kind else { throw Failure(.internalFault) }
        let compressed: [UInt8] = [2 | ((point.y.last ?? 0) & 1)] + point.x
        let base = try CurvePoint.generator(of: curve)
        let compressedBase: [UInt8] = [2 | ((base.y.last ?? 0) & 1)] + base.x
        let forms = [
            try curve.explicitKey(point),
            try curve.explicitKey(point, cofactor: nil),
            try curve.explicitKey(point, generator: compressedBase),
            try curve.explicitKey(point, seed: [1, 2, 3]),
            try curve.explicitKey(point, encodedPoint: compressed),
        ]
        let data: [UInt8] = [1, 2, 3]
        let signature = try key.sign(data, digest: .sha256)
        for form in forms {
            let parsed = try PublicKey(der: form)
            #expect(parsed.kind == .ellipticCurve(point))
            #expect(parsed.der == form)
            try parsed.verify(signature, .ecdsa(.sha256, plain: false), over: data)
        }
    }

    @Test func `parameters of any other curve are refused, each by itself`() throws {
        let curve = NamedCurve.brainpoolP512r1
        let key = try TestAuthority.newKey(curve)
        guard case .ellipticCurve(let point) = key.publicKey.kind else { throw Failure(.internalFault) }
        let right = try CurveParameters(curve)
        func bent(_ number: [UInt8]) -> [UInt8] {
            var result = number
            result[result.count - 1] ^= 2
            return result
        }
        // 2G generates the same group: whoever chooses the generator knows the private key to a given public one.
        let double = try CurvePoint.generator(of: curve).multiplied(by: [2]).encoded
        let wrong = [
            try curve.explicitKey(point, prime: bent(right.prime)),
            try curve.explicitKey(point, a: bent(right.a)),
            try curve.explicitKey(point, b: bent(right.b)),
            try curve.explicitKey(point, generator: double),
            try curve.explicitKey(point, generator: [0]),
            try curve.explicitKey(point, order: bent(right.order)),
            try curve.explicitKey(point, cofactor: [4]),
            try curve.explicitKey(point, cofactor: [0]),
        ]
        for form in wrong {
            #expect(throws: CryptoFailure.unsupported("explicit curve parameters")) { try PublicKey(der: form) }
        }
        // Each single byte of the parameters.
        let form = try curve.explicitKey(point)
        let start = try #require(form.firstRange(of: right.a)).lowerBound
        for offset in start..<start + 64 {
            var bent = form
            bent[offset] ^= 0x10
            #expect(throws: CryptoFailure.unsupported("explicit curve parameters")) { try PublicKey(der: bent) }
        }
        var offCurve = point.encoded
        offCurve[offCurve.count - 1] ^= 1
        #expect(throws: CryptoFailure.invalidPoint) {
            try PublicKey(der: curve.explicitKey(point, encodedPoint: offCurve))
        }
    }
}

extension [UInt8] {
    /// Where some bytes stand in others.
    func firstRange(of part: [UInt8]) -> Range<Int>? {
        guard part.count <= count else { return nil }
        return (0...count - part.count).first { Array(self[$0..<$0 + part.count]) == part }.map { $0..<$0 + part.count }
    }
}
