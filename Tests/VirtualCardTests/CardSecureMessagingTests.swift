import ChipDocument
import StationCore
import Testing

@testable import VirtualCard

/// The card's session dies with the first thing that is wrong, and access dies with it.
@Suite struct CardSecureMessagingTests {
    private static let read = CommandAPDU(ins: 0xB0, p1: 0x81, p2: 0, expectedLength: 16)

    /// The card refuses the bytes and everything after them.
    private func expectDeath(_ terminal: inout TestTerminal, by bytes: [UInt8], status: UInt16) throws {
        let refusal = try ResponseAPDU(parsing: terminal.card.process(bytes))
        #expect(refusal == ResponseAPDU(status: StatusWord(rawValue: status)))
        // A well-formed protected command does not revive the session, a plain one finds the file closed.
        let late = try #require(terminal.session).protected(Self.read)
        #expect(try ResponseAPDU(parsing: terminal.card.process(late)).status == .classNotSupported)
        terminal.session = nil
        #expect(try terminal.read(.dg1, count: 16).status == .securityStatusNotSatisfied)
    }

    @Test(arguments: [true, false])
    func `a correct command is answered again and again`(bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        for _ in 0..<300 { #expect(try terminal.read(.dg1, count: 16).data.count == 16) }
    }

    @Test(arguments: [true, false])
    func `a flipped bit anywhere in a protected command ends the session`(bac: Bool) throws {
        let opened = try TestTerminal.opened(bac: bac)
        let good = try #require(opened.session).protected(Self.read)
        // Position 4 is Lc and the last is Le: lengths of the transport, which no code covers.
        for position in 0..<good.count - 1 where position != 4 {
            var terminal = opened
            var bytes = good
            bytes[position] ^= position == 0 ? 0x80 : 1
            let answer = try ResponseAPDU(parsing: terminal.card.process(bytes))
            #expect([0x6987, 0x6988].contains(answer.status.rawValue) && answer.data.isEmpty, "position \(position)")
            terminal.session = nil
            #expect(try terminal.read(.dg1, count: 16).status == .securityStatusNotSatisfied)
        }
    }

    @Test(arguments: [true, false])
    func `a plain command ends the session`(bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        try expectDeath(&terminal, by: Self.read.encoded(), status: Status.protectionMissing)
    }

    @Test(arguments: [true, false])
    func `a repeated command, and one whose predecessor was lost, end the session`(bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        let bytes = try #require(terminal.session).protected(Self.read)
        #expect(try ResponseAPDU(parsing: terminal.card.process(bytes)).status == .success)
        try expectDeath(&terminal, by: bytes, status: Status.protectionWrong)
        var other = try TestTerminal.opened(bac: bac)
        _ = try other.session?.protect(Self.read, extended: false)
        let skipped = try #require(other.session).protected(Self.read)
        try expectDeath(&other, by: skipped, status: Status.protectionWrong)
    }

    @Test(arguments: [
        ("970110", Status.protectionMissing), ("", Status.protectionMissing),
        ("8E080000000000000000", Status.protectionWrong), ("8E0400000000", Status.protectionWrong),
        ("8E080000000000000000970110", Status.protectionWrong), ("9701108E08000000", Status.protectionWrong),
        ("9701109701108E080000000000000000", Status.protectionWrong),
        ("990290008E080000000000000000", Status.protectionWrong),
    ])
    func `objects missing, cut, doubled, misplaced, foreign`(objects: String, status: UInt16) throws {
        var terminal = try TestTerminal.opened()
        let data = try #require(Hex.bytes(objects))
        let command = CommandAPDU(cla: 0x0C, ins: 0xB0, p1: 0x81, p2: 0, data: data, expectedLength: 256)
        try expectDeath(&terminal, by: command.encoded(), status: status)
    }

    @Test func `malformed lengths end the session`() throws {
        var terminal = try TestTerminal.opened()
        try expectDeath(&terminal, by: [0x0C, 0xB0, 0x81, 0x00, 0x05, 0x97], status: Status.wrongLength)
    }

    @Test(arguments: [true, false])
    func `errors travel protected and the session goes on`(bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        #expect(try terminal.select(.dg11) == .fileNotFound)
        // Neither data nor expected length: the code covers the header alone.
        #expect(try terminal.send(CommandAPDU(ins: 0xCA)).status == .instructionNotSupported)
        #expect(try terminal.read(.dg1, count: 16).data.count == 16)
    }

    @Test func `PACE and BAC are refused inside a session`() throws {
        var terminal = try TestTerminal.opened()
        #expect(try terminal.basicAccess() == .conditionsNotSatisfied)
        let data = try #require(Hex.bytes("800A04007F00070202040202830102"))
        let again = CommandAPDU(ins: 0x22, p1: 0xC1, p2: 0xA4, data: data)
        #expect(try terminal.send(again).status == .conditionsNotSatisfied)
    }

    @Test func `the fault wrong-mac is noticed by a reader`() throws {
        var terminal = TestTerminal([.wrongMAC])
        #expect(try terminal.pace(TestTerminal.can()) == .success)
        #expect(throws: SecureMessagingFault.objectsIncorrect) { try terminal.selectApplication() }
    }

    @Test func `random commands never crash the card nor open a file`() throws {
        var generator = SeededGenerator(seed: 99)
        var card = TestCards.applet()
        let secret = Array(try #require(TestCards.image.files[.dg13]).prefix(24))
        for round in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if count > 4, round.isMultiple(of: 2) {
                bytes[0] = generator.pick([0x00, 0x0C, 0x10])
                bytes[1] = generator.pick([0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x22, 0x86, 0x88, 0xC0])
                bytes[4] = UInt8(count - 5)
            }
            let answer = card.process(bytes)
            #expect(answer.count >= 2 && !answer.starts(with: secret))
        }
    }

    @Test(arguments: [true, false])
    func `mutated protected commands are never obeyed`(bac: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        let opened = try TestTerminal.opened(bac: bac)
        let good = try #require(opened.session).protected(Self.read)
        for _ in 0..<5_000 {
            var card = opened.card
            var bytes = good
            let position = Int.random(in: 5..<bytes.count - 1, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[position] ^= UInt8.random(in: 1...255, using: &generator)
            case 1: bytes.remove(at: position)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
            }
            // A code that ends in 00 takes the length behind it for its last byte: what is protected is the same then.
            guard bytes.prefix(good.count - 1) != good.dropLast() else { continue }
            let answer = try ResponseAPDU(parsing: card.process(bytes))
            #expect(answer.data.isEmpty && [0x6700, 0x6987, 0x6988].contains(answer.status.rawValue))
        }
    }
}

extension SecureMessaging {
    /// The bytes of a protected command; the session itself does not move.
    func protected(_ command: CommandAPDU) throws -> [UInt8] {
        var copy = self
        return try copy.protect(command, extended: false).encoded()
    }
}
