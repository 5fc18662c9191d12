import ChipDocument
import StationCore
import Synchronization
import VirtualCard

extension ConformanceCases {
    private static let saysNothing =
        "a wrong EF.ATR/INFO says nothing, and lengths are found out by trial: it does no harm"

    /// EF.ATR/INFO: what lengths the card says it takes.
    static let ldsK: [ConformanceCase] = [
        transmission("LDS_K_01", .pass, "EF.ATR/INFO states both lengths in two bytes", "7f66080202078002020780"),
        transmission("LDS_K_02", .pass, "EF.ATR/INFO states both lengths in three bytes", "7f660a02030100000203010000"),
        transmission("LDS_K_03", .fail, "EF.ATR/INFO states one length only", "7f660402020780", deviation: saysNothing),
        transmission(
            "LDS_K_04", .fail, "EF.ATR/INFO has tag 7F65 in place of 7F66", "7f65080202078002020780",
            deviation: saysNothing),
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
                var subject = ConformanceSubject(
                    channel: channel, credential: inner.credential, anchors: inner.anchors)
                subject.complaint = { channel.wasRead ? nil : "EF.ATR/INFO was not read" }
                return subject
            })
    }
}

/// A card whose answer to reset points to EF.ATR/INFO (2F01), which anybody can read before access.
final class TransmissionInfoChannel: CardChannel {
    private struct State {
        var isSelected = false
        var wasRead = false
    }

    private let card: any CardChannel
    private let file: [UInt8]
    private let state = Mutex(State())

    init(card: any CardChannel, file: [UInt8]) {
        self.card = card
        self.file = file
    }

    var wasRead: Bool { state.withLock { $0.wasRead } }

    var capabilities: ChannelCapabilities { get async { await card.capabilities } }

    /// Historical bytes with card capabilities: extended lengths, and EF.ATR/INFO says how long (ISO/IEC 7816-4, 12.1.1.9).
    var answerToReset: [UInt8] { get async { [0x3b, 0x05, 0x80, 0x73, 0x00, 0x00, 0x60] } }

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let answer: [UInt8]? = state.withLock { state in
            let isSelect = command.starts(with: [0x00, 0xa4, 0x02, 0x0c]) && command.contains(0x2f)
            defer { state.isSelected = isSelect }
            if isSelect { return [0x90, 0x00] }
            guard state.isSelected, command.starts(with: [0x00, 0xb0]) else { return nil }
            state.wasRead = true
            return file + [0x90, 0x00]
        }
        if let answer { return answer }
        return try await card.transmit(command)
    }
}
