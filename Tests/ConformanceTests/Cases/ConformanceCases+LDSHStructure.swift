import ChipDocument
import DocumentCrypto
import StationCore

extension ConformanceCases {
    private static let malformed = ConformanceCase.Expectation.stops(.cardDataMalformed)
    private static let signerUnknown = ConformanceCase.Expectation.finding(
        "securityObjectSignature", .failed, "signerUnknown")
    private static let altered = ConformanceCase.Expectation.finding(
        "securityObjectSignature", .failed, "signedContentAltered")
    private static let unsigned = ConformanceCase.Expectation.finding(
        "securityObjectSignature", .failed, "signatureInvalid")
    /// SHA-256 with the OID of MD5 in its place.
    private static let md5 = ConformanceCase.Expectation.stops(.cardUnsupported)

    /// EF.SOD whose CMS structure is wrong.
    static let ldsHStructure: [ConformanceCase] = ldsHSignedData + ldsHSigner

    private static let ldsHSignedData: [ConformanceCase] = [
        .init("LDS_H_17", .inferred, .fail, "EF.SOD begins with tag 78", expect: malformed) { card in
            card.editSecurityObjectFile = { $0[0] = 0x78 }
        },
        .init("LDS_H_18", .inferred, .fail, "The length of EF.SOD is one too small", expect: malformed) { card in
            card.editSecurityObjectFile = { file in file[3] -= 1 }
        },
        .init(
            "LDS_H_19", .inferred, .fail, "The length of EF.SOD is one too big", expect: .stops(.cardProtocolError)
        ) { card in
            card.editSecurityObjectFile = { file in file[3] += 1 }
        },
        .init("LDS_H_20", .inferred, .fail, "SignedData is of version 9", expect: malformed) { card in
            card.editSignedData = { $0.version = DEREncoder.integer(9) }
        },
        .init("LDS_H_21", .inferred, .fail, "SignedData has no version", expect: malformed) { card in
            card.editSignedData = { $0.version = nil }
        },
        .init(
            "LDS_H_22", .inferred, .fail, "SignedData announces MD5 as its only digest", expect: .passes,
            deviation:
                "the announcement is a hint for stream readers and not signed (RFC 5652, 5.1); the signer's own digest counts, see LDS_H_30"
        ) { card in
            card.editSignedData = { $0.digestAlgorithms = DEREncoder.set([DEREncoder.md5]) }
        },
        .init("LDS_H_23", .inferred, .fail, "SignedData has no set of digests", expect: malformed) { card in
            card.editSignedData = { $0.digestAlgorithms = .some(nil) }
        },
        .init("LDS_H_24", .inferred, .fail, "The content type is id-data", expect: malformed) { card in
            card.editSignedData = {
                $0.contentType = DEREncoder.identifier([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01])
            }
        },
        .init("LDS_H_25", .inferred, .fail, "The content type is missing", expect: malformed) { card in
            card.editSignedData = { $0.contentType = nil }
        },
        .init(
            "LDS_H_15", .stated, .pass, "The signer's certificate is not in EF.SOD (optional case)",
            expect: .finding("securityObjectSignature", .notDetermined, "signerAbsent"),
            deviation: "there is no store of document signers; without the certificate the signature stays open"
        ) { card in
            card.signWithRSA(.pkcs1(.sha256), certificates: .pkcs1(.sha256))
            card.editSignedData = { $0.hasCertificate = false }
        },
    ]

    private static let ldsHSigner: [ConformanceCase] = [
        .init("LDS_H_26", .inferred, .fail, "SignerInfo is of version 2", expect: malformed) { card in
            card.editSignedData = { $0.signerVersion = DEREncoder.integer(2) }
        },
        .init("LDS_H_27", .inferred, .fail, "SignerInfo has no version", expect: malformed) { card in
            card.editSignedData = { $0.signerVersion = nil }
        },
        .init(
            "LDS_H_28", .inferred, .fail, "SignerInfo names the serial number of no certificate inside",
            expect: signerUnknown
        ) { card in
            card.editSignedData = {
                $0.signerIdentifier = DEREncoder.sequence(
                    CertificateChainComposer.authorityName, DEREncoder.integer(0x41, 0x77))
            }
        },
        .init(
            "LDS_H_29", .inferred, .fail, "SignerInfo names the key identifier of no certificate inside",
            expect: signerUnknown
        ) { card in
            card.editSignedData = {
                $0.signerVersion = DEREncoder.integer(3)
                $0.signerIdentifier = SignedDataComposer.keyIdentifier([UInt8](repeating: 0x77, count: 20))
            }
        },
        .init("LDS_H_30", .inferred, .fail, "The signer's digest is MD5", expect: md5) { card in
            card.editSignedData = { $0.signerDigest = DEREncoder.md5 }
        },
        .init("LDS_H_31", .inferred, .fail, "The signer's digest is missing", expect: malformed) { card in
            card.editSignedData = { $0.signerDigest = .some(nil) }
        },
        .init("LDS_H_32", .inferred, .fail, "The signed messageDigest is of something else", expect: altered) { card in
            card.editSignedData = { $0.messageDigest = [UInt8](repeating: 0x77, count: 32) }
        },
        .init("LDS_H_33", .inferred, .fail, "There is no signed messageDigest", expect: malformed) { card in
            card.editSignedData = { $0.hasMessageDigest = false }
        },
        .init("LDS_H_36", .stated, .fail, "The signature is RSASSA-PKCS1-v1_5 with MD5", expect: md5) { card in
            card.signWithRSA(.pkcs1MD5, certificates: .pkcs1(.sha256))
        },
        .init("LDS_H_37", .inferred, .fail, "One bit of the signature is wrong", expect: unsigned) { card in
            card.editSignedData = { $0.flipsSignature = true }
        },
        .init("LDS_H_38", .inferred, .fail, "The signature is missing", expect: malformed) { card in
            card.editSignedData = { $0.hasSignature = false }
        },
        .init(
            "LDS_H_84", .stated, .fail, "SignerInfo of version 3 names its signer by issuer and serial number",
            expect: malformed
        ) { card in
            card.editSignedData = { $0.signerVersion = DEREncoder.integer(3) }
        },
        .init(
            "LDS_H_85", .stated, .fail, "SignerInfo of version 1 names its signer by key identifier",
            expect: malformed
        ) { card in
            let identifier = CertificateComposer.keyIdentifier(card.chain.signerKey)
            card.editSignedData = { $0.signerIdentifier = SignedDataComposer.keyIdentifier(identifier) }
        },
    ]
}
