import ChipDocument
import StationCore
import VirtualCard

extension FuzzTarget {
    /// APDUs, data objects, and the frames of the virtual reader.
    static var commands: [FuzzTarget] {
        [
            FuzzTarget("command-apdu", corpus: { try commandSeeds() }) { input in
                let (command, extended) = try CommandAPDU.parse(input)
                try Violation.unless(command.encoded(extended: extended) == input, "a command's encoding differs")
            },
            FuzzTarget("response-apdu", corpus: { try responseSeeds() }) { input in
                try Violation.unless(ResponseAPDU(parsing: input).encoded == input, "a response's encoding differs")
            },
            FuzzTarget("tlv-der", corpus: { try objectSeeds() }) { input in
                let objects = try TLV.list(input)
                try Violation.unless(objects.flatMap(\.encoded) == input, "the encoding of DER objects differs")
            },
            FuzzTarget("tlv-ber", corpus: { try objectSeeds() }) { input in
                let objects = try TLV.list(input, rules: .ber)
                try Violation.unless(
                    TLV.list(objects.flatMap(\.encoded)) == objects, "BER objects change when written as DER")
                for object in objects where object.tag.isConstructed { _ = try? object.children(rules: .ber) }
            },
            FuzzTarget("virtual-reader", corpus: { try commandSeeds().map { Framed.join([$0, [4], $0]) } }) { input in
                var whole = VpcdFrames()
                whole.append(input)
                var pieces = VpcdFrames()
                var bodies: [[UInt8]] = []
                for byte in input.prefix(600) {
                    pieces.append([byte])
                    while let body = pieces.next() { bodies.append(body) }
                }
                for body in bodies { try Violation.unless(whole.next() == body, "frames depend on how they are cut") }
            },
        ]
    }

    private static func commandSeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        let commands = [
            CommandAPDU(ins: 0x84, expectedLength: 8),
            CommandAPDU(ins: 0xa4, p1: 4, p2: 0x0c, data: CardApplet.applicationIdentifier),
            CommandAPDU(ins: 0x82, data: [UInt8](repeating: 7, count: 40), expectedLength: 256),
            CommandAPDU(ins: 0xb0, p1: 0x9d, expectedLength: 65_536),
            CommandAPDU(cla: 0x0c, ins: 0xb1, data: try card.file(.dg14), expectedLength: 4_096),
            CommandAPDU(ins: 0xd6, data: [UInt8](repeating: 1, count: 300)),
            CommandAPDU(ins: 0xb0),
        ]
        return try commands.map { try $0.encoded() }
    }

    private static func responseSeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        return [[0x90, 0], [0x61, 0x10], try card.file(.dg1) + [0x62, 0x82], try card.file(.dg14) + [0x90, 0]]
    }

    private static func objectSeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        return try [.cardAccess, .com, .dg1, .dg13, .dg14, .sod].map { try card.file($0) } + [
            [0x5f, 0x1f, 2, 1, 2, 0x7f, 0x61, 0x81, 3, 2, 1, 1]
        ]
    }
}
