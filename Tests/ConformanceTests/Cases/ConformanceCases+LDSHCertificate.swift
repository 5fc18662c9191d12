import ChipDocument
import DocumentCrypto
import StationCore

extension ConformanceCases {
    private static let malformed = ConformanceCase.Expectation.finding(
        "securityObjectSignature", .failed, "signerCertificateMalformed")
    private static let unknown = ConformanceCase.Expectation.finding(
        "certificateChain", .notDetermined, "issuerNotAnchored")
    private static let usage = ConformanceCase.Expectation.finding("certificateChain", .failed, "signerKeyUsage")

    /// EF.SOD whose signer's certificate is wrong; the CSCA signed it as it is.
    static let ldsHCertificate: [ConformanceCase] = ldsHMissing + ldsHWrong + ldsHExtensions

    private static func certificate(
        _ id: String, _ basis: ConformanceCase.Basis, _ card: String, _ expectation: ConformanceCase.Expectation,
        deviation: String? = nil, _ edit: @escaping @Sendable (inout CertificateComposer) -> Void
    ) -> ConformanceCase {
        ConformanceCase(
            id, basis, .fail, "The signer's certificate \(card)", expect: expectation, deviation: deviation
        ) { card in card.chain.editSigner = edit }
    }

    private static let ldsHMissing: [ConformanceCase] = [
        certificate("LDS_H_50", .stated, "has no serial number", malformed) { $0.serial = nil },
        certificate("LDS_H_52", .stated, "has no inner signature algorithm", malformed) { $0.innerAlgorithm = nil },
        certificate("LDS_H_55", .stated, "has no issuer", malformed) { $0.issuer = nil },
        certificate("LDS_H_57", .stated, "has no validity", malformed) { $0.validity = nil },
        certificate("LDS_H_59", .stated, "has no public key", malformed) { $0.publicKey = nil },
        certificate("LDS_H_66", .stated, "has no outer signature algorithm", malformed) { $0.outerAlgorithm = nil },
        certificate("LDS_H_68", .inferred, "has no signature", malformed) { $0.hasSignature = false },
    ]

    private static let ldsHWrong: [ConformanceCase] = [
        certificate(
            "LDS_H_48", .inferred, "is of version 2, with extensions", malformed
        ) { $0.version = DEREncoder.tagged(0xa0, DEREncoder.integer(1)) },
        certificate(
            "LDS_H_49", .inferred, "has no version, so is of version 1, with extensions", malformed
        ) { $0.version = nil },
        certificate("LDS_H_51", .stated, "names two signature algorithms", malformed) {
            $0.innerAlgorithm = SignatureScheme.ecdsa(.sha384).identifier
        },
        .init(
            "LDS_H_53", .inferred, .fail, "The signer's certificate names an issuer without country", expect: unknown
        ) { card in
            card.nameIssuer(CertificateComposer.name("Conformance CSCA of no country", country: nil))
        },
        .init(
            "LDS_H_54", .stated, .fail, "The signer's certificate names another issuer than the CSCA", expect: unknown
        ) { card in card.nameIssuer(CertificateComposer.name("Somebody else")) },
        certificate(
            "LDS_H_56", .stated, "states its validity before 2050 as GeneralizedTime", .passes,
            deviation: "issuers write their dates so; the moment is the same"
        ) {
            $0.validity = DEREncoder.sequence(
                CertificateComposer.generalizedTime("20210101000000Z"),
                CertificateComposer.generalizedTime("20320101000000Z"))
        },
        .init(
            "LDS_H_58", .stated, .fail, "The key of the signer's certificate is one of RSASSA-PKCS1-v1_5 with MD5",
            expect: malformed
        ) { card in
            card.signWithRSA(.pkcs1(.sha256), certificates: .pkcs1(.sha256))
            card.chain.editSigner = { certificate in
                let fields = certificate.publicKey.flatMap { try? TLV(parsing: $0).children() } ?? []
                certificate.publicKey = DEREncoder.sequence(
                    SignatureScheme.pkcs1MD5.identifier, fields.last?.encoded ?? [])
            }
        },
        .init(
            "LDS_H_65", .stated, .fail, "CSCA, signer and EF.SOD are signed by RSASSA-PKCS1-v1_5 with MD5",
            expect: .stops(.cardUnsupported)
        ) { card in card.signWithRSA(.pkcs1MD5, certificates: .pkcs1MD5) },
        certificate("LDS_H_67", .inferred, "has one bit of its signature wrong", unknown) { $0.flipsSignature = true },
    ]

    private static let ldsHExtensions: [ConformanceCase] = [
        certificate(
            "LDS_H_60", .stated, "has an authority key identifier without key identifier", .passes,
            deviation: "the issuer is found by its name and by the signature, which no identifier replaces"
        ) { certificate in
            certificate.change(CertificateComposer.authorityKeyIdentifier) { $0.value = DEREncoder.sequence() }
        },
        certificate(
            "LDS_H_61", .stated, "has no authority key identifier", .passes,
            deviation: "the issuer is found by its name and by the signature, which no identifier replaces"
        ) { $0.remove(CertificateComposer.authorityKeyIdentifier) },
        certificate(
            "LDS_H_62", .stated, "has a key usage that is not critical", .passes,
            deviation: "the usage is heeded whether critical or not"
        ) { certificate in
            certificate.change(CertificateComposer.keyUsage) { $0.isCritical = false }
        },
        certificate("LDS_H_63", .stated, "has a key usage without digitalSignature", usage) { certificate in
            certificate.change(CertificateComposer.keyUsage) { $0.value = TLV(.bitString, [0x06, 0x40]).encoded }
        },
        certificate("LDS_H_64", .stated, "has no key usage", usage) { $0.remove(CertificateComposer.keyUsage) },
    ]
}

extension PersonalisationEditor {
    /// Gives the signer's certificate another issuer, which the signer info names too.
    mutating func nameIssuer(_ name: [UInt8]) {
        chain.editSigner = { $0.issuer = name }
        editSignedData = {
            $0.signerIdentifier = DEREncoder.sequence(name, CertificateChainComposer.signerSerial)
        }
    }
}
