/// A name on the upstream contract's wires (station, key, receipt and list ids): `[A-Za-z0-9._:-]{1,128}`.
public struct WireName: Hashable, Sendable {
    /// The text itself.
    public let text: String

    /// Nil when the text has another alphabet or length.
    public init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...128).contains(text.utf8.count) else { return nil }
        self.text = text
    }
}

extension WireName: Codable, CustomStringConvertible {
    /// The text itself.
    public var description: String { text }

    /// Reads the text; another alphabet or length is a data-corrupted error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = WireName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not 1 to 128 characters of A-Z a-z 0-9 . _ : -")
        }
        self = value
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The station's identity: the subject CN of its TLS client certificate.
public typealias StationID = WireName
