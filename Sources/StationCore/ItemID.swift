/// The identity of one application (and of its every revision): a UUID version 7 (RFC 9562, 5.7), made once at capture.
public struct ItemID: Hashable, Comparable, Sendable {
    /// The 16 bytes, most significant first.
    public let bytes: [UInt8]

    /// A new id: 48 bits of Unix milliseconds, then 74 random bits.
    public init(at time: Timestamp, random: any RandomSource) {
        var bytes = random.bytes(16)
        let milliseconds = UInt64(bitPattern: max(0, time.milliseconds))
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64(index))) }
        bytes[6] = 0x70 | bytes[6] & 0x0f
        bytes[8] = 0x80 | bytes[8] & 0x3f
        self.bytes = bytes
    }

    /// Parses the lower-case text of a version 7 UUID; nil for every other text.
    public init?(_ text: String) {
        guard let bytes = uuidBytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// Takes the 16 bytes of a version 7 UUID; nil for all others.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16, bytes[6] >> 4 == 7, bytes[8] >> 6 == 2 else { return nil }
        self.bytes = bytes
    }

    /// Lower-case text with hyphens.
    public var text: String { uuidText(bytes) }

    /// Orders by creation time, then by the random part.
    public static func < (left: ItemID, right: ItemID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ItemID: Codable, CustomStringConvertible {
    /// The text form.
    public var description: String { text }

    /// Reads the text form; anything else is a data-corrupted error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = ItemID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a lower-case UUID version 7")
        }
        self = value
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A request's own random UUID (version 4, RFC 9562, 5.4), lower case: batches, status requests.
public struct RequestID: Hashable, Sendable {
    /// Lower-case text with hyphens.
    public let text: String

    /// A new id.
    public init(random: any RandomSource) {
        var bytes = random.bytes(16)
        bytes[6] = 0x40 | bytes[6] & 0x0f
        bytes[8] = 0x80 | bytes[8] & 0x3f
        text = uuidText(bytes)
    }

    /// Parses a lower-case UUID of any version.
    public init?(_ text: String) {
        guard uuidBytes(text) != nil else { return nil }
        self.text = text
    }
}

extension RequestID: Codable {
    /// Reads the text form; anything else is a data-corrupted error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = RequestID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a lower-case UUID")
        }
        self = value
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// In front of these bytes stands a hyphen.
private let uuidGroupStarts: Set<Int> = [4, 6, 8, 10]

private func uuidText(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
        if uuidGroupStarts.contains(index) { text.append(UInt8(ascii: "-")) }
        Hex.append(byte, to: &text)
    }
    return String(decoding: text, as: UTF8.self)
}

private func uuidBytes(_ text: String) -> [UInt8]? {
    var rest = Array(text.utf8)[...]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    while bytes.count < 16 {
        if uuidGroupStarts.contains(bytes.count), rest.popFirst() != UInt8(ascii: "-") { return nil }
        guard let high = rest.popFirst().flatMap(Hex.lowerCaseValue),
            let low = rest.popFirst().flatMap(Hex.lowerCaseValue)
        else { return nil }
        bytes.append(high << 4 | low)
    }
    return rest.isEmpty ? bytes : nil
}
