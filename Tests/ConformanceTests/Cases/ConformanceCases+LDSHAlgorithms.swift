import DocumentCrypto
import StationCore

extension ConformanceCases {
    /// EF.SOD signed by each algorithm that documents use, the whole chain with the same.
    static let ldsHAlgorithms: [ConformanceCase] = rsa + elliptic + mixed + discrete

    private static let discrete: [ConformanceCase] = [
        dsa("LDS_H_08", .sha1), dsa("LDS_H_97", .sha224), dsa("LDS_H_98", .sha256),
    ]

    private static let rsa: [ConformanceCase] = [
        signed("LDS_H_01", .pkcs1(.sha1), .sha1), signed("LDS_H_02", .pss(.sha1), .sha1),
        signed("LDS_H_03", .pss(.sha256), .sha256), signed("LDS_H_04", .pkcs1(.sha224), .sha224),
        signed("LDS_H_05", .pkcs1(.sha256), .sha256), signed("LDS_H_06", .pkcs1(.sha384), .sha384),
        signed("LDS_H_07", .pkcs1(.sha512), .sha512), signed("LDS_H_79", .unnamed(.sha1), .sha1),
        signed("LDS_H_80", .unnamed(.sha224), .sha224), signed("LDS_H_81", .unnamed(.sha256), .sha256),
        signed("LDS_H_82", .unnamed(.sha384), .sha384), signed("LDS_H_83", .unnamed(.sha512), .sha512),
        signed("LDS_H_94", .pss(.sha224), .sha224), signed("LDS_H_95", .pss(.sha384), .sha384),
        signed("LDS_H_96", .pss(.sha512), .sha512),
    ]

    private static let elliptic: [ConformanceCase] = [
        signed("LDS_H_09", .ecdsa(.sha1), .sha1, .brainpoolP256r1, .brainpoolP224r1),
        signed("LDS_H_10", .plainECDSA(.sha1), .sha1, .brainpoolP256r1, .brainpoolP224r1),
        signed("LDS_H_11", .plainECDSA(.sha224), .sha224, .brainpoolP256r1, .brainpoolP224r1),
        signed("LDS_H_12", .plainECDSA(.sha256), .sha256, .brainpoolP256r1, .brainpoolP256r1),
        signed("LDS_H_13", .plainECDSA(.sha384), .sha384, .brainpoolP384r1, .brainpoolP384r1),
        signed("LDS_H_14", .plainECDSA(.sha512), .sha512, .brainpoolP512r1, .brainpoolP512r1),
        signed("LDS_H_70", .ecdsa(.sha224), .sha224, .brainpoolP256r1, .brainpoolP224r1),
        signed("LDS_H_71", .ecdsa(.sha256), .sha256, .brainpoolP256r1, .brainpoolP256r1),
        signed("LDS_H_72", .ecdsa(.sha384), .sha384, .brainpoolP384r1, .brainpoolP384r1),
        signed("LDS_H_73", .ecdsa(.sha512), .sha512, .brainpoolP512r1, .brainpoolP512r1),
    ]

    private static let mixed: [ConformanceCase] = [
        .init(
            "LDS_H_74", .stated, .pass, "Hashes SHA-224; signed over SHA-256 with RSASSA-PSS SHA-256", expect: .passes
        ) { card in
            card.signWithRSA(.pss(.sha256), certificates: .pss(.sha256), hashes: .sha224, digest: .sha256)
        },
        .init(
            "LDS_H_75", .stated, .pass, "Hashes and digest SHA-224; signature and certificates RSASSA-PSS SHA-256",
            expect: .passes
        ) { card in
            card.signWithRSA(.pss(.sha256), certificates: .pss(.sha256), hashes: .sha224, digest: .sha224)
        },
        .init(
            "LDS_H_76", .stated, .pass,
            "Hashes and digest SHA-224; signature RSASSA-PKCS1-v1_5 SHA-256; CSCA and certificates ECDSA SHA-224",
            expect: .passes
        ) { card in
            card.signWithRSA(.pkcs1(.sha256), certificates: .ecdsa(.sha224), hashes: .sha224, digest: .sha224)
            card.chain.authorityKey = ConformanceKeys.authority(.brainpoolP256r1)
        },
        .init(
            "LDS_H_77", .stated, .pass, "Signature RSASSA-PSS SHA-256; certificates RSASSA-PSS SHA-224",
            expect: .passes
        ) { card in
            card.signWithRSA(.pss(.sha256), certificates: .pss(.sha224), hashes: .sha256, digest: .sha256)
        },
        .init(
            "LDS_H_78", .stated, .pass, "Signature RSASSA-PSS SHA-256; certificates RSASSA-PKCS1-v1_5 SHA-256",
            expect: .passes
        ) { card in
            card.signWithRSA(.pss(.sha256), certificates: .pkcs1(.sha256), hashes: .sha256, digest: .sha256)
        },
    ]

    private static func signed(
        _ id: String, _ scheme: SignatureScheme, _ digest: DigestAlgorithm
    ) -> ConformanceCase {
        ConformanceCase(id, .stated, .pass, "Signed with \(scheme.words), RSA", expect: .passes) { card in
            // A certificate under rsaEncryption would name no digest at all.
            let certificates = scheme == .unnamed(digest) ? .pkcs1(digest) : scheme
            card.signWithRSA(scheme, certificates: certificates, hashes: digest, digest: digest)
        }
    }

    private static func signed(
        _ id: String, _ scheme: SignatureScheme, _ digest: DigestAlgorithm, _ authority: NamedCurve,
        _ signer: NamedCurve
    ) -> ConformanceCase {
        let words = "Signed with \(scheme.words), CSCA on \(authority.name), signer on \(signer.name)"
        return ConformanceCase(id, .stated, .pass, words, expect: .passes) { card in
            card.hashDigest = digest
            card.editSignedData = { $0.digest = digest }
            card.chain.authorityKey = ConformanceKeys.authority(authority)
            card.chain.signerKey = ConformanceKeys.signer(signer)
            card.chain.scheme = scheme
            card.chain.documentScheme = scheme
        }
    }

    private static func dsa(_ id: String, _ digest: DigestAlgorithm) -> ConformanceCase {
        ConformanceCase(
            id, id == "LDS_H_08" ? .inferred : .stated, .pass, "Signed with DSA and \(digest.rawValue)",
            expect: .stops(.cardUnsupported), deviation: "DSA is not supported; no citizen card is signed with it"
        ) { card in
            let key = try DSAKey.shared()
            card.hashDigest = digest
            card.editSignedData = { $0.digest = digest }
            card.chain.scheme = .dsa(digest)
            card.chain.documentScheme = .dsa(digest)
            card.chain.editSigner = { $0.publicKey = key.publicKeyInfo }
            // A certificate with such a key cannot become an anchor here.
            card.anchors = ConformanceKeys.anchors
        }
    }
}

extension PersonalisationEditor {
    /// The guideline's RSA chain: CSCA of 3072 bits, signer of 2048.
    mutating func signWithRSA(
        _ document: SignatureScheme, certificates: SignatureScheme, hashes: DigestAlgorithm = .sha256,
        digest: DigestAlgorithm = .sha256
    ) {
        hashDigest = hashes
        editSignedData = { $0.digest = digest }
        chain.authorityKey = ConformanceKeys.authorityRSA
        chain.signerKey = ConformanceKeys.signerRSA
        chain.scheme = certificates
        chain.documentScheme = document
    }
}

extension SignatureScheme {
    /// For people.
    var words: String {
        switch self {
        case .pkcs1(let digest): "RSASSA-PKCS1-v1_5 \(digest.rawValue)"
        case .unnamed(let digest): "RSASSA-PKCS1-v1_5 \(digest.rawValue) under rsaEncryption"
        case .pss(let digest): "RSASSA-PSS \(digest.rawValue)"
        case .pkcs1MD5: "RSASSA-PKCS1-v1_5 MD5"
        case .ecdsa(let digest): "ECDSA \(digest.rawValue) (X9.62)"
        case .plainECDSA(let digest): "ECDSA \(digest.rawValue) (BSI, plain)"
        case .dsa(let digest): "DSA \(digest.rawValue)"
        }
    }
}
