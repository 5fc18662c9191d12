public import StationCore

/// A command to the card (ISO/IEC 7816-4, 5.1), independent of its short or extended encoding.
public struct CommandAPDU: Hashable, Sendable {
    /// Class byte.
    public let cla: UInt8
    /// Instruction byte.
    public let ins: UInt8
    /// First parameter byte.
    public let p1: UInt8
    /// Second parameter byte.
    public let p2: UInt8
    /// Command data field; empty when there is none.
    public let data: [UInt8]
    /// Le: the most bytes expected, 1 to 65,536; nil when no response data is expected.
    public let expectedLength: Int?

    /// Makes a command.
    public init(
        cla: UInt8 = 0,
        ins: UInt8,
        p1: UInt8 = 0,
        p2: UInt8 = 0,
        data: [UInt8] = [],
        expectedLength: Int? = nil
    ) {
        self.cla = cla
        self.ins = ins
        self.p1 = p1
        self.p2 = p2
        self.data = data
        self.expectedLength = expectedLength
    }

    /// CLA INS P1 P2.
    public var header: [UInt8] { [cla, ins, p1, p2] }

    /// The command's bytes. Short form unless asked for extended or unless a length needs it; throws
    /// `cardDataTooLarge` when a length fits neither.
    public func encoded(extended: Bool = false) throws(Failure) -> [UInt8] {
        if let length = expectedLength, !(1...65_536).contains(length) { throw Failure(.cardDataTooLarge, "Le") }
        guard data.count <= 65_535 else { throw Failure(.cardDataTooLarge, "Lc") }
        if extended || data.count > 255 || expectedLength ?? 0 > 256 { return extendedForm }
        var bytes = header
        if !data.isEmpty { bytes += [UInt8(data.count)] + data }
        // Le 256 is written 00.
        if let length = expectedLength { bytes.append(UInt8(truncatingIfNeeded: length)) }
        return bytes
    }

    private var extendedForm: [UInt8] {
        var bytes = header
        if !data.isEmpty { bytes += [0, UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data }
        if let length = expectedLength {
            // Without a data field, the zero that marks the extended form stands before Le.
            if data.isEmpty { bytes.append(0) }
            bytes += [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        }
        return bytes
    }
}

extension CommandAPDU {
    /// Parses a command as a card receives it, in either form; `extended` says in which it came. Throws
    /// `cardProtocolError` when lengths and bytes disagree.
    public static func parse(_ bytes: [UInt8]) throws(Failure) -> (command: CommandAPDU, extended: Bool) {
        guard bytes.count >= 4, bytes.count <= Limits.Card.apduBytes else {
            throw Failure(.cardProtocolError, "command of \(bytes.count) bytes")
        }
        let body = Array(bytes[4...])
        func command(_ data: [UInt8], _ length: Int?) -> CommandAPDU {
            CommandAPDU(cla: bytes[0], ins: bytes[1], p1: bytes[2], p2: bytes[3], data: data, expectedLength: length)
        }
        func length(_ field: ArraySlice<UInt8>, zero: Int) -> Int {
            let value = field.reduce(0) { $0 << 8 | Int($1) }
            return value == 0 ? zero : value
        }
        if body.isEmpty { return (command([], nil), false) }
        if body.count == 1 { return (command([], length(body[...], zero: 256)), false) }
        if body[0] != 0 {
            let count = Int(body[0])
            switch body.count - 1 - count {
            case 0: return (command(Array(body[1...]), nil), false)
            case 1: return (command(Array(body[1...count]), length(body.suffix(1), zero: 256)), false)
            default: throw Failure(.cardProtocolError, "Lc disagrees with the command's length")
            }
        }
        if body.count == 3 { return (command([], length(body[1...], zero: 65_536)), true) }
        guard body.count > 3 else { throw Failure(.cardProtocolError, "extended Lc cut") }
        let count = Int(body[1]) << 8 | Int(body[2])
        guard count > 0 else { throw Failure(.cardProtocolError, "extended Lc of zero") }
        switch body.count - 3 - count {
        case 0: return (command(Array(body[3...]), nil), true)
        case 2: return (command(Array(body[3..<3 + count]), length(body.suffix(2), zero: 65_536)), true)
        default: throw Failure(.cardProtocolError, "Lc disagrees with the command's length")
        }
    }
}
