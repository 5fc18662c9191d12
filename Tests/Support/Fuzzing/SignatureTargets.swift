import ChipDocument
import DocumentCrypto
import DocumentTrust
import Foundation
import StationCore
import VirtualCard

extension FuzzTarget {
    /// Keys, certificates, signed data, and the verdicts over them.
    static var signatures: [FuzzTarget] {
        [
            FuzzTarget("public-key", corpus: { try keySeeds() }) { input in
                let key = try PublicKey(der: input)
                try Violation.unless(key.der == input, "a key's DER differs")
                _ = ActiveAuthentication.responseBytes(key)
            },
            FuzzTarget("certificate", corpus: { try certificateSeeds() }) { input in
                let certificate = try Certificate(der: input)
                try Violation.unless(certificate.der == input, "a certificate's DER differs")
                _ = certificate.isSelfIssued
            },
            FuzzTarget("trust-anchors", tokens: armourTokens, corpus: { try anchorSeeds() }) { input in
                _ = try TrustAnchors(input).summaries
            },
            FuzzTarget("master-list", corpus: { [try FuzzCard.trustFile("master-list.ml")] }) { input in
                let list = try MasterList(input)
                let sound = try MasterList(FuzzCard.trustFile("master-list.ml"))
                // What is signed has no room: another list must not verify.
                try Violation.unless(list.certificates == sound.certificates, "a changed list verified")
                try Violation.unless(list.unreadable == sound.unreadable, "a changed list verified")
                _ = list.standing(anchors: TrustAnchors(certificates: sound.certificates), now: nil)
            },
            FuzzTarget("revocation-list", corpus: { [try FuzzCard.trustFile("revocation-list.crl")] }) { input in
                let list = try RevocationList(der: input)
                try Violation.unless(list.der == input, "a revocation list's DER differs")
                let sound = try RevocationList(der: FuzzCard.trustFile("revocation-list.crl"))
                let authority = try MasterList(FuzzCard.trustFile("master-list.ml")).certificates.filter {
                    $0.subject == sound.issuer
                }
                guard list != sound, authority.contains(where: list.isSigned) else { return }
                try Violation.unless(list.serials == sound.serials, "a changed revocation list verified")
            },
            FuzzTarget("trust-import", tokens: armourTokens, corpus: { try importSeeds() }) { input in
                var store = TrustStore()
                let options = TrustImportOptions(
                    acceptedSigners: [], countries: [], now: Timestamp(milliseconds: 1_790_000_000_000))
                _ = try store.take([("file", input)], options)
                let again = try TrustStore(record: try store.record())
                try Violation.unless(again == store, "an imported store does not come back")
            },
            FuzzTarget("ef-sod", corpus: { [try FuzzCard.shared().file(.sod)] }) { input in
                let object = try SecurityObject(input)
                try Violation.unless(
                    !object.hashes.isEmpty && object.hashes.count <= Limits.Card.dataGroups, "hashes of EF.SOD")
                _ = try object.signedData.certificates()
            },
            FuzzTarget("card-security", corpus: { [try FuzzCard.withMapping().file(.cardSecurity)] }) { input in
                let file = try CardSecurity(input)
                try Violation.unless(file.infos.entries.count <= Limits.Card.securityInfos, "too many SecurityInfos")
                _ = file.infos.chipAuthenticationKeys
            },
            FuzzTarget("passive-authentication", corpus: { [try FuzzCard.shared().file(.sod)] }) { input in
                let card = try FuzzCard.shared()
                let sound = try SecurityObject(try card.file(.sod))
                let object = try SecurityObject(input)
                let passive = PassiveAuthentication(object, anchors: card.anchors)
                let verdict = passive.findings(files: card.image.files.filter { $0.key.dataGroup != nil }).last?.verdict
                guard verdict == .passed else { throw Failure(.cardForged) }
                // Outside of what is signed CMS has room for bytes that mean the same; inside it has none.
                try Violation.unless(
                    object.signedData.content == sound.signedData.content
                        && object.signedData.contentType == sound.signedData.contentType,
                    "a changed list of hashes passed")
                try Violation.unless(
                    object.signedData.verifiedSigner().certificate == sound.signedData.verifiedSigner().certificate,
                    "another signer passed")
            },
            FuzzTarget("active-authentication", shape: .frames, corpus: { try evidenceSeeds() }) { input in
                let parts = Framed.split(input)
                guard parts.count >= 3 else { throw Failure(.cardDataMalformed) }
                let evidence = ActiveAuthenticationEvidence(challenge: challenge, signature: parts[0])
                let finding = ActiveAuthentication.verify(
                    evidence, dataGroup15: parts[1], dataGroup14: parts[2])
                guard finding.verdict == .passed else { throw Failure(.cardForged) }
                // DG15 is signed elsewhere, and has room for bytes that mean the same key.
                let sound = Framed.split(try evidenceSeeds()[0])
                try Violation.unless(parts[0] == sound[0], "a changed signature passed")
            },
        ]
    }

    private static let challenge: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    private static let armourTokens = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "\n", "=", "AAAA"]
        .map { Array($0.utf8) }

    private static func keySeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        let named = try CurvePoint.generator(of: .brainpoolP384r1)
        return [
            try TLV(parsing: card.file(.dg15), tag: 0x6f).value, card.image.chipAuthenticationKey.publicKey.der,
            try PublicKey(point: named).der, try PublicKey(point: CurvePoint.generator(of: .secp256r1)).der,
        ]
    }

    private static func certificateSeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        return try SecurityObject(card.file(.sod)).signedData.certificates().map(\.der)
            + card.anchors.certificates.map(\.der)
    }

    /// What administrators bring: armour, DER, an export of ICAO's directory.
    private static func importSeeds() throws -> [[UInt8]] {
        let list = try FuzzCard.trustFile("revocation-list.crl")
        let base64 = Data(list).base64EncodedString()
        return try anchorSeeds() + [
            try FuzzCard.trustFile("master-list.ml"), list,
            Array("dn: c=VN\ncertificateRevocationList;binary:: \(base64.prefix(60))\n \(base64.dropFirst(60))\n".utf8),
        ]
    }

    private static func anchorSeeds() throws -> [[UInt8]] {
        [try FuzzCard.anchorText()] + (try FuzzCard.shared().anchors.certificates.map(\.der))
    }

    /// Signature, DG15 and DG14: sound with RSA; on a curve well-formed only, since OpenSSL draws what signs there.
    private static let evidence = Result {
        let card = try FuzzCard.shared()
        let count = ActiveAuthentication.responseBytes(card.image.activeAuthenticationKey.publicKey)
        let filler = SeededSource(seed: 3).bytes(MessageRecovery.fillerBytes(modulusBytes: count, digest: .sha256))
        let block = MessageRecovery.block(challenge: challenge, filler: filler, digest: .sha256)
        let signature = try card.image.activeAuthenticationKey.applyRSA(to: block)
        let curve = try FuzzCard.withMapping()
        return [
            Framed.join([signature, try card.file(.dg15), try card.file(.dg14)]),
            Framed.join([[UInt8](repeating: 1, count: 64), try curve.file(.dg15), try curve.file(.dg14)]),
        ]
    }
    private static func evidenceSeeds() throws -> [[UInt8]] { try evidence.get() }
}
