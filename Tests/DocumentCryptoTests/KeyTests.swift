import DocumentCrypto
import SeededRandom
import StationCore
import Testing

@Suite struct KeyTests {
    @Test(arguments: NamedCurve.allCases)
    func `ECDSA verifies in both encodings and refuses changes`(curve: NamedCurve) throws {
        let key = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: curve), random: SystemRandomSource())
        )
        let data = Array("what the chip signs".utf8)
        let signature = try key.sign(data, digest: .sha256)
        try key.publicKey.verifyECDSA(signature, plain: false, digest: .sha256, over: data)
        #expect(throws: CryptoFailure.signatureInvalid) {
            try key.publicKey.verifyECDSA(signature, plain: false, digest: .sha256, over: data + [0])
        }
        let plain = try plainSignature(signature, half: curve.fieldBytes)
        try key.publicKey.verifyECDSA(plain, plain: true, digest: .sha256, over: data)
        for index in [0, plain.count - 1] {
            var bent = plain
            bent[index] ^= 1
            #expect(throws: CryptoFailure.signatureInvalid) {
                try key.publicKey.verifyECDSA(bent, plain: true, digest: .sha256, over: data)
            }
        }
        #expect(throws: CryptoFailure.signatureInvalid) {
            try key.publicKey.verifyECDSA([], plain: true, digest: .sha256, over: data)
        }
        let again = try SigningKey(pkcs8: key.pkcs8.unredacted)
        #expect(again.publicKey == key.publicKey)
        #expect(try again.curveKeyPair().publicPoint == key.curveKeyPair().publicPoint)
        #expect(!"\(key)".contains(Hex.text(key.pkcs8.unredacted)))
    }

    @Test func `bare RSA goes there and back`() throws {
        let key = try SigningKey.generateRSA(bits: 1_024)
        var block = SystemRandomSource().bytes(128)
        block[0] = 0x6a
        // A block must be below the modulus; 6A is below the top byte of any 1024-bit modulus, which starts at 80.
        let signature = try key.applyRSA(to: block)
        #expect(try key.publicKey.recoverRSA(signature) == block)
        #expect(throws: CryptoFailure.signatureInvalid) { try key.publicKey.recoverRSA(Array(signature.dropLast())) }
        #expect(throws: CryptoFailure.signatureInvalid) {
            try key.publicKey.recoverRSA([UInt8](repeating: 0xff, count: 128))
        }
        let signed = try key.sign([1, 2, 3], digest: .sha256)
        try key.publicKey.verifyRSA(signed, digest: .sha256, over: [1, 2, 3])
        #expect(throws: CryptoFailure.signatureInvalid) {
            try key.publicKey.verifyRSA(signed, digest: .sha256, over: [1, 2, 4])
        }
    }

    @Test func `a key with explicit parameters of a known curve is that curve's`() throws {
        // brainpoolP256r1 written out, made with `openssl ecparam -param_enc explicit`.
        let key = try PublicKey(der: hex(explicitBrainpoolKey))
        guard case .ellipticCurve(let point) = key.kind else {
            Issue.record("not an elliptic-curve key")
            return
        }
        #expect(point.curve == .brainpoolP256r1)
        // One bit of the curve's coefficient changed: no known curve, refused.
        var bent = try hex(explicitBrainpoolKey)
        let coefficient = try hex("26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6")
        let start = try #require((0..<bent.count - 32).first { Array(bent[$0..<$0 + 32]) == coefficient })
        bent[start + 31] ^= 1
        #expect(throws: CryptoFailure.self) { try PublicKey(der: bent) }
    }

    @Test func `mutated keys never crash`() throws {
        let key = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource())
        )
        var mutator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 { _ = try? PublicKey(der: mutator.mutated(key.publicKey.der)) }
    }

    private func plainSignature(_ der: [UInt8], half: Int) throws -> [UInt8] {
        var offset = der[1] == 0x81 ? 3 : 2
        var result: [UInt8] = []
        for _ in 0..<2 {
            let length = Int(der[offset + 1])
            let number = der[offset + 2..<offset + 2 + length].drop { $0 == 0 }
            result += [UInt8](repeating: 0, count: half - number.count) + number
            offset += 2 + length
        }
        return result
    }
}
