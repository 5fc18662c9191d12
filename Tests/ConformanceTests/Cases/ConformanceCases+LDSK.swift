import ChipDocument
import StationCore
import VirtualCard

extension ConformanceCases {
    private static let notRead =
        "EF.ATR/INFO is not read: citizen cards have no master file; lengths are tried out, so a wrong file does no harm"

    /// EF.ATR/INFO: what lengths the card says it takes.
    static let ldsK: [ConformanceCase] = [
        transmission("LDS_K_01", .pass, "EF.ATR/INFO states both lengths in two bytes", "7f66080202078002020780"),
        transmission("LDS_K_02", .pass, "EF.ATR/INFO states both lengths in three bytes", "7f660a02030100000203010000"),
        transmission("LDS_K_03", .fail, "EF.ATR/INFO states one length only", "7f660402020780", deviation: notRead),
        transmission(
            "LDS_K_04", .fail, "EF.ATR/INFO has tag 7F65 in place of 7F66", "7f65080202078002020780",
            deviation: notRead),
    ]

    private static func transmission(
        _ id: String, _ demand: ConformanceCase.Demand, _ card: String, _ file: String, deviation: String? = nil
    ) -> ConformanceCase {
        // The bytes of K_02 are lost in the public text.
        ConformanceCase(
            id, id == "LDS_K_02" ? .inferred : .stated, demand, card, expect: .passes, deviation: deviation,
            present: {
                let inner = try PersonalisationEditor().subject()
                let channel = TransmissionInfoChannel(card: inner.channel, file: Hex.bytes(file) ?? [])
                return ConformanceSubject(channel: channel, credential: inner.credential, anchors: inner.anchors)
            })
    }
}

/// A card that has EF.ATR/INFO (2F01) below its master file, readable by anybody before access.
final class TransmissionInfoChannel: CardChannel {
    private let card: any CardChannel
    private let file: [UInt8]

    init(card: any CardChannel, file: [UInt8]) {
        self.card = card
        self.file = file
    }

    var capabilities: ChannelCapabilities { get async { await card.capabilities } }

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        // SELECT 2F01, answered by the file at once, or READ BINARY with its short identifier.
        let isSelect =
            command.starts(with: [0x00, 0xa4]) && command.contains(0x2f) && command.suffix(2) == [0x2f, 0x01]
        if isSelect { return [0x90, 0x00] }
        if command.starts(with: [0x00, 0xb0, 0x81]) { return file + [0x90, 0x00] }
        return try await card.transmit(command)
    }
}
