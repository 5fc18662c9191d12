// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import ChipDocument
import StationCore
import Testing

@testable import VirtualCard

/// Offsets, lengths and their status words.
@Suite struct CardReadingTests {
    private let dg2 = TestCards.image.files[.dg2]!

    @Test func `offsets by short identifier, by current file, and past the end`() throws {
        var terminal = try TestTerminal.opened()
        #expect(try terminal.read(.dg2, at: 200, count: 100).data == Array(dg2[200..<300]))
        // The short identifier made the file current.
        #expect(try terminal.read(at: 0x1234, count: 100).data == Array(dg2[0x1234..<0x1234 + 100]))
        let end = try terminal.read(at: dg2.count - 10, count: 100)
        #expect(end == ResponseAPDU(data: Array(dg2.suffix(10)), status: .endOfFile))
        // Le 00 asks for all there is: reaching the end is no warning then.
        let all = try terminal.read(at: dg2.count - 10, count: 256)
        #expect(all == ResponseAPDU(data: Array(dg2.suffix(10)), status: .success))
        #expect(try terminal.read(at: dg2.count - 10, count: 10).status == .success)
        #expect(try terminal.read(at: dg2.count, count: 1).status == .wrongParameters)
        #expect(try terminal.read(at: 0x7FFF, count: 1).status == .wrongParameters)
    }

    @Test func `extended length brings a whole file at once`() throws {
        var terminal = try TestTerminal.opened()
        let all = try terminal.read(.dg2, count: 65_536, extended: true)
        #expect(all == ResponseAPDU(data: dg2, status: .success))
        let part = try terminal.read(at: 0, count: 4_096, extended: true)
        #expect(part == ResponseAPDU(data: Array(dg2[..<4_096]), status: .success))
        let beyond = try terminal.read(at: 0, count: 20_000, extended: true)
        #expect(beyond == ResponseAPDU(data: dg2, status: .endOfFile))
    }

    @Test(arguments: [true, false])
    func `a long protected answer to a short command is fetched by GET RESPONSE`(bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        let command = CommandAPDU(ins: 0xB0, p1: 0x82, p2: 0, expectedLength: 256)
        let head = try ResponseAPDU(
            parsing: terminal.card.process(#require(terminal.session).protected(command)))
        #expect(head.data.count == 256)
        let remaining = try #require(head.status.remainingBytes)
        // Too much is corrected, exactly enough is given, and then there is nothing more.
        #expect(try terminal.raw("00C00000FF").status.correctLength == remaining)
        let rest = try terminal.raw("00C00000" + Hex.text([UInt8(remaining)]))
        #expect(rest.data.count == remaining && rest.status == .success)
        #expect(try terminal.raw("00C0000001").status == .secureMessagingMissing)
        var again = try TestTerminal.opened(bac: bac)
        #expect(try again.read(.dg2, count: 256).data == Array(dg2[..<256]))
    }

    @Test func `the odd instruction reads by offset object`() throws {
        var terminal = try TestTerminal.opened()
        func odd(_ p2: UInt8, _ data: [UInt8], _ count: Int) throws -> ResponseAPDU {
            try terminal.send(CommandAPDU(ins: 0xB1, p1: 0, p2: p2, data: data, expectedLength: count))
        }
        #expect(try odd(0, [0x54, 1, 0], 16).status.rawValue == Status.noCurrentFile)
        #expect(try odd(2, [0x54, 1, 0], 18).data == [0x53, 16] + dg2[..<16])
        #expect(try odd(0, [0x54, 2, 0x12, 0x34], 18).data == [0x53, 16] + dg2[0x1234..<0x1244])
        let last = dg2.count - 4
        let end = try odd(0, [0x54, 2, UInt8(last >> 8), UInt8(last & 0xFF)], 100)
        #expect(end == ResponseAPDU(data: [0x53, 4] + dg2.suffix(4), status: .endOfFile))
        #expect(try odd(0, [0x54, 3, 1, 0, 0], 16).status == .wrongParameters)
        let wrong: [[UInt8]] = [[], [0x54, 0], [0x55, 1, 0], [0x54, 4, 0, 0, 0, 0], [0x54, 1, 0, 0]]
        for data in wrong { #expect(try odd(2, data, 16).status == .incorrectParameters) }
    }

    @Test func `a wrong expected length of a fixed answer is corrected`() throws {
        var terminal = TestTerminal()
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.raw("0084000010").status.rawValue == 0x6C08)
        #expect(try terminal.raw("00840000").status == .wrongLength)
        #expect(try terminal.raw("0084000008").data.count == 8)
    }

    @Test func `a card without extended length says so and drops the session`() throws {
        var terminal = try TestTerminal.opened([.shortLengthOnly])
        #expect(try terminal.read(.dg1, count: 16).status == .success)
        #expect(try terminal.raw("0CB08100 00000D 9701008E080000000000000000 0000").status == .wrongLength)
        terminal.session = nil
        #expect(try terminal.read(.dg1, count: 16).status == .securityStatusNotSatisfied)
    }
}
