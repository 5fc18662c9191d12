import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// What a verifier of typed content must hold (RFC 5652, 5 and 11; ICAO 9303-10, 4.6.2.2; BSI TR-03105-5.1, LDS_H),
/// and what signers of the field do all the same.
@Suite struct SignedDataRulesTests {
    let authority: TestAuthority
    let key: SigningKey
    let signer: Certificate

    init() throws {
        authority = try TestAuthority()
        key = try TestAuthority.newKey()
        signer = try authority.signer(key)
    }

    private func made(_ bend: (inout HandMadeSignedData) throws -> Void = { _ in }) throws -> HandMadeSignedData {
        var message = HandMadeSignedData(certificate: signer, key: key)
        try bend(&message)
        return message
    }

    @Test func `what documents of the field do verifies`() throws {
        let forms: [HandMadeSignedData] = [
            try made(),
            try made { $0.name = .keyIdentifier },
            try made { $0.version = 1 },
            try made { $0.announced = [] },
            try made { $0.announced = [.sha1, .sha512] },
            try made { $0.digestHasNull = true },
            try made { $0.sortsAttributes = false },
            try made { $0.isIndefinite = true },
            try made { $0.extraCertificates = [authority.certificate.der] },
            try made { $0.extraCertificates = [[0x30, 0x03, 0x02, 0x01, 0x00]] },
            // The content's digest and the signature's are two things (LDS_H_74).
            try made { $0.digest = .sha512 },
            try made {
                $0.signatureDigest = .sha384
                $0.signatureAlgorithm = HandMadeSignedData.OID.ecdsa + [3]
            },
            // BSI's plain signatures, in the form that their name promises and in the other.
            try made {
                $0.signatureAlgorithm = ObjectIdentifier.plainECDSA + [3]
                $0.plain = true
            },
            try made { $0.signatureAlgorithm = ObjectIdentifier.plainECDSA + [3] },
            try made { $0.plain = true },
        ]
        for (index, form) in forms.enumerated() {
            let parsed = try SignedData(form.encoded)
            #expect(parsed.content == [1, 2, 3] && parsed.contentType == "2.23.136.1.1.1")
            let result = Result { try parsed.verifiedSigner() }
            #expect((try? result.get())?.certificate == signer, "form \(index): \(result)")
        }
    }

    @Test func `RSA by its own names`() throws {
        let key = try SigningKey.generateRSA(bits: 2_048)
        let signer = try authority.signer(key)
        let pkcs1 = Array(HandMadeSignedData.OID.rsaEncryption.dropLast())
        for (algorithm, isRight) in [(pkcs1 + [1], true), (pkcs1 + [11], true), (pkcs1 + [13], false)] {
            var message = HandMadeSignedData(certificate: signer, key: key)
            message.signatureAlgorithm = algorithm
            let parsed = try SignedData(message.encoded)
            #expect(((try? parsed.verifiedSigner()) != nil) == isRight)
        }
    }

    @Test func `what CMS_verify lets through is refused`() throws {
        let forms: [(String, HandMadeSignedData)] = [
            ("no signed attributes", try made { $0.hasSignedAttributes = false }),
            ("attributes of another type", try made { $0.attributeContentType = HandMadeSignedData.OID.masterList }),
            ("no message digest", try made { $0.hasMessageDigest = false }),
            ("two message digests", try made { $0.repeatsMessageDigest = true }),
            ("ECDSA with another digest's name", try made { $0.signatureAlgorithm = HandMadeSignedData.OID.ecdsa + [4] }),
            ("RSA's name for an ECDSA key", try made { $0.signatureAlgorithm = HandMadeSignedData.OID.rsaEncryption }),
            ("two signers", try made { $0.signers = 2 }),
            ("no signer", try made { $0.signers = 0 }),
            ("version of the other signer name", try made { $0.signerVersion = 3 }),
            (
                "version of the other signer name",
                try made {
                    $0.name = .keyIdentifier
                    $0.signerVersion = 1
                }
            ),
            ("another serial", try made { $0.name = .stranger }),
            ("no certificate", try made { $0.hasCertificate = false }),
            ("message version", try made { $0.version = 2 }),
        ]
        for (what, form) in forms {
            let result = Result { try SignedData(form.encoded).verifiedSigner() }
            #expect((try? result.get()) == nil, "\(what) was accepted")
        }
    }

    /// BSI TR-03105-5.1, LDS_H_16: the signer's certificate may come from elsewhere, and its absence proves nothing.
    @Test func `without the signer's certificate the signature is undetermined, not wrong`() throws {
        let made = try made {
            $0.hasCertificate = false
            $0.content = SecurityObject.content(hashing: [.dg1: TestFiles.dataGroup1()], digest: .sha256)
        }
        let passive = PassiveAuthentication(
            try SecurityObject(TLV(0x77, try made.encoded).encoded),
            anchors: TrustAnchors(certificates: [authority.certificate])
        )
        #expect(
            passive.signature
                == Finding(check: "securityObjectSignature", verdict: .notDetermined, reason: "signerAbsent")
        )
        #expect(passive.chain.verdict == .notDetermined)
    }

    @Test func `PSS parameters are what they say, or are refused`() throws {
        let pss: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a]
        let mgf1: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08]
        func identifier(salt: [UInt8], trailer: UInt8 = 1, mask: [UInt8]? = nil) -> [UInt8] {
            let sha256 = TLV(.sequence, [TLV(.objectIdentifier, DigestAlgorithm.sha256.objectIdentifier)])
            let fields = [
                TLV(0xa0, [sha256]),
                TLV(0xa1, [TLV(.sequence, [TLV(.objectIdentifier, mask ?? mgf1), sha256])]),
                TLV(0xa2, [TLV(.integer, salt)]), TLV(0xa3, [TLV(.integer, [trailer])]),
            ]
            return TLV(.sequence, [TLV(.objectIdentifier, pss), TLV(.sequence, fields)]).encoded
        }
        #expect(
            try SignatureAlgorithm(der: identifier(salt: [32])) == .rsaPSS(.sha256, mask: .sha256, saltBytes: 32)
        )
        #expect(
            try SignatureAlgorithm(der: TLV(.sequence, [TLV(.objectIdentifier, pss)]).encoded)
                == .rsaPSS(.sha1, mask: .sha1, saltBytes: 20)
        )
        for wrong in [
            identifier(salt: [0xff]), identifier(salt: [0, 0xff]), identifier(salt: [65]),
            identifier(salt: [32], trailer: 2), identifier(salt: [32], mask: pss),
        ] {
            #expect(throws: CryptoFailure.self) { try SignatureAlgorithm(der: wrong) }
        }
    }

    /// As `openssl cms` makes it: RSASSA-PSS, with the salt lengths of the field.
    @Test(arguments: ["digest", "20"])
    func `RSASSA-PSS made by openssl verifies, and not when changed`(salt: String) throws {
        let tool = try OpenSSLTool()
        try tool.run("req -x509 -newkey rsa:2048 -nodes -keyout ds.key -out ds.pem -subj /C=VN/CN=DS -days 30")
        try tool.write("content", [1, 2, 3])
        try tool.run(
            """
            cms -sign -binary -nodetach -in content -signer ds.pem -inkey ds.key -outform DER -out sod \
            -econtent_type 2.23.136.1.1.1 -md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:\(salt)
            """
        )
        let bytes = try tool.read("sod")
        let parsed = try SignedData(bytes)
        #expect(parsed.content == [1, 2, 3])
        #expect(try parsed.verifiedSigner().certificate.subjectText == "CN=DS,C=VN")
        var bent = bytes
        bent[bent.count - 1] ^= 1
        #expect(throws: CryptoFailure.signatureInvalid) { try SignedData(bent).verifiedSigner() }
    }
}
