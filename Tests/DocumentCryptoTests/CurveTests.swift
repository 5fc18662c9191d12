import DocumentCrypto
import StationCore
import Testing

@Suite struct CurveTests {
    @Test(arguments: NamedCurve.allCases)
    func `both ends of an agreement get the same secret`(curve: NamedCurve) throws {
        let generator = try CurvePoint.generator(of: curve)
        let one = try CurveKeyPair(generator: generator, random: SystemRandomSource())
        let other = try CurveKeyPair(generator: generator, random: SystemRandomSource())
        #expect(one.publicPoint != other.publicPoint)
        let secret = try one.sharedPoint(with: other.publicPoint)
        #expect(try other.sharedPoint(with: one.publicPoint) == secret)
        #expect(secret.x.count == curve.fieldBytes && secret.y.count == curve.fieldBytes)
    }

    /// RFC 6932, A.1 for brainpoolP224r1 would do as well; ICAO 9303-11, G.1 is the suite of the citizen card.
    @Test func `ICAO 9303-11 G1 mapping on brainpoolP256r1`() throws {
        let generator = try CurvePoint.generator(of: .brainpoolP256r1)
        let terminal = try CurveKeyPair(
            generator: generator,
            scalar: hex("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99")
        )
        #expect(
            Hex.text(terminal.publicPoint.encoded)
                == "047acf3efc982ec45565a4b155129efbc74650dcbfa6362d896fc70262e0c2cc5e"
                + "544552dcb6725218799115b55c9baa6d9f6bc3a9618e70c25af71777a9c4922d"
        )
        let chip = try CurveKeyPair(
            generator: generator,
            scalar: hex("498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560")
        )
        let shared = try terminal.sharedPoint(with: chip.publicPoint)
        #expect(try chip.sharedPoint(with: terminal.publicPoint) == shared)
        let mapped = try generator.multiplied(by: hex("3F00C4D39D153F2B2A214A078D899B22")).adding(shared)
        #expect(
            Hex.text(mapped.encoded)
                == "048ced63c91426d4f0eb1435e7cb1d74a46723a0af21c89634f65a9ae87a9265e2"
                + "8c879506743f8611ac33645c5b985c80b5f09a0b83407c1b6a4d857ae76fe522"
        )
    }

    @Test func `points off the curve and at infinity are refused`() throws {
        let generator = try CurvePoint.generator(of: .brainpoolP256r1)
        var bent = generator.encoded
        bent[64] ^= 1
        #expect(throws: CryptoFailure.invalidPoint) { try CurvePoint(curve: .brainpoolP256r1, encoded: bent) }
        #expect(throws: CryptoFailure.invalidPoint) { try CurvePoint(curve: .brainpoolP256r1, encoded: [0]) }
        #expect(throws: CryptoFailure.invalidPoint) { try CurvePoint(curve: .brainpoolP256r1, encoded: []) }
        #expect(throws: CryptoFailure.invalidPoint) {
            try CurvePoint(curve: .secp256r1, encoded: generator.encoded)
        }
        let compressed = [2] + generator.x
        #expect(throws: CryptoFailure.invalidPoint) { try CurvePoint(curve: .brainpoolP256r1, encoded: compressed) }
        #expect(throws: CryptoFailure.invalidPoint) { try generator.multiplied(by: [0]) }
        #expect(throws: CryptoFailure.malformed("private key")) {
            try CurveKeyPair(generator: generator, scalar: [0])
        }
        #expect(throws: CryptoFailure.malformed("private key")) {
            try CurveKeyPair(generator: generator, scalar: [UInt8](repeating: 0xff, count: 32))
        }
    }

    @Test func `the private number comes from the injected source`() throws {
        let generator = try CurvePoint.generator(of: .secp256r1)
        let first = try CurveKeyPair(generator: generator, random: FixedSource(byte: 7))
        let second = try CurveKeyPair(generator: generator, random: FixedSource(byte: 7))
        let third = try CurveKeyPair(generator: generator, random: FixedSource(byte: 8))
        #expect(first.publicPoint == second.publicPoint)
        #expect(first.publicPoint != third.publicPoint)
        #expect("\(first)".contains("redacted"))
    }
}

struct FixedSource: RandomSource {
    let byte: UInt8
    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
}
