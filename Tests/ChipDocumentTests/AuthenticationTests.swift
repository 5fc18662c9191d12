import ChipDocument
import DocumentCrypto
import SeededRandom
import StationCore
import Testing

@Suite struct ActiveAuthenticationTests {
    static let challenge: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// ISO/IEC 9796-2 scheme 1, as ICAO 9303-11, 6.1.2.2 uses it; TR-03105-5.1 ISO7816_F.
    @Test(arguments: DigestAlgorithm.allCases)
    func `RSA with every digest`(digest: DigestAlgorithm) throws {
        let key = try SigningKey.generateRSA(bits: 1_280)
        let count = MessageRecovery.fillerBytes(modulusBytes: 160, digest: digest)
        let filler = SystemRandomSource().bytes(count)
        let block = MessageRecovery.block(challenge: Self.challenge, filler: filler, digest: digest)
        #expect(block.count == 160)
        let file = TLV(0x6f, key.publicKey.der).encoded
        func judge(_ block: [UInt8], challenge: [UInt8] = Self.challenge) throws -> Finding {
            ActiveAuthentication.verify(
                ActiveAuthenticationEvidence(challenge: challenge, signature: try key.applyRSA(to: block)),
                dataGroup15: file,
                dataGroup14: nil
            )
        }
        #expect(try judge(block) == Finding(check: "activeAuthentication", verdict: .passed))
        #expect(try judge(block, challenge: [1, 2, 3, 4, 5, 6, 7, 9]).verdict == .failed)
        #expect(try judge(block, challenge: []).verdict == .failed)
        var bent = block
        bent[0] = 0x4a
        #expect(try judge(bent).verdict == .failed)
        bent = block
        bent[block.count - 1] ^= 1
        #expect(try judge(bent).verdict == .failed)
        bent = block
        bent[1] ^= 1
        #expect(try judge(bent).verdict == .failed)
        bent = Array(block.dropLast(2)) + [0x39, 0xcc]
        #expect(
            try judge(bent)
                == Finding(check: "activeAuthentication", verdict: .notDetermined, reason: "algorithmUnsupported")
        )
    }

    @Test func `a key that no security object lists proves nothing`() throws {
        let evidence = ActiveAuthenticationEvidence(challenge: Self.challenge, signature: [1])
        #expect(
            ActiveAuthentication.verify(evidence, dataGroup15: nil, dataGroup14: nil)
                == Finding(check: "activeAuthentication", verdict: .notDetermined, reason: "keyNotSigned")
        )
    }

    @Test(arguments: [NamedCurve.brainpoolP256r1, .secp384r1, .secp521r1])
    func `ECDSA plain and DER with the digest of DG14`(curve: NamedCurve) throws {
        let key = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: curve), random: SystemRandomSource())
        )
        let file = TLV(0x6f, key.publicKey.der).encoded
        // ActiveAuthenticationInfo: version 1, ecdsa-plain-SHA384.
        let info = TLV(
            .sequence,
            [
                ObjectIdentifier(TestOIDs.activeAuthentication), TLV(.integer, [1]),
                ObjectIdentifier(TestOIDs.plainSHA384),
            ]
        )
        let group14 = TLV(0x6e, [TLV(.set, [info])]).encoded
        let der = try key.sign(Self.challenge, digest: .sha384)
        for signature in [der, try plainSignature(der, half: curve.fieldBytes)] {
            let evidence = ActiveAuthenticationEvidence(challenge: Self.challenge, signature: signature)
            #expect(
                ActiveAuthentication.verify(evidence, dataGroup15: file, dataGroup14: group14).verdict == .passed
            )
            #expect(
                ActiveAuthentication.verify(evidence, dataGroup15: file, dataGroup14: nil)
                    == Finding(check: "activeAuthentication", verdict: .notDetermined, reason: "algorithmUnsupported")
            )
            let other = ActiveAuthenticationEvidence(challenge: [UInt8](repeating: 0, count: 8), signature: signature)
            #expect(ActiveAuthentication.verify(other, dataGroup15: file, dataGroup14: group14).verdict == .failed)
        }
    }

    private func plainSignature(_ der: [UInt8], half: Int) throws -> [UInt8] {
        try TLV(parsing: der).children().flatMap { number in
            let digits = number.value.drop { $0 == 0 }
            return [UInt8](repeating: 0, count: half - digits.count) + digits
        }
    }
}

enum TestOIDs {
    static let activeAuthentication: [UInt8] = ObjectIdentifier.mrtdSecurity + [5]
    static let plainSHA384: [UInt8] = ObjectIdentifier.plainECDSA + [4]
}

func ObjectIdentifier(_ bytes: [UInt8]) -> TLV { TLV(.objectIdentifier, bytes) }

@Suite struct PassiveAuthenticationTests {
    let time = Timestamp(milliseconds: 1_750_000_000_000)
    let authorityKey: SigningKey
    let signerKey: SigningKey
    let files: [FileIdentifier: [UInt8]] = [.dg1: TestFiles.dataGroup1(), .dg13: [0x6d, 1, 3]]

    init() throws {
        func key() throws -> SigningKey {
            try SigningKey(
                CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource())
            )
        }
        authorityKey = try key()
        signerKey = try key()
    }

    func authority(from: Int64 = -100, to: Int64 = 1_000, name: String = "CSCA", country: String = "VN") throws
        -> Certificate
    {
        try CertificateTemplate(
            role: .countrySigner,
            country: country,
            organization: "Test",
            commonName: name,
            serial: [1],
            notBefore: time.adding(.seconds(from * 86_400)),
            notAfter: time.adding(.seconds(to * 86_400))
        ).issue(for: authorityKey.publicKey, issuer: nil, issuerKey: authorityKey, digest: .sha256)
    }

    func securityObject(
        _ authority: Certificate,
        from: Int64 = -10,
        to: Int64 = 10,
        country: String = "VN",
        role: CertificateTemplate.Role = .documentSigner,
        digest: DigestAlgorithm = .sha256,
        files: [FileIdentifier: [UInt8]]? = nil
    ) throws -> [UInt8] {
        let signer = try CertificateTemplate(
            role: role,
            country: country,
            organization: "Test",
            commonName: "DS",
            serial: [2],
            notBefore: time.adding(.seconds(from * 86_400)),
            notAfter: time.adding(.seconds(to * 86_400))
        ).issue(for: signerKey.publicKey, issuer: authority, issuerKey: authorityKey, digest: .sha256)
        return TLV(
            0x77,
            try SignedData.sign(
                content: SecurityObject.content(hashing: files ?? self.files, digest: digest),
                contentType: SecurityObject.contentType,
                certificate: signer,
                key: signerKey,
                digest: .sha256,
                signingTime: time
            )
        ).encoded
    }

    func judge(_ sod: [UInt8], _ anchors: TrustAnchors, _ changed: [FileIdentifier: [UInt8]] = [:]) -> [String: Finding]
    {
        let all = files.merging([.sod: sod]) { $1 }.merging(changed) { $1 }
        return Dictionary(
            DocumentEvidence.verify(files: all, anchors: anchors).map { ($0.check, $0) },
            uniquingKeysWith: { $1 }
        )
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `signed, anchored and unchanged passes`(digest: DigestAlgorithm) throws {
        let authority = try authority()
        let result = judge(try securityObject(authority, digest: digest), TrustAnchors(certificates: [authority]))
        #expect(result.count == 5 && result.values.allSatisfy { $0.verdict == .passed })
    }

    @Test func `without anchor it is not determined, and says so`() throws {
        let result = judge(try securityObject(authority()), .none)
        #expect(result["securityObjectSignature"]?.verdict == .passed)
        #expect(result["dataGroupHashes"]?.verdict == .passed)
        #expect(
            result["passiveAuthentication"]
                == Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "issuerNotAnchored")
        )
    }

    @Test func `an anchor of the same name with another key does not vouch`() throws {
        let otherKey = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource())
        )
        let impostor = try CertificateTemplate(
            role: .countrySigner,
            country: "VN",
            organization: "Test",
            commonName: "CSCA",
            serial: [1],
            notBefore: time.adding(.seconds(-86_400)),
            notAfter: time.adding(.seconds(86_400))
        ).issue(for: otherKey.publicKey, issuer: nil, issuerKey: otherKey, digest: .sha256)
        let result = judge(try securityObject(authority()), TrustAnchors(certificates: [impostor]))
        #expect(result["certificateChain"]?.reason == "issuerNotAnchored")
    }

    @Test func `each fault of the chain has its reason`() throws {
        let valid = try authority()
        let old = try authority(from: -1_000, to: -500)
        let elsewhere = try authority(country: "LA")
        let cases: [([UInt8], Certificate, Verdict, String)] = [
            (try securityObject(valid, from: -10, to: -5), valid, .failed, "signerExpiredAtSigning"),
            (try securityObject(valid, from: 5, to: 10), valid, .failed, "signerExpiredAtSigning"),
            (try securityObject(old), old, .notDetermined, "anchorExpired"),
            (try securityObject(elsewhere), elsewhere, .failed, "countryMismatch"),
            (try securityObject(valid, role: .countrySigner), valid, .failed, "signerKeyUsage"),
        ]
        for (sod, anchor, verdict, reason) in cases {
            let result = judge(sod, TrustAnchors(certificates: [anchor]))
            #expect(result["certificateChain"] == Finding(check: "certificateChain", verdict: verdict, reason: reason))
            #expect(result["passiveAuthentication"]?.verdict == verdict)
        }
    }

    @Test func `changed, unlisted and missing files`() throws {
        let authority = try authority()
        let anchors = TrustAnchors(certificates: [authority])
        let sod = try securityObject(authority)
        #expect(judge(sod, anchors, [.dg1: [0x61, 1, 9]])["passiveAuthentication"]?.reason == "hashMismatch")
        #expect(judge(sod, anchors, [.dg2: [0x75, 0]])["passiveAuthentication"]?.reason == "dataGroupNotSigned")
        let alone = DocumentEvidence.verify(files: [.sod: sod], anchors: anchors)
        #expect(alone.last == Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "noDataGroups"))
        #expect(
            DocumentEvidence.verify(files: files, anchors: anchors)
                == [Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "securityObjectAbsent")]
        )
        #expect(judge([0x77, 0], anchors)["passiveAuthentication"]?.reason == "securityObjectMalformed")
    }

    @Test func `active authentication counts only under a signed key`() throws {
        let authority = try authority()
        let anchors = TrustAnchors(certificates: [authority])
        let key = try SigningKey.generateRSA(bits: 1_024)
        let filler = SystemRandomSource().bytes(MessageRecovery.fillerBytes(modulusBytes: 128, digest: .sha256))
        let challenge = ActiveAuthenticationTests.challenge
        let evidence = ActiveAuthenticationEvidence(
            challenge: challenge,
            signature: try key.applyRSA(
                to: MessageRecovery.block(challenge: challenge, filler: filler, digest: .sha256)
            )
        )
        let files = self.files.merging([.dg15: TLV(0x6f, key.publicKey.der).encoded]) { $1 }
        func verdict(_ sod: [UInt8]) -> Finding? {
            DocumentEvidence.verify(
                files: files.merging([.sod: sod]) { $1 },
                activeAuthentication: evidence,
                anchors: anchors
            ).last
        }
        let sod = try securityObject(authority, files: files)
        #expect(verdict(sod) == Finding(check: "activeAuthentication", verdict: .passed))
        let unsigned = Finding(check: "activeAuthentication", verdict: .notDetermined, reason: "keyNotSigned")
        #expect(verdict(try securityObject(authority)) == unsigned)
        var forged = sod
        forged[forged.count - 1] ^= 1
        #expect(verdict(forged) == unsigned)
    }

    @Test func `no mutated security object passes`() throws {
        let authority = try authority()
        let anchors = TrustAnchors(certificates: [authority])
        let sod = try securityObject(authority)
        let original = try SecurityObject(sod)
        var mutator = SeededGenerator(seed: 1_234)
        for _ in 0..<20_000 {
            let mutated = mutator.mutated(sod)
            guard let object = try? SecurityObject(mutated), object.hashes != original.hashes else { continue }
            #expect(PassiveAuthentication(object, anchors: anchors).signature.verdict != .passed)
        }
    }

    @Test func `trust anchors come as PEM and DER, and only authorities`() async throws {
        let one = try authority()
        let two = try authority(name: "CSCA 2")
        #expect(try TrustAnchors(one.der).count == 1)
        func pem(_ certificate: Certificate) -> String {
            "-----BEGIN CERTIFICATE-----\n\(base64(certificate.der))\n-----END CERTIFICATE-----\n"
        }
        let both = try TrustAnchors(Array((pem(one) + "some text\n" + pem(two)).utf8))
        let first = try TrustAnchors(one.der)
        #expect(both.count == 2 && both.adding(first).count == 2)
        #expect(try TrustAnchors(Array(("# the anchors\n" + pem(one)).utf8)).certificates == [one])
        let signer = try SecurityObject(securityObject(one)).signedData.certificates()[0]
        await expectFailure(.configurationInvalid) { _ = try TrustAnchors(signer.der) }
        await expectFailure(.configurationInvalid) { _ = try TrustAnchors([0x30, 0]) }
        await expectFailure(.configurationInvalid) { _ = try TrustAnchors([]) }
        await expectFailure(.configurationInvalid) {
            _ = try TrustAnchors(Array("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----".utf8))
        }
        var bent = one.der
        bent[bent.count - 1] ^= 1
        await expectFailure(.configurationInvalid) { _ = try TrustAnchors(bent) }
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = Array(bytes[start..<min(start + 3, bytes.count)])
            let value = (0..<3).reduce(0) { $0 << 8 | ($1 < part.count ? Int(part[$1]) : 0) }
            for index in 0..<4 {
                text.append(index <= part.count ? alphabet[value >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}

@Suite struct FiniteFieldKeyBoundTests {
    /// Each power takes as long as the order is: one of a card's choice would hold a thread for minutes.
    @Test func `an order longer than its prime is none`() throws {
        let prime = [UInt8](repeating: 0xff, count: 256)
        let group = FiniteFieldGroup(prime: prime, generator: [2], order: [UInt8](repeating: 0xff, count: 20_000))
        #expect(throws: CryptoFailure.malformed("finite-field order")) {
            try FiniteFieldPublicKey(group: group, value: [4])
        }
    }
}
