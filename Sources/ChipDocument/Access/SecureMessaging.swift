import DocumentCrypto
import StationCore

/// What is wrong with a protected message.
package enum SecureMessagingFault: Error, Hashable, Sendable {
    /// An object that must be there is not (a card answers 6987).
    case objectsMissing
    /// An object is there and wrong: order, code, padding, length (a card answers 6988).
    case objectsIncorrect
    /// The session broke earlier; nothing passes it any more.
    case broken
}

/// Secure messaging (ICAO 9303-11, 9.8) as a value: both directions, both ends.
///
/// The send sequence counter moves before each message. After the first fault the session is broken for good: the keys
/// are gone, and every later call fails.
package struct SecureMessaging: Sendable {
    private var state: (keys: SessionKeys, counter: [UInt8])?

    /// Starts a session. Without counter it starts at zero (PACE, chip authentication); BAC computes one.
    package init(keys: SessionKeys, counter: [UInt8]? = nil) {
        state = (keys, counter ?? keys.suite.cipher.zeroIV)
    }

    /// Whether a fault has ended the session.
    package var isBroken: Bool { state == nil }

    /// The suite in use; nil when broken.
    package var suite: CipherSuite? { state?.keys.suite }

    /// Most bytes of plain data that a protected response of `count` bytes (status word excluded) can carry.
    package static func capacity(of count: Int, suite: CipherSuite) -> Int {
        let block = suite.cipher.blockBytes
        // DO'99' (4), DO'8E' (10), DO'87' with tag, length field and padding indicator; padding takes at least a byte.
        var cryptogram = (count - 14) / block * block
        while cryptogram > 0, 1 + TLV.encodedLength(cryptogram + 1).count + 1 + cryptogram + 14 > count {
            cryptogram -= block
        }
        return max(0, cryptogram - 1)
    }

    /// Reader's side: protects a command. `extended` asks for the extended form, in which the response may be long.
    package mutating func protect(
        _ command: CommandAPDU,
        extended: Bool
    ) throws(SecureMessagingFault) -> CommandAPDU {
        try guarded { session throws(Failure) in
            let header = [command.cla | 0x0c, command.ins, command.p1, command.p2]
            var objects: [UInt8] = []
            if !command.data.isEmpty { objects += try session.cryptogram(command.data, oddInstruction: command.isOdd) }
            if let length = command.expectedLength {
                let field =
                    length > 256 || (extended && length == 256)
                    ? [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
                    : [UInt8(truncatingIfNeeded: length)]
                objects += TLV(0x97, field).encoded
            }
            let code = try session.code(header: header, objects: objects)
            let data = objects + TLV(0x8e, code).encoded
            return CommandAPDU(
                cla: header[0],
                ins: command.ins,
                p1: command.p1,
                p2: command.p2,
                data: data,
                expectedLength: extended || data.count > 255 ? 65_536 : 256
            )
        }
    }

    /// Card's side: opens a command.
    package mutating func unprotect(_ command: CommandAPDU) throws(SecureMessagingFault) -> CommandAPDU {
        try checked { session throws(SecureMessagingFault) in
            guard command.cla & 0x0c == 0x0c else { throw .objectsMissing }
            let tags: [TLVTag] = [command.isOdd ? 0x85 : 0x87, 0x97, 0x8e]
            let found = try Self.objects(command.data, inOrder: tags)
            guard let code = found[2] else { throw .objectsMissing }
            let objects = [found[0], found[1]].compactMap { $0 }.flatMap(\.encoded)
            try session.verify(code.value, header: command.header, objects: objects)
            let data = try found[0].map { object throws(SecureMessagingFault) in
                try session.open(object, oddInstruction: command.isOdd)
            }
            var length: Int?
            if let field = found[1]?.value {
                guard (1...2).contains(field.count) else { throw .objectsIncorrect }
                let value = field.reduce(0) { $0 << 8 | Int($1) }
                length = value == 0 ? (field.count == 1 ? 256 : 65_536) : value
            }
            return CommandAPDU(
                cla: command.cla & ~0x0c,
                ins: command.ins,
                p1: command.p1,
                p2: command.p2,
                data: data ?? [],
                expectedLength: length
            )
        }
    }

    /// Card's side: protects a response. `oddInstruction` is the command's: its data travels in DO'85'.
    package mutating func protect(
        _ response: ResponseAPDU,
        oddInstruction: Bool = false
    ) throws(SecureMessagingFault) -> ResponseAPDU {
        try guarded { session throws(Failure) in
            var objects: [UInt8] = []
            if !response.data.isEmpty {
                objects += try session.cryptogram(response.data, oddInstruction: oddInstruction)
            }
            objects += TLV(0x99, response.status.bytes).encoded
            let code = try session.code(header: [], objects: objects)
            return ResponseAPDU(data: objects + TLV(0x8e, code).encoded, status: response.status)
        }
    }

    /// Reader's side: opens a response. A bare status word without protection is a fault: the card left the session.
    package mutating func unprotect(
        _ response: ResponseAPDU,
        oddInstruction: Bool = false
    ) throws(SecureMessagingFault) -> ResponseAPDU {
        try checked { session throws(SecureMessagingFault) in
            let found = try Self.objects(response.data, inOrder: [oddInstruction ? 0x85 : 0x87, 0x99, 0x8e])
            guard let status = found[1], let code = found[2] else { throw .objectsMissing }
            let objects = [found[0], status].compactMap { $0 }.flatMap(\.encoded)
            try session.verify(code.value, header: [], objects: objects)
            guard status.value == response.status.bytes else { throw .objectsIncorrect }
            let data = try found[0].map { object throws(SecureMessagingFault) in
                try session.open(object, oddInstruction: oddInstruction)
            }
            return ResponseAPDU(data: data ?? [], status: response.status)
        }
    }

    // MARK: One message

    private mutating func guarded<Result>(
        _ body: (Session) throws(Failure) -> Result
    ) throws(SecureMessagingFault) -> Result {
        try checked { session throws(SecureMessagingFault) in
            do { return try body(session) } catch { throw .objectsIncorrect }
        }
    }

    private mutating func checked<Result>(
        _ body: (Session) throws(SecureMessagingFault) -> Result
    ) throws(SecureMessagingFault) -> Result {
        guard let (keys, counter) = state else { throw .broken }
        // The state comes back only after success: whatever throws in between leaves the session broken.
        state = nil
        let next = Self.incremented(counter)
        let result = try body(Session(keys: keys, counter: next))
        state = (keys, next)
        return result
    }

    private static func incremented(_ counter: [UInt8]) -> [UInt8] {
        var result = counter
        for index in result.indices.reversed() {
            result[index] &+= 1
            if result[index] != 0 { break }
        }
        return result
    }

    /// Takes objects that may each be absent but must stand in this order, and nothing else.
    private static func objects(
        _ data: [UInt8],
        inOrder tags: [TLVTag]
    ) throws(SecureMessagingFault) -> [TLV?] {
        do {
            var reader = TLVReader(data)
            let found = try tags.map { tag throws(Failure) in try reader.nextIfPresent(tag) }
            try reader.finish()
            return found
        } catch { throw .objectsIncorrect }
    }
}

extension CommandAPDU {
    /// Whether the instruction is odd: then data is BER-TLV and its cryptogram stands in DO'85'.
    package var isOdd: Bool { ins & 1 == 1 }
}
