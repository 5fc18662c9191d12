import ChipDocument
import DocumentCrypto
import Foundation
import StationCore

@testable import VirtualCard

extension ConformanceCases {
    private typealias Info = ChipAuthenticationInfo

    /// Chip authentication.
    static let iso7816D: [ConformanceCase] = [
        ConformanceCase(
            "ISO7816_D_01", "chip authentication by DH and 3DES", .inferred, .passes,
            setting: {
                try chip {
                    $0.finiteField = FiniteFieldGroup.rfc5114
                    $0.chipAuthentication = [Info(agreement: .finiteField, suite: .tripleDES, keyID: nil)]
                }
            }),
        ConformanceCase(
            "ISO7816_D_02", "chip authentication by ECDH of 224 bits and 3DES", .inferred, .passes,
            setting: {
                try chip {
                    $0.chipCurve = .brainpoolP224r1
                    $0.chipAuthentication = [Info(suite: .tripleDES, keyID: nil)]
                }
            }),
        ConformanceCase(
            "ISO7816_D_03", "one key with an id", .inferred, .passes,
            setting: { try chip { $0.chipAuthentication = [Info(suite: .tripleDES, keyID: 1)] } }),
        ConformanceCase(
            "ISO7816_D_04", "two keys with ids", .inferred, .passes,
            setting: { try chip { $0.chipAuthentication = [1, 2].map { Info(suite: .aes128, keyID: $0) } } }),
        ConformanceCase(
            "ISO7816_D_05", "three keys with ids", .inferred, .passes,
            setting: { try chip { $0.chipAuthentication = [1, 2, 200].map { Info(suite: .aes256, keyID: $0) } } }),
        ConformanceCase(
            "ISO7816_D_06", "a key id that the chip does not know: 6A88", .inferred, .stops(.cardForged),
            setting: {
                let image = try Personalisation.chip { $0.chipAuthentication = [Info(suite: .aes128, keyID: 9)] }
                return Personalisation.faulty(.keyReferenceUnknown, chip: image)
            }),
        ConformanceCase(
            "ISO7816_D_07", "the DH key of DG14 is not the chip's", .inferred, .stops(.cardForged),
            setting: {
                let image = try Personalisation.chip {
                    $0.finiteField = FiniteFieldGroup.rfc5114
                    $0.chipAuthentication = [Info(agreement: .finiteField, suite: .aes128, keyID: nil)]
                }
                return Personalisation.faulty(.clonedChip, chip: image)
            }),
        ConformanceCase(
            "ISO7816_D_08", "the EC key of DG14 is not the chip's, or not on the curve", .inferred,
            .stops(.cardForged),
            setting: { Personalisation.faulty(.clonedChip, chip: try Personalisation.chip { _ in }) }),
        ConformanceCase(
            "ISO7816_D_09", "says yes to chip authentication and keeps the old keys", .inferred, .stops(.cardForged),
            setting: { Personalisation.faulty(.oldKeysKept) }),
        ConformanceCase(
            "ISO7816_D_11", "the DH parameters of DG14 are none", .inferred,
            .finding("chipAuthentication", .notDetermined, "algorithmUnsupported"),
            setting: {
                let image = try Personalisation.chip {
                    $0.finiteField = FiniteFieldGroup.rfc5114
                    $0.chipAuthentication = [Info(agreement: .finiteField, suite: .aes128, keyID: nil)]
                }
                return try Personalisation.edited(image) { files in
                    files[.dg14] = replaced(files[.dg14], FiniteFieldGroup.rfc5114.prime.suffix(32), zeros: true)
                }
            }),
        ConformanceCase(
            "ISO7816_D_12", "the curve of DG14's key is none, or its point is not on it", .inferred,
            .finding("chipAuthentication", .notDetermined, "algorithmUnsupported"),
            setting: {
                try Personalisation.edited(Personalisation.chip { _ in }) { files in
                    guard let group = files[.dg14],
                        let key = try SecurityInfos(dataGroup14: group).chipAuthenticationKeys.first?.point
                    else { return }
                    files[.dg14] = replaced(group, key.y.suffix(8), zeros: true)
                }
            }),
        ConformanceCase(
            "ISO7816_D_13", "key and info have different ids", .inferred,
            .finding("chipAuthentication", .notDetermined, "algorithmUnsupported"),
            setting: {
                let image = try Personalisation.chip { $0.chipAuthentication = [Info(suite: .aes128, keyID: 1)] }
                return try Personalisation.edited(image) { files in
                    guard let group = files[.dg14] else { return }
                    let entries = try TLV(parsing: TLV(parsing: group, tag: 0x6E).value, tag: .set).children()
                    let others = entries.map { entry -> [UInt8] in
                        // The key's entry is the long one; its id is the last byte.
                        var bytes = entry.encoded
                        if bytes.count > 60 { bytes[bytes.count - 1] = 2 }
                        return bytes
                    }
                    files[.dg14] = TLV(0x6E, DER.set(others)).encoded
                }
            }),
        ConformanceCase(
            "ISO7816_D_14", "a DH key of 2048 bits: MSE:Set KAT needs extended length", .inferred, .passes,
            setting: {
                try chip {
                    $0.finiteField = FiniteFieldGroup.rfc3526Group14
                    $0.chipAuthentication = [Info(agreement: .finiteField, suite: .tripleDES, keyID: nil)]
                }
            }),
        ConformanceCase(
            "ISO7816_D_15", "an unknown key id, with 3DES by key template and with AES", .inferred, .stops(.cardForged),
            settings: {
                try [CipherSuite.tripleDES, .aes128, .aes256].map { suite in
                    let image = try Personalisation.chip { $0.chipAuthentication = [Info(suite: suite, keyID: 3)] }
                    return Personalisation.faulty(.keyReferenceUnknown, chip: image)
                }
            }),
    ]

    /// Active authentication.
    static let iso7816F: [ConformanceCase] =
        [
            ("ISO7816_F_01", DigestAlgorithm.sha1), ("ISO7816_F_04", .sha224), ("ISO7816_F_05", .sha256),
            ("ISO7816_F_06", .sha384), ("ISO7816_F_07", .sha512),
        ].map { id, digest in
            ConformanceCase(
                id, "active authentication by RSA, ISO/IEC 9796-2, \(digest.rawValue)", .inferred, .passes,
                setting: { try chip { $0.activeAuthentication = .rsa(bits: 2_048, digest) } })
        } + [
            ConformanceCase(
                "ISO7816_F_02", "active authentication by plain ECDSA, every digest", .inferred, .passes,
                settings: {
                    try DigestAlgorithm.allCases.map { digest in
                        try chip { $0.activeAuthentication = .ellipticCurve(.brainpoolP256r1, digest) }
                    }
                }),
            ConformanceCase(
                "ISO7816_F_08", "the recovered message ends in a trailer that no hash has", .inferred,
                .finding("activeAuthentication", .failed, "signatureInvalid"),
                setting: { Personalisation.faulty(.activeWrongTrailer) }),
            ConformanceCase(
                "ISO7816_F_09", "ECDSA with an algorithm in DG14 that is none", .inferred,
                .finding("activeAuthentication", .notDetermined, "algorithmUnsupported"),
                setting: {
                    try Personalisation.edited(Personalisation.chip { _ in }) { files in
                        let known = ProtocolIdentifier.plainECDSA(.sha256)
                        files[.dg14] = replaced(files[.dg14], known[...], with: known.dropLast() + [0x7F])
                    }
                }),
        ]

    private static func chip(_ change: (inout ChipPersonalisation) -> Void) throws -> ProtocolSetting {
        ProtocolSetting(image: try Personalisation.chip(change))
    }

    private static func replaced(
        _ file: [UInt8]?, _ part: ArraySlice<UInt8>, with other: [UInt8] = [], zeros: Bool = false
    ) -> [UInt8]? {
        guard let file, let range = Data(file).range(of: Data(part)) else { return file }
        var result = file
        result.replaceSubrange(range, with: zeros ? [UInt8](repeating: 0, count: part.count) : other)
        return result
    }
}

extension FiniteFieldGroup {
    private static func bytes(_ text: String) -> [UInt8] { Hex.bytes(text.filter { !$0.isWhitespace }) ?? [] }

    /// RFC 5114, 2.1: 1024-bit prime, 160-bit order.
    static let rfc5114 = FiniteFieldGroup(
        prime: bytes(
            """
            B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C0
            13ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0
            A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371
            """),
        generator: bytes(
            """
            A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213
            160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A
            D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5
            """),
        order: bytes("F518AA8781A8DF278ABA4E7D64B7CB9D49462353"))

    /// RFC 3526, 3: the 2048-bit group.
    static let rfc3526Group14 = FiniteFieldGroup(
        prime: bytes(
            """
            FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
            EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
            EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
            83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
            E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
            15728E5A8AACAA68FFFFFFFFFFFFFFFF
            """),
        generator: [2], order: nil)
}
