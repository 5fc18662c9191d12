import ChipDocument
import DocumentCrypto
import StationCore
import VirtualCard

extension FuzzTarget {
    /// Secure messaging, both ends. The first byte of an input chooses the suite, and whether the code over the objects is
    /// made right: without that no mutation would come past it. Status word or header follow, then the objects.
    static var messaging: [FuzzTarget] {
        [
            FuzzTarget("sm-response", shape: .objects(after: 3), corpus: { try SecureSeeds.responses() }) {
                try SecureSeeds.openResponse($0)
            },
            FuzzTarget("sm-command", shape: .objects(after: 5), corpus: { try SecureSeeds.commands() }) {
                try SecureSeeds.openCommand($0)
            },
        ]
    }
}

/// Fixed sessions and what was said in them.
private enum SecureSeeds {
    private static let suites: [CipherSuite] = [.aes128, .tripleDES, .aes192, .aes256]
    private static let secret = [UInt8](1...32)
    private static let plain = [UInt8](1...40)

    private static func session(_ suite: CipherSuite) -> SecureMessaging {
        SecureMessaging(keys: SessionKeys(secret: secret, suite: suite))
    }

    /// The code that a message's objects need to be taken, as the object 8E.
    private static func coded(_ objects: [UInt8], header: [UInt8], suite: CipherSuite) throws -> [UInt8] {
        let keys = SessionKeys(secret: secret, suite: suite)
        let counter = Array(suite.cipher.zeroIV.dropLast()) + [1]
        let start =
            header.isEmpty ? counter : counter + BlockPadding.padded(header, blockBytes: suite.cipher.blockBytes)
        let code =
            objects.isEmpty && !header.isEmpty
            ? try keys.code(padded: start) : try keys.code(padding: start + objects)
        return objects + TLV(0x8e, code).encoded
    }

    static func responses() throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for (index, suite) in suites.enumerated() {
            for (odd, data) in [(false, plain), (true, plain), (false, [])] {
                var card = session(suite)
                let response = try card.protect(ResponseAPDU(data: data, status: .success), oddInstruction: odd)
                let lead = UInt8(index) | (odd ? 4 : 0)
                seeds.append([lead] + response.status.bytes + response.data)
                seeds.append([lead | 8] + response.status.bytes + response.data.dropLast(10))
            }
        }
        return seeds
    }

    static func openResponse(_ input: [UInt8]) throws {
        guard input.count >= 3 else { throw Failure(.cardProtocolError) }
        let suite = suites[Int(input[0] & 3)]
        let odd = input[0] & 4 != 0
        let isCoded = input[0] & 8 != 0
        let objects = Array(input[3...])
        let response = ResponseAPDU(
            data: isCoded ? try coded(objects, header: [], suite: suite) : objects,
            status: StatusWord(rawValue: UInt16(input[1]) << 8 | UInt16(input[2])))
        var reader = session(suite)
        do {
            let opened = try reader.unprotect(response, oddInstruction: odd)
            try Violation.unless(opened.status == response.status, "a status word other than the protected one")
            try Violation.unless(
                isCoded || opened.data == plain || opened.data.isEmpty, "a response without its code was opened")
        } catch let fault as SecureMessagingFault {
            try Violation.unless(reader.isBroken && reader.suite == nil, "the session survived \(fault)")
            throw fault
        }
    }

    static func commands() throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for (index, suite) in suites.enumerated() {
            for command in [
                CommandAPDU(ins: 0xb0, p1: 0x9d, expectedLength: 256), CommandAPDU(ins: 0xa4, p1: 4, data: plain),
                CommandAPDU(ins: 0xb1, data: plain, expectedLength: 1_000),
                CommandAPDU(ins: 0xb1, data: plain),
            ] {
                var reader = session(suite)
                let protected = try reader.protect(command, extended: true)
                seeds.append([UInt8(index)] + protected.header + protected.data)
                seeds.append([UInt8(index) | 8] + protected.header + protected.data.dropLast(10))
            }
        }
        return seeds
    }

    /// Both implementations of the card's end must say the same: that of the library and that of the virtual card.
    static func openCommand(_ input: [UInt8]) throws {
        guard input.count >= 5, input[1] & 0x0c == 0x0c else { throw Failure(.cardProtocolError) }
        let suite = suites[Int(input[0] & 3)]
        let objects = Array(input[5...])
        let command = CommandAPDU(
            cla: input[1], ins: input[2], p1: input[3], p2: input[4],
            data: input[0] & 8 != 0
                ? try coded(objects, header: Array(input[1..<5]), suite: suite) : objects,
            expectedLength: 65_536)
        guard let bytes = try? command.encoded(extended: true), let received = ReceivedCommand(bytes) else {
            throw Failure(.cardProtocolError)
        }
        var card = CardSecureMessaging(keys: SessionKeys(secret: secret, suite: suite), faults: [])
        let unwrapped = Result { try card.unwrap(received) }
        var library = session(suite)
        do {
            let opened = try library.unprotect(command)
            guard case .success(let other) = unwrapped else {
                throw Violation("the virtual card refuses what the library opens")
            }
            try Violation.unless(
                other.data == opened.data && other.expected == opened.expectedLength && other.ins == opened.ins,
                "two openings of one command differ")
        } catch let fault as SecureMessagingFault {
            try Violation.unless(library.isBroken, "the session survived \(fault)")
            if case .success = unwrapped { throw Violation("the virtual card opens what the library refuses") }
            throw fault
        }
    }
}
