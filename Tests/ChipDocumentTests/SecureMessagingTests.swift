import ChipDocument
import SeededRandom
import StationCore
import Testing

@Suite struct SecureMessagingTests {
    static let commands = [
        CommandAPDU(ins: 0xb0, p1: 0x9d, expectedLength: 223), CommandAPDU(ins: 0xb0, expectedLength: 256),
        CommandAPDU(ins: 0xb0, expectedLength: 4_000), CommandAPDU(ins: 0xb0, expectedLength: 65_536),
        CommandAPDU(ins: 0xa4, p1: 4, p2: 0x0c, data: [1, 2, 3, 4, 5, 6, 7]),
        CommandAPDU(ins: 0x86, data: [UInt8](repeating: 0x7c, count: 300), expectedLength: 256),
        CommandAPDU(ins: 0xb1, data: [0x54, 0x02, 0x80, 0x00], expectedLength: 200), CommandAPDU(ins: 0x44),
    ]

    func pair(_ suite: CipherSuite) -> (terminal: SecureMessaging, card: SecureMessaging) {
        let keys = SessionKeys(secret: [1, 2, 3], suite: suite)
        return (SecureMessaging(keys: keys), SecureMessaging(keys: keys))
    }

    @Test(arguments: CipherSuite.allCases, [false, true])
    func `what one end protects the other opens`(suite: CipherSuite, extended: Bool) throws {
        var (terminal, card) = pair(suite)
        for command in Self.commands {
            let protected = try terminal.protect(command, extended: extended)
            // Through the wire's own encoding, as a card gets it.
            let wire = try CommandAPDU.parse(protected.encoded(extended: extended)).command
            #expect(try card.unprotect(wire) == command)
            for response in [
                ResponseAPDU.ok([UInt8](repeating: 0x5a, count: 231)), .ok(), ResponseAPDU(status: .fileNotFound),
                ResponseAPDU(data: [1], status: .endOfFile),
            ] {
                var (end, chip) = (terminal, card)
                let sent = try chip.protect(response, oddInstruction: command.isOdd)
                #expect(try end.unprotect(sent, oddInstruction: command.isOdd) == response)
            }
            _ = try terminal.unprotect(card.protect(.ok()))
        }
    }

    @Test(arguments: CipherSuite.allCases)
    func `every changed bit of a response breaks the session for good`(suite: CipherSuite) throws {
        let (terminal, card) = pair(suite)
        var (sender, receiver) = (terminal, card)
        _ = try receiver.unprotect(sender.protect(CommandAPDU(ins: 0xb0, expectedLength: 8), extended: false))
        let wire = try receiver.protect(.ok([1, 2, 3, 4])).encoded
        for bit in 0..<wire.count * 8 {
            var bent = wire
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            var end = sender
            #expect(throws: SecureMessagingFault.self) { try end.unprotect(ResponseAPDU(parsing: bent)) }
            #expect(end.isBroken)
            #expect(throws: SecureMessagingFault.broken) { try end.unprotect(ResponseAPDU(parsing: wire)) }
            #expect(throws: SecureMessagingFault.broken) {
                try end.protect(CommandAPDU(ins: 0xb0, expectedLength: 8), extended: false)
            }
        }
    }

    @Test(arguments: CipherSuite.allCases)
    func `every changed bit of a command is refused by the card`(suite: CipherSuite) throws {
        let (terminal, card) = pair(suite)
        var sender = terminal
        let wire = try sender.protect(
            CommandAPDU(ins: 0x22, p1: 0x41, p2: 0xa4, data: [0x80, 1, 2], expectedLength: 16),
            extended: false
        ).encoded()
        for bit in 0..<(wire.count - 1) * 8 {
            var bent = wire
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            var receiver = card
            guard let command = try? CommandAPDU.parse(bent).command else { continue }
            // Bits 1, 2 and 5 to 8 of CLA: the card sees another class; all are in the header that is authenticated.
            #expect(throws: SecureMessagingFault.self) { try receiver.unprotect(command) }
        }
    }

    @Test func `replayed, bare and reordered answers are refused`() throws {
        var (terminal, card) = pair(.aes128)
        let read = CommandAPDU(ins: 0xb0, expectedLength: 8)
        _ = try card.unprotect(terminal.protect(read, extended: false))
        let first = try card.protect(.ok([1]))
        _ = try terminal.unprotect(first)
        var replayed = terminal
        _ = try replayed.protect(read, extended: false)
        #expect(throws: SecureMessagingFault.objectsIncorrect) { try replayed.unprotect(first) }
        for bare in [ResponseAPDU.ok(), .ok([1, 2]), ResponseAPDU(status: .securityStatusNotSatisfied)] {
            var end = terminal
            #expect(throws: SecureMessagingFault.self) { try end.unprotect(bare) }
            #expect(end.isBroken)
        }
        _ = try card.unprotect(terminal.protect(read, extended: false))
        let objects = try TLV.list(card.protect(.ok([7])).data)
        for order in [[1, 0, 2], [0, 2], [0, 1], [0, 1, 2, 2], [2, 1, 0]] {
            var end = terminal
            #expect(throws: SecureMessagingFault.self) {
                try end.unprotect(.ok(order.flatMap { objects[$0].encoded }))
            }
        }
    }

    /// The status word outside must be the one inside.
    @Test func `a changed status word is a fault`() throws {
        var (terminal, card) = pair(.tripleDES)
        _ = try card.unprotect(terminal.protect(CommandAPDU(ins: 0xb0, expectedLength: 8), extended: false))
        let honest = try card.protect(ResponseAPDU(status: .fileNotFound))
        #expect(throws: SecureMessagingFault.objectsIncorrect) { try terminal.unprotect(.ok(honest.data)) }
    }

    @Test(arguments: CipherSuite.allCases, [256, 258, 300, 1_000, 4_096])
    func `capacity is exactly what fits`(suite: CipherSuite, count: Int) throws {
        let capacity = SecureMessaging.capacity(of: count, suite: suite)
        var (_, card) = pair(suite)
        var (_, other) = pair(suite)
        #expect(try card.protect(.ok([UInt8](repeating: 0, count: capacity))).data.count <= count)
        #expect(try other.protect(.ok([UInt8](repeating: 0, count: capacity + 1))).data.count > count)
    }

    @Test func `no mutation of an answer passes, and none crashes`() throws {
        var mutator = SeededGenerator(seed: 99)
        for suite in CipherSuite.allCases {
            var (terminal, card) = pair(suite)
            _ = try card.unprotect(terminal.protect(CommandAPDU(ins: 0xb0, expectedLength: 40), extended: false))
            let wire = try card.protect(.ok(Array(0..<40))).encoded
            for _ in 0..<5_000 {
                let mutated = mutator.mutated(wire)
                guard mutated != wire, let response = try? ResponseAPDU(parsing: mutated) else { continue }
                var end = terminal
                #expect(throws: SecureMessagingFault.self) { try end.unprotect(response) }
            }
        }
    }
}
