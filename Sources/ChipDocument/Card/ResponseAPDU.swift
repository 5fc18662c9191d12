public import StationCore

/// The two status bytes that end a response (ISO/IEC 7816-4, 5.6).
public struct StatusWord: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// SW1 ‖ SW2.
    public let rawValue: UInt16

    /// Takes SW1 ‖ SW2.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 9000: done.
    public static let success = StatusWord(rawValue: 0x9000)
    /// 6282: the end of the file came before Le bytes.
    public static let endOfFile = StatusWord(rawValue: 0x6282)
    /// 6300: authentication failed.
    public static let authenticationFailed = StatusWord(rawValue: 0x6300)
    /// 6700: wrong length.
    public static let wrongLength = StatusWord(rawValue: 0x6700)
    /// 6982: security status not satisfied.
    public static let securityStatusNotSatisfied = StatusWord(rawValue: 0x6982)
    /// 6985: conditions of use not satisfied.
    public static let conditionsNotSatisfied = StatusWord(rawValue: 0x6985)
    /// 6987: secure messaging data objects missing.
    public static let secureMessagingMissing = StatusWord(rawValue: 0x6987)
    /// 6988: secure messaging data objects incorrect.
    public static let secureMessagingIncorrect = StatusWord(rawValue: 0x6988)
    /// 6A80: incorrect data field.
    public static let incorrectData = StatusWord(rawValue: 0x6a80)
    /// 6A82: file not found.
    public static let fileNotFound = StatusWord(rawValue: 0x6a82)
    /// 6A86: incorrect P1-P2.
    public static let incorrectParameters = StatusWord(rawValue: 0x6a86)
    /// 6A88: referenced data not found.
    public static let referenceNotFound = StatusWord(rawValue: 0x6a88)
    /// 6B00: offset beyond the end.
    public static let wrongParameters = StatusWord(rawValue: 0x6b00)
    /// 6D00: instruction not supported.
    public static let instructionNotSupported = StatusWord(rawValue: 0x6d00)
    /// 6E00: class not supported.
    public static let classNotSupported = StatusWord(rawValue: 0x6e00)

    /// First byte.
    public var sw1: UInt8 { UInt8(rawValue >> 8) }
    /// Second byte.
    public var sw2: UInt8 { UInt8(rawValue & 0xff) }
    /// SW1 ‖ SW2 as bytes.
    public var bytes: [UInt8] { [sw1, sw2] }
    /// After 61xx, how many bytes GET RESPONSE can fetch (00 stands for 256 or more).
    public var remainingBytes: Int? { sw1 == 0x61 ? (sw2 == 0 ? 256 : Int(sw2)) : nil }
    /// After 6Cxx, the Le that the card wants.
    public var correctLength: Int? { sw1 == 0x6c ? (sw2 == 0 ? 256 : Int(sw2)) : nil }
    /// After 63Cx, how many tries are left.
    public var remainingTries: Int? { rawValue & 0xfff0 == 0x63c0 ? Int(rawValue & 0xf) : nil }
    /// Four hexadecimal digits.
    public var description: String { Hex.text(bytes) }
}

/// A card's answer.
public struct ResponseAPDU: Hashable, Sendable {
    /// Response data field; empty when there is none.
    public let data: [UInt8]
    /// Status word.
    public let status: StatusWord

    /// Makes an answer, as a card does.
    public init(data: [UInt8] = [], status: StatusWord) {
        self.data = data
        self.status = status
    }

    /// Parses an answer; throws `cardProtocolError` when it is shorter than a status word or longer than an APDU.
    public init(parsing bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= 2, bytes.count <= Limits.Card.apduBytes else {
            throw Failure(.cardProtocolError, "response of \(bytes.count) bytes")
        }
        data = Array(bytes.dropLast(2))
        status = StatusWord(rawValue: UInt16(bytes[bytes.count - 2]) << 8 | UInt16(bytes[bytes.count - 1]))
    }

    /// Data and status word.
    public var encoded: [UInt8] { data + status.bytes }
}
