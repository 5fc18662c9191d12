import DocumentCrypto
import SeededRandom
import StationCore
import Testing

@Suite struct SignedDataTests {
    let issuerKey: SigningKey
    let signerKey: SigningKey
    let issuer: Certificate
    let signer: Certificate
    let time = Timestamp(milliseconds: 1_760_000_000_000)

    init() throws {
        issuerKey = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP384r1), random: SystemRandomSource())
        )
        signerKey = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource())
        )
        issuer = try CertificateTemplate(
            role: .countrySigner,
            country: "VN",
            organization: "Test",
            commonName: "CSCA",
            serial: [1],
            notBefore: time.adding(.seconds(-86_400)),
            notAfter: time.adding(.seconds(86_400 * 365))
        ).issue(for: issuerKey.publicKey, issuer: nil, issuerKey: issuerKey, digest: .sha384)
        signer = try CertificateTemplate(
            role: .documentSigner,
            country: "VN",
            organization: "Test",
            commonName: "DS",
            serial: [2, 3],
            notBefore: time.adding(.seconds(-3_600)),
            notAfter: time.adding(.seconds(86_400))
        ).issue(for: signerKey.publicKey, issuer: issuer, issuerKey: issuerKey, digest: .sha256)
    }

    @Test func `certificates say what they were made with`() throws {
        #expect(issuer.isAuthority && issuer.isSelfIssued && issuer.isSigned(by: issuer))
        #expect(issuer.keyUsage == [.keyCertSign, .crlSign])
        #expect(!signer.isAuthority && signer.keyUsage == [.digitalSignature])
        #expect(signer.issuer == issuer.subject && signer.isSigned(by: issuer) && !signer.isSigned(by: signer))
        #expect(signer.authorityKeyIdentifier == issuer.subjectKeyIdentifier)
        #expect(signer.country == "VN" && signer.subjectText == "CN=DS,O=Test,C=VN")
        #expect(signer.notBefore == time.adding(.seconds(-3_600)) && signer.notAfter == time.adding(.seconds(86_400)))
        #expect(try Certificate(der: signer.der) == signer)
        #expect(signer.publicKey == signerKey.publicKey)
    }

    @Test func `signed data verifies and names its signer`() throws {
        let bytes = try sign([1, 2, 3])
        let parsed = try SignedData(bytes)
        #expect(parsed.content == [1, 2, 3] && parsed.contentType == "2.23.136.1.1.1")
        #expect(try parsed.certificates() == [signer])
        let result = try parsed.verifiedSigner()
        #expect(result.certificate == signer && result.signingTime == time)
    }

    @Test func `another content, key or digest does not verify`() throws {
        var bytes = try sign([0xaa, 0xbb, 0xcc, 0xdd])
        let place = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == [0xaa, 0xbb, 0xcc, 0xdd] })
        bytes[place] ^= 1
        let changed = try SignedData(bytes)
        #expect(throws: CryptoFailure.contentAltered) { try changed.verifiedSigner() }
        let other = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource())
        )
        #expect(throws: CryptoFailure.self) {
            let forged = try SignedData.sign(
                content: [1],
                contentType: "2.23.136.1.1.1",
                certificate: signer,
                key: other,
                digest: .sha256,
                signingTime: time
            )
            _ = try SignedData(forged).verifiedSigner()
        }
    }

    @Test func `no mutation verifies with another content, and none crashes`() throws {
        let content: [UInt8] = Array(0..<64)
        let bytes = try sign(content)
        var mutator = SeededGenerator(seed: 4_711)
        for _ in 0..<20_000 {
            let mutated = mutator.mutated(bytes)
            guard mutated != bytes, let parsed = try? SignedData(mutated), parsed.content != content else { continue }
            #expect(throws: CryptoFailure.self) { try parsed.verifiedSigner() }
        }
    }

    private func sign(_ content: [UInt8]) throws -> [UInt8] {
        try SignedData.sign(
            content: content,
            contentType: "2.23.136.1.1.1",
            certificate: signer,
            key: signerKey,
            digest: .sha256,
            signingTime: time
        )
    }
}
