public import StationCore

/// What a card says of the commands that it takes (ISO/IEC 7816-4:2013, 12.1.1.9: third software function table).
public struct CardCapabilities: Hashable, Sendable {
    /// Whether command chaining is supported.
    public let commandChaining: Bool
    /// Whether extended Lc and Le fields are supported.
    public let extendedLength: Bool
    /// Whether EF.ATR/INFO says how long commands and responses may be.
    public let lengthInformation: Bool

    /// The value of a card capabilities object (tag 47, compact tag 7): the third of its up to three bytes. Nil where it
    /// has no third byte and so says nothing of this.
    init?(_ value: ArraySlice<UInt8>) {
        guard value.count == 3, let third = value.last else { return nil }
        commandChaining = third & 0x80 != 0
        extendedLength = third & 0x40 != 0
        lengthInformation = third & 0x20 != 0
    }

    /// Reads the historical bytes of an answer to reset. Nil when they say nothing of it, or when the answer is not
    /// whole.
    public init?(answerToReset bytes: [UInt8]) {
        guard let historical = Self.historicalBytes(bytes), let category = historical.first else { return nil }
        // ISO/IEC 7816-4, 12.1.1.1: 00 is followed by objects and three status bytes, 80 by objects.
        var rest: ArraySlice<UInt8>
        switch category {
        case 0x00: rest = historical.dropFirst().dropLast(3)
        case 0x80: rest = historical.dropFirst()
        default: return nil
        }
        // Compact objects: tag in the first half byte, length in the second (8.1.1.2.2).
        while let header = rest.popFirst() {
            let length = Int(header & 0x0f)
            guard length <= rest.count else { return nil }
            if header >> 4 == 0x7 {
                self.init(rest.prefix(length))
                return
            }
            rest = rest.dropFirst(length)
        }
        return nil
    }

    /// The historical bytes (ISO/IEC 7816-3, 8.2): behind the interface bytes, before the check byte, which must hold
    /// where there is one.
    private static func historicalBytes(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard (2...Limits.Card.answerToResetBytes).contains(bytes.count), bytes[0] == 0x3b || bytes[0] == 0x3f else {
            return nil
        }
        var position = 2
        var announced = bytes[1] >> 4
        var hasCheck = false
        while announced != 0 {
            let present = announced.nonzeroBitCount
            guard position + present <= bytes.count else { return nil }
            // TD, the last of the group, announces the next one and names a protocol; any but T=0 brings a check byte.
            let next = announced & 0x8 != 0 ? bytes[position + present - 1] : 0
            if next & 0x0f != 0 { hasCheck = true }
            announced = next >> 4
            position += present
        }
        let count = Int(bytes[1] & 0x0f)
        guard bytes.count == position + count + (hasCheck ? 1 : 0) else { return nil }
        if hasCheck, bytes.dropFirst().reduce(0, ^) != 0 { return nil }
        return bytes[position..<(position + count)]
    }
}

/// EF.ATR/INFO (ISO/IEC 7816-4:2013, 11.2.2; identifier 2F01, short identifier 1): what a card carries, readable before
/// access is granted.
public struct CardAttributes: Hashable, Sendable {
    /// Tag 47; nil when absent, or when it says nothing of lengths.
    public let capabilities: CardCapabilities?
    /// Longest command, in bytes; nil when not stated.
    public let maximumCommandBytes: Int?
    /// Longest response, in bytes; nil when not stated.
    public let maximumResponseBytes: Int?

    /// Parses the file: a row of objects, of which those that are not known here are passed over. Throws
    /// `cardDataMalformed` for anything ill-formed, a repeated object, or lengths that no APDU has.
    public init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Card.fileBytes else { throw Failure(.cardDataTooLarge, "EF.ATR/INFO") }
        var isStated = false
        var capabilities: CardCapabilities?
        var lengths: (command: Int, response: Int)?
        var rest = bytes[...]
        while let object = try Self.next(&rest) {
            switch object.tag {
            case 0x47:
                guard !isStated, (1...3).contains(object.value.count) else {
                    throw Self.malformed("card capabilities")
                }
                isStated = true
                capabilities = CardCapabilities(object.value[...])
            case 0x7f66:
                guard lengths == nil else { throw Self.malformed("length information stands twice") }
                lengths = try Self.lengths(object)
            default: break
            }
        }
        self.capabilities = capabilities
        maximumCommandBytes = lengths?.command
        maximumResponseBytes = lengths?.response
    }

    /// The next object; bytes 00 before, between and behind objects mean nothing (5.2.2.1).
    private static func next(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> TLV? {
        rest = rest.drop { $0 == 0x00 }
        guard !rest.isEmpty else { return nil }
        guard let header = try TLVReader.header(rest, rules: .ber), header.totalBytes <= rest.count else {
            throw malformed("cut")
        }
        defer { rest = rest.dropFirst(header.totalBytes) }
        return TLV(header.tag, Array(rest.prefix(header.totalBytes).dropFirst(header.headerBytes)))
    }

    /// Extended length information (12.7.1): two INTEGERs, for command and for response.
    private static func lengths(_ object: TLV) throws(Failure) -> (command: Int, response: Int) {
        var reader = TLVReader(object.value, rules: .ber)
        let command = try length(reader.next(.integer))
        let response = try length(reader.next(.integer))
        try reader.finish()
        return (command, response)
    }

    /// An APDU has at least a header or a status word; more than the longest one is the same as the longest one.
    private static func length(_ object: TLV) throws(Failure) -> Int {
        // Some cards write the number as two bytes without the zero that keeps it positive.
        let value = object.value
        guard (1...4).contains(value.count) else { throw malformed("length information") }
        let number = value.reduce(0) { $0 << 8 | Int($1) }
        guard number >= 4 else { throw malformed("a length of \(number)") }
        return min(number, Limits.Card.apduBytes)
    }

    private static func malformed(_ detail: String) -> Failure {
        Failure(.cardDataMalformed, "EF.ATR/INFO: \(detail)")
    }
}

extension ChannelCapabilities {
    /// What reader and card carry together, where the card says something: its lengths bound ours, and a card that says
    /// it takes no extended length gets none.
    public func limited(by card: CardAttributes) -> ChannelCapabilities {
        let refuses = card.capabilities.map { !$0.extendedLength } ?? false
        let command = min(maximumCommandBytes, card.maximumCommandBytes ?? .max)
        let response = min(maximumResponseBytes, card.maximumResponseBytes ?? .max)
        // Lengths that short commands reach as well are no use for extended ones.
        guard !refuses, extendedLength, response > ChannelCapabilities.short.maximumResponseBytes else {
            return ChannelCapabilities(
                extendedLength: false,
                maximumCommandBytes: max(command, ChannelCapabilities.short.maximumCommandBytes),
                maximumResponseBytes: max(response, ChannelCapabilities.short.maximumResponseBytes))
        }
        return ChannelCapabilities(
            extendedLength: true, maximumCommandBytes: command, maximumResponseBytes: response)
    }
}
