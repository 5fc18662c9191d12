import ChipDocument
import DocumentCrypto
import StationCore

@testable import VirtualCard

extension ConformanceCases {
    /// Selection of the application.
    static let iso7816A: [ConformanceCase] = [
        ConformanceCase(
            "ISO7816_A_02", "opens by BAC", .inferred, .passes, setting: { Personalisation.basicAccess() }),
        ConformanceCase(
            "ISO7816_A_03", "EF.CardAccess and no eMRTD application", .inferred, .stops(.cardNotDocument),
            setting: { Personalisation.faulty(.applicationAbsent) }),
    ]

    /// BAC and secure messaging.
    static let iso7816B: [ConformanceCase] = [
        ConformanceCase(
            "ISO7816_B_01", "EXTERNAL AUTHENTICATE answered with a wrong MAC", .inferred, .stops(.cardProtocolError),
            setting: { Personalisation.basicAccess(.bacWrongMAC) }),
        ConformanceCase(
            "ISO7816_B_02", "EXTERNAL AUTHENTICATE answered without our nonce, its MAC right", .inferred,
            .stops(.cardProtocolError), setting: { Personalisation.basicAccess(.bacWrongCryptogram) }),
        ConformanceCase(
            "ISO7816_B_03", "EXTERNAL AUTHENTICATE refused with 6300", .inferred, .stops(.cardWrongCredential),
            setting: { Personalisation.basicAccess(.bacRefused) }),
        ConformanceCase(
            "ISO7816_B_04", "READ BINARY answered with a plain 6988", .inferred, .stops(.cardSessionBroken),
            settings: { both(.messagingError) }),
        ConformanceCase(
            "ISO7816_B_05", "READ BINARY answered without MAC", .inferred, .stops(.cardSessionBroken),
            settings: { both(.messagingWithoutMAC) }),
        ConformanceCase(
            "ISO7816_B_06", "READ BINARY answered without cryptogram", .inferred, .stops(.cardProtocolError),
            settings: { both(.messagingWithoutCryptogram) }),
        ConformanceCase(
            "ISO7816_B_07", "READ BINARY answered without protected status", .inferred, .stops(.cardSessionBroken),
            settings: { both(.messagingWithoutStatus) }),
        ConformanceCase(
            "ISO7816_B_08", "every answer with a wrong MAC", .inferred, .stops(.cardSessionBroken),
            settings: { both(.wrongMAC) }),
        ConformanceCase(
            "ISO7816_B_09", "READ BINARY answered with an altered cryptogram, its MAC right", .inferred,
            .stops(.cardSessionBroken), settings: { both(.messagingWrongCryptogram) }),
    ]

    /// The same fault with 3DES after BAC and with AES after PACE.
    private static func both(_ fault: Fault) -> [ProtocolSetting] {
        [Personalisation.basicAccess(fault), Personalisation.faulty(fault)]
    }

    /// Reading of files.
    static let iso7816C: [ConformanceCase] = [
        ConformanceCase(
            "ISO7816_C_01", "EF.COM and EF.SOD list DG15, which is not there", .inferred,
            .finding("dataGroupsComplete", .failed, "dataGroupAbsent"),
            setting: {
                var image = Personalisation.plain
                image.files[.dg15] = nil
                return ProtocolSetting(image: image)
            }),
        ConformanceCase(
            "ISO7816_C_02", "DG2 of more than 32 kB", .inferred, .passes, settings: { try largePortrait() }),
        ConformanceCase(
            "ISO7816_C_03", "DG2 ends before its announced length", .inferred, .stops(.cardProtocolError),
            setting: { try shortPortrait() }),
        ConformanceCase(
            "ISO7816_C_04", "the same, and reads past the end answer 6B00", .inferred, .stops(.cardProtocolError),
            demand: .open,
            setting: { try shortPortrait(.endOfFileRefused) }),
        ConformanceCase(
            "ISO7816_C_05", "every file's last read answers 6282 with the rest", .inferred, .passes, demand: .open,
            setting: { ProtocolSetting(image: Personalisation.plain) }),
        ConformanceCase(
            "ISO7816_C_06", "reads past the end answer 6Cxx", .inferred, .passes, demand: .open,
            setting: { Personalisation.faulty(.endOfFileCorrected) }),
        ConformanceCase(
            "ISO7816_C_07", "DG2 beyond 32 kB only by READ BINARY with odd instruction", .inferred, .passes,
            settings: { try largePortrait() }),
        ConformanceCase(
            "ISO7816_C_08", "DG2 with an image of no bytes", .inferred, .refusesPortrait(.cardDataMalformed),
            demand: .open,
            setting: {
                try Personalisation.edited { files in
                    files[.dg2] = DataGroupWriter.dataGroup2(portrait: [], width: 0, height: 0)
                }
            }),
    ]

    private static func largePortrait() throws -> [ProtocolSetting] {
        let setting = try Personalisation.edited { files in
            let padding = [UInt8](repeating: 0, count: 40_000 - SyntheticPortrait.bytes.count)
            files[.dg2] = DataGroupWriter.dataGroup2(
                portrait: SyntheticPortrait.bytes + padding, width: SyntheticPortrait.width,
                height: SyntheticPortrait.height)
        }
        var short = setting
        short.capabilities = .short
        return [setting, short]
    }

    private static func shortPortrait(_ faults: Fault...) throws -> ProtocolSetting {
        var setting = try Personalisation.edited { files in files[.dg2] = files[.dg2].map { Array($0.prefix(300)) } }
        setting.image.faults.formUnion(faults)
        return setting
    }
}
