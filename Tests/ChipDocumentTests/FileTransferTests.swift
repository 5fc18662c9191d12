import StationCore
import Synchronization
import Testing

@testable import ChipDocument

/// A card with one readable file and no access control, with the manners that cards of the field have.
final class PlainCard: CardChannel {
    enum Manner: CaseIterable {
        /// Gives what is left and 9000.
        case generous
        /// Gives what is left and 6282.
        case warns
        /// Answers 6Cxx when asked for more than is left (6700 where xx cannot say it).
        case corrects
        /// Answers 6700 when asked for more than is left.
        case refusesLength
        /// Answers 6B00 when asked for more than is left.
        case refusesParameters
        /// Gives at most 100 bytes at a time.
        case givesLittle
        /// Hands everything out by 61xx and GET RESPONSE, 64 bytes at a time.
        case chains
        /// Refuses extended APDUs.
        case shortOnly
        /// Pads the file's end with zeros.
        case pads
    }

    let capabilities: ChannelCapabilities
    private let file: [UInt8]
    private let manner: Manner
    private let waiting = Mutex<[UInt8]>([])
    let count = Mutex(0)

    init(_ file: [UInt8], _ manner: Manner, capabilities: ChannelCapabilities = .extended) {
        self.file = manner == .pads ? file + [UInt8](repeating: 0, count: 300) : file
        self.manner = manner
        self.capabilities = capabilities
    }

    func transmit(_ bytes: [UInt8]) async throws(Failure) -> [UInt8] {
        count.withLock { $0 += 1 }
        let (command, extended) = try CommandAPDU.parse(bytes)
        if manner == .shortOnly, extended { return [0x67, 0x00] }
        switch command.ins {
        case 0xc0: return waiting.withLock { deliver(&$0) }
        case 0xb0:
            let offset = command.p1 & 0x80 != 0 ? 0 : Int(command.p1) << 8 | Int(command.p2)
            return read(offset, command.expectedLength ?? 0)
        case 0xb1:
            let object = try TLV(parsing: command.data, tag: 0x54)
            let offset = object.value.reduce(0) { $0 << 8 | Int($1) }
            guard offset < file.count else { return [0x6b, 0x00] }
            let wanted = max(0, (command.expectedLength ?? 0) - 4)
            return TLV(0x53, Array(file[offset..<min(offset + wanted, file.count)])).encoded + [0x90, 0x00]
        default: return [0x6d, 0x00]
        }
    }

    private func read(_ offset: Int, _ wanted: Int) -> [UInt8] {
        guard offset < file.count else { return [0x6b, 0x00] }
        let left = file.count - offset
        let data = Array(file[offset..<min(offset + wanted, file.count)])
        switch manner {
        case .warns where wanted > left: return data + [0x62, 0x82]
        case .corrects where wanted > left: return left < 256 ? [0x6c, UInt8(left)] : [0x67, 0x00]
        case .refusesLength where wanted > left: return [0x67, 0x00]
        case .refusesParameters where wanted > left: return [0x6b, 0x00]
        case .givesLittle: return Array(data.prefix(100)) + [0x90, 0x00]
        case .chains:
            return waiting.withLock { waiting in
                waiting = data
                return deliver(&waiting)
            }
        default: return data + [0x90, 0x00]
        }
    }

    private func deliver(_ waiting: inout [UInt8]) -> [UInt8] {
        let part = Array(waiting.prefix(64))
        waiting = Array(waiting.dropFirst(64))
        return part + (waiting.isEmpty ? [0x90, 0x00] : [0x61, UInt8(min(waiting.count, 64))])
    }
}

@Suite struct FileTransferTests {
    func read(_ card: PlainCard, tag: UInt8 = 0x75) async throws -> FileTransfer.Outcome {
        let session = await CardSession(channel: card, clock: SystemClock(), plan: ReadPlan(files: [], limit: .seconds(60)), credential: .can)
        var transfer = FileTransfer(session: session)
        return try await transfer.read(.short(2), tag: tag)
    }

    static func file(_ length: Int) -> [UInt8] {
        TLV(0x75, (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }).encoded
    }

    @Test(arguments: PlainCard.Manner.allCases, [0, 1, 5, 100, 126, 300, 5_000, 40_000])
    func `every manner and length gives the file`(manner: PlainCard.Manner, length: Int) async throws {
        let file = Self.file(length)
        for capabilities in [ChannelCapabilities.extended, .short] {
            let card = PlainCard(file, manner, capabilities: capabilities)
            guard case .file(let bytes) = try await read(card) else {
                Issue.record("refused")
                continue
            }
            #expect(bytes == file)
        }
    }

    @Test func `one command for a file that fits one answer`() async throws {
        let card = PlainCard(Self.file(2_000), .generous)
        _ = try await read(card)
        #expect(card.count.withLock { $0 } == 1)
    }

    @Test func `wrong tag, endless header, lying length and empty answers end`() async throws {
        await expectFailure(.cardDataMalformed) { _ = try await read(PlainCard(Self.file(10), .generous), tag: 0x61) }
        await expectFailure(.cardDataTooLarge) {
            _ = try await read(
                PlainCard([0x75, 0x83, 0x01, 0x00, 0x00] + [UInt8](repeating: 1, count: 5_000), .generous)
            )
        }
        await expectFailure(.cardDataMalformed) { _ = try await read(PlainCard([0x75, 0x80, 0, 0], .generous)) }
        // Says 1,000 bytes, has 500.
        await expectFailure(.cardProtocolError) {
            _ = try await read(PlainCard(Array(Self.file(1_000).prefix(500)), .generous))
        }
        await expectFailure(.cardProtocolError) { _ = try await read(PlainCard([0x75], .generous)) }
    }

    @Test func `a card that goes on with 61xx for ever is stopped`() async throws {
        struct Endless: CardChannel {
            var capabilities: ChannelCapabilities { .short }
            func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] { [0x75, 0x61, 0x01] }
        }
        await expectFailure(.cardDataTooLarge) {
            let session = await CardSession(channel: Endless(), clock: SystemClock(), plan: ReadPlan(files: [], limit: .seconds(60)), credential: .can)
            var transfer = FileTransfer(session: session)
            _ = try await transfer.read(.short(2), tag: 0x75)
        }
    }

    @Test func `a refused file is no error`() async throws {
        struct Refusing: CardChannel {
            var capabilities: ChannelCapabilities { .extended }
            func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] { [0x6a, 0x82] }
        }
        let session = await CardSession(channel: Refusing(), clock: SystemClock(), plan: ReadPlan(files: [], limit: .seconds(60)), credential: .can)
        var transfer = FileTransfer(session: session)
        guard case .refused(.fileNotFound) = try await transfer.read(.short(2), tag: 0x75) else {
            Issue.record("not refused")
            return
        }
    }
}
