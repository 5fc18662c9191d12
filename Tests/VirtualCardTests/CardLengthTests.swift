import ChipDocument
import DocumentCrypto
import StationCore
import Synchronization
import Testing

@testable import VirtualCard

/// A card that says how long commands and responses may be (ISO/IEC 7816-4, 12.1.1 and 11.2.2).
@Suite struct CardLengthTests {
    /// The virtual card behind an answer to reset and an EF.ATR/INFO that it has not itself.
    private final class SayingChannel: CardChannel {
        let answerToReset: [UInt8]
        private let attributes: [UInt8]?
        private let card: InMemoryCardChannel
        private let selected = Mutex(false)

        init(historical: [UInt8], attributes: [UInt8]?) {
            var bytes: [UInt8] = [0x3B, 0x80 | UInt8(historical.count), 0x80, 0x01] + historical
            bytes.append(bytes.dropFirst().reduce(0, ^))
            answerToReset = bytes
            self.attributes = attributes
            card = InMemoryCardChannel(CardApplet(image: TestCards.image))
        }

        var capabilities: ChannelCapabilities { card.capabilities }
        var commands: [[UInt8]] { card.commands }
        /// Longest response that the card gave, status word included.
        let longest = Mutex(0)

        func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
            if command.starts(with: [0x00, 0xA4, 0x02, 0x0C, 0x02, 0x2F, 0x01]) {
                selected.withLock { $0 = attributes != nil }
                return attributes == nil ? [0x6A, 0x82] : [0x90, 0x00]
            }
            if let attributes, selected.withLock({ $0.exchange(with: false) }) { return attributes + [0x90, 0x00] }
            let response = try await card.transmit(command)
            longest.withLock { $0 = max($0, response.count) }
            return response
        }
    }

    private func read(_ channel: SayingChannel) async throws -> DocumentReading {
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.everything),
            anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        return try await reader.read(from: channel, credential: .can(TestCards.image.cardAccessNumber))
    }

    private func extendedCommands(_ channel: SayingChannel) -> Int {
        channel.commands.count { $0.count >= 7 && $0[4] == 0 }
    }

    @Test func `a card that takes no extended length is never asked in it`() async throws {
        let channel = SayingChannel(historical: [0x80, 0x73, 0x00, 0x00, 0x00], attributes: nil)
        let reading = try await read(channel)
        #expect(reading.files[.dg2] == TestCards.image.files[.dg2])
        #expect(extendedCommands(channel) == 0)
    }

    @Test func `lengths of EF_ATR_INFO bound what is asked for`() async throws {
        let lengths: [UInt8] = [0x7F, 0x66, 0x08, 0x02, 0x02, 0x04, 0x00, 0x02, 0x02, 0x03, 0x00]
        let channel = SayingChannel(historical: [0x80, 0x73, 0x00, 0x00, 0x60], attributes: lengths)
        let reading = try await read(channel)
        #expect(reading.findings.combined == .passed)
        #expect(extendedCommands(channel) > 0)
        #expect(channel.longest.withLock { $0 } <= 0x300)
    }

    @Test(arguments: [nil, [0x7F, 0x66, 0x01], [0x00]] as [[UInt8]?])
    func `an EF_ATR_INFO that is absent or none hinders nothing`(attributes: [UInt8]?) async throws {
        let channel = SayingChannel(historical: [0x80, 0x73, 0x00, 0x00, 0x60], attributes: attributes)
        #expect(try await read(channel).findings.combined == .passed)
    }
}

extension Bool {
    fileprivate mutating func exchange(with value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
