import StationCore

/// A tag of BER-TLV, written as its bytes read: `0x7f61`, `0x87`, `0x30`.
public struct TLVTag: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The tag's one to three bytes as a number.
    public let rawValue: UInt32

    /// Takes the tag's bytes as a number.
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }
    /// Takes the tag's bytes as a number.
    public init(integerLiteral value: UInt32) { rawValue = value }

    /// Whether the value is made of further objects (bit 6 of the first byte).
    public var isConstructed: Bool { bytes[0] & 0x20 != 0 }

    /// The tag's bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        if rawValue > 0xffff { result.append(UInt8(truncatingIfNeeded: rawValue >> 16)) }
        if rawValue > 0xff { result.append(UInt8(truncatingIfNeeded: rawValue >> 8)) }
        return result + [UInt8(truncatingIfNeeded: rawValue)]
    }

    /// Hexadecimal.
    public var description: String { Hex.text(bytes) }

    /// UNIVERSAL tags of ASN.1.
    public static let boolean: TLVTag = 0x01
    /// INTEGER.
    public static let integer: TLVTag = 0x02
    /// BIT STRING.
    public static let bitString: TLVTag = 0x03
    /// OCTET STRING.
    public static let octetString: TLVTag = 0x04
    /// OBJECT IDENTIFIER.
    public static let objectIdentifier: TLVTag = 0x06
    /// UTF8String.
    public static let utf8String: TLVTag = 0x0c
    /// PrintableString.
    public static let printableString: TLVTag = 0x13
    /// SEQUENCE.
    public static let sequence: TLVTag = 0x30
    /// SET.
    public static let set: TLVTag = 0x31
}

/// One data object of BER-TLV (ISO/IEC 7816-4, 5.2.2.2; X.690).
public struct TLV: Hashable, Sendable {
    /// Tag.
    public let tag: TLVTag
    /// Value field.
    public let value: [UInt8]

    /// Makes an object from its value field.
    public init(_ tag: TLVTag, _ value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    /// Makes an object from the objects inside.
    public init(_ tag: TLVTag, _ children: [TLV]) {
        self.tag = tag
        value = children.flatMap(\.encoded)
    }

    /// The DER encoding: definite, shortest length.
    public var encoded: [UInt8] { tag.bytes + Self.encodedLength(value.count) + value }

    /// The shortest definite length field.
    public static func encodedLength(_ length: Int) -> [UInt8] {
        switch length {
        case ..<0x80: [UInt8(length)]
        case ..<0x100: [0x81, UInt8(length)]
        case ..<0x1_0000: [0x82, UInt8(length >> 8), UInt8(length & 0xff)]
        default:
            [
                0x83, UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
                UInt8(truncatingIfNeeded: length),
            ]
        }
    }

    /// The object's unsigned value as a small number: nil when negative, empty, not minimal, or beyond 31 bits.
    public var smallInteger: Int? {
        guard let first = value.first, first < 0x80, value.count <= 4,
            value.count == 1 || first != 0 || value[1] >= 0x80
        else { return nil }
        return value.reduce(0) { $0 << 8 | Int($1) }
    }
}

/// How strictly lengths are read.
public enum TLVRules: Sendable {
    /// X.690 DER: definite, shortest form.
    case der
    /// Definite, but a length may have leading zeros, as some personalisation systems write them.
    case ber
}
