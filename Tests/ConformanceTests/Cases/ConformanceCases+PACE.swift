import ChipDocument
import DocumentCrypto
import StationCore

@testable import VirtualCard

extension ConformanceCases {
    /// PACE.
    static let iso7816G: [ConformanceCase] = pace + mapping

    private static let pace: [ConformanceCase] = [
        ConformanceCase(
            "ISO7816_G_01", "PACE by generic mapping, 3DES, brainpoolP256r1", .inferred, .passes,
            setting: { try opening(info(.generic, .tripleDES)) }),
        ConformanceCase(
            "ISO7816_G_02", "generic mapping with the parameters 8 to 18", .inferred, .passes,
            settings: { try NamedCurve.allCases.map { try opening(info(.generic, .aes128, $0)) } }),
        ConformanceCase(
            "ISO7816_G_03", "integrated mapping with the parameters 8 to 18 (10 has none)", .inferred, .passes,
            settings: {
                try NamedCurve.allCases.filter { $0 != .secp224r1 }.map { try opening(info(.integrated, .aes128, $0)) }
            }),
        ConformanceCase(
            "ISO7816_G_04", "generic and integrated mapping with every cipher", .inferred, .passes,
            settings: {
                try [PACEMapping.generic, .integrated].flatMap { mapping in
                    try CipherSuite.allCases.map { try opening(info(mapping, $0)) }
                }
            }),
        ConformanceCase(
            "ISO7816_G_05", "EF.CardAccess with entries that nobody knows", .inferred, .passes,
            setting: {
                let unknown = TLV(.sequence, [TLV(.objectIdentifier, [0x2A, 0x03, 0x04]), TLV(.integer, [1])])
                return try Personalisation.announcing([unknown, info(.generic, .aes128).encoded])
            }),
        ConformanceCase(
            "ISO7816_G_06", "several ways of PACE to choose among", .inferred, .passes,
            setting: {
                ProtocolSetting(
                    image: try Personalisation.chip {
                        $0.pace = [
                            info(.generic, .tripleDES, .brainpoolP256r1), info(.generic, .aes128, .secp256r1),
                            info(.generic, .aes128, .brainpoolP384r1), info(.integrated, .aes256),
                        ]
                    })
            }),
        ConformanceCase(
            "ISO7816_G_07", "two ways, one with parameters of its own", .inferred, .passes,
            setting: {
                try Personalisation.announcing([
                    PACEInfo(mapping: .generic, suite: .aes128, parameterID: 40).encoded,
                    info(.generic, .aes128).encoded,
                ])
            }),
        failing("ISO7816_G_08", "MSE:Set AT refused", .paceTemplateRefused, .cardAccessRefused),
        failing("ISO7816_G_09", "nonce altered", .paceNonceAltered, .cardWrongCredential),
        ConformanceCase(
            "ISO7816_G_10", "step 1 answered with an error, or cut", .inferred, .stops(.cardProtocolError),
            settings: { [Personalisation.faulty(.paceError1), Personalisation.faulty(.paceMalformed1)] }),
        failing("ISO7816_G_11", "step 1 with tag 90", .paceTag1),
        failing("ISO7816_G_12", "step 2 cut", .paceMalformed2),
        failing("ISO7816_G_13", "step 2 with tag 92", .paceTag2),
        failing("ISO7816_G_14", "step 2 answered with an error, generic mapping", .paceError2),
        ConformanceCase(
            "ISO7816_G_15", "step 2 answered with an error, integrated mapping", .inferred, .stops(.cardProtocolError),
            setting: {
                let image = try Personalisation.chip { $0.pace = [info(.integrated, .aes128)] }
                return Personalisation.faulty(.paceError2, chip: image)
            }),
        failing("ISO7816_G_16", "the mapping key is not on the curve", .paceMappingOffCurve),
        failing("ISO7816_G_18", "step 3 cut", .paceMalformed3),
        failing("ISO7816_G_19", "step 3 with tag 94", .paceTag3),
        failing("ISO7816_G_20", "step 3 answered with an error", .paceError3),
        failing("ISO7816_G_21", "the ephemeral key is not on the curve", .paceEphemeralOffCurve),
        failing("ISO7816_G_23", "the ephemeral key is ours", .paceEphemeralEchoed),
        ConformanceCase(
            "ISO7816_G_24", "step 4 cut, or with a wrong token", .inferred, .stops(.cardProtocolError),
            settings: { [Personalisation.faulty(.paceMalformed4), Personalisation.faulty(.paceWrongToken)] }),
        failing("ISO7816_G_25", "step 4 with tag 96", .paceTag4),
        failing("ISO7816_G_26", "step 4 answered with 6300", .paceError4, .cardWrongCredential),
        ConformanceCase(
            "ISO7816_G_27", "EF.CardAccess with a wrong length", .inferred, .stops(.cardDataMalformed),
            setting: {
                try Personalisation.edited { files in
                    guard var file = files[.cardAccess] else { return }
                    file[3] += 1
                    files[.cardAccess] = file
                }
            }),
        ConformanceCase(
            "ISO7816_G_28", "parameters outside the standardized ones, without their description", .inferred,
            .stops(.cardUnsupported),
            settings: {
                try [3, 7, 19, 31].map { parameter in
                    try Personalisation.announcing([
                        PACEInfo(mapping: .generic, suite: .aes128, parameterID: parameter).encoded
                    ])
                }
            }),
    ]

    /// Chip authentication mapping.
    private static let mapping: [ConformanceCase] = [
        failingMapping("ISO7816_G_29", "no DO'8A' at the end", .mappingWithoutData),
        failingMapping("ISO7816_G_30", "DO'8A' decrypts to something unpadded", .mappingUnpadded),
        failingMapping("ISO7816_G_31", "DO'8A' of another key", .mappingOfAnotherKey),
        failingMapping("ISO7816_G_32", "the data in DO'8B'", .mappingWrongTag),
        failingMapping("ISO7816_G_33", "an empty DO'8A'", .mappingEmpty),
        ConformanceCase(
            "ISO7816_G_34", "chip authentication mapping, EF.CardSecurity signed", .inferred, .passes,
            setting: { ProtocolSetting(image: try mappingChip()) }),
        failing("ISO7816_G_35", "generic mapping with a DO'8A' all the same", .mappingUninvited, demand: .open),
        ConformanceCase(
            "ISO7816_G_36", "a chip authentication mapping over DH, which does not exist, beside generic mapping",
            .stated, .passes,
            setting: {
                let invalid = TLV(
                    .sequence,
                    [
                        TLV(.objectIdentifier, [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x05, 0x02]),
                        TLV(.integer, [2]), TLV(.integer, [13]),
                    ])
                return try Personalisation.announcing([invalid, info(.generic, .aes128).encoded])
            }),
        ConformanceCase(
            "ISO7816_G_38", "DG14 does not confirm what EF.CardAccess announces", .inferred,
            .finding("cardAccessAgainstDG14", .failed, "paceDiffers"),
            setting: {
                try Personalisation.announcing(
                    [info(.generic, .aes128).encoded, info(.generic, .tripleDES).encoded], confirmed: false)
            }),
        ConformanceCase(
            "ISO7816_G_39", "EF.CardSecurity, well signed, with another key", .inferred,
            .finding("chipAuthenticationMapping", .failed, "keyMismatch"),
            setting: {
                var image = try mappingChip()
                image.files[.cardSecurity] = try mappingChip().files[.cardSecurity]
                return ProtocolSetting(image: image)
            }),
        ConformanceCase(
            "ISO7816_G_40", "EF.CardSecurity, well signed, without a key for the curve", .inferred,
            .finding("chipAuthenticationMapping", .failed, "keyAbsent"),
            setting: {
                var image = try mappingChip()
                let other = try Personalisation.chip {
                    $0.pace = [info(.chipAuthentication, .aes128)]
                    $0.chipCurve = .secp384r1
                }
                image.files[.cardSecurity] = other.files[.cardSecurity]
                return ProtocolSetting(image: image)
            }),
        ConformanceCase(
            "ISO7816_G_41", "chip authentication mapping with the parameters 8 to 18 and every AES", .inferred, .passes,
            settings: {
                try NamedCurve.allCases.flatMap { curve in
                    try [CipherSuite.aes128, .aes192, .aes256].map { suite in
                        ProtocolSetting(
                            image: try Personalisation.chip {
                                $0.pace = [info(.chipAuthentication, suite, curve)]
                                $0.chipCurve = curve
                            })
                    }
                }
            }),
    ]

    private static func info(
        _ mapping: PACEMapping, _ suite: CipherSuite, _ curve: NamedCurve = .brainpoolP256r1
    ) -> PACEInfo {
        PACEInfo(mapping: mapping, suite: suite, parameterID: curve.rawValue)
    }

    private static func opening(_ info: PACEInfo) throws -> ProtocolSetting {
        ProtocolSetting(image: try Personalisation.chip { $0.pace = [info] })
    }

    private static func mappingChip() throws -> CardImage {
        try Personalisation.chip { $0.pace = [info(.chipAuthentication, .aes128)] }
    }

    private static func failing(
        _ id: String, _ card: String, _ fault: Fault, _ code: FailureCode = .cardProtocolError,
        demand: ConformanceCase.Demand = .fail
    ) -> ConformanceCase {
        ConformanceCase(id, card, .inferred, .stops(code), demand: demand, setting: { Personalisation.faulty(fault) })
    }

    private static func failingMapping(_ id: String, _ card: String, _ fault: Fault) -> ConformanceCase {
        ConformanceCase(
            id, "chip authentication mapping: \(card)", .inferred,
            fault == .mappingOfAnotherKey
                ? .finding("chipAuthenticationMapping", .failed, "keyMismatch") : .stops(.cardProtocolError),
            setting: { Personalisation.faulty(fault, chip: try mappingChip()) })
    }
}
