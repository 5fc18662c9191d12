import StationCore

/// A place on the USB tree as the kernel names it: bus, then the port of every hub on the way, such as `1-2.3`. It stays
/// the same over reboots as long as nobody moves the plug.
package struct USBPort: Hashable, Sendable {
    /// The kernel's name.
    package let text: String

    /// Nil for anything but a bus and one to seven ports, each a number without leading zeros from 1 to 255
    /// (USB 2.0, 4.1.1: five hubs in a row and their two ends).
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 32, parts.count == 2, Self.isNumber(parts[0]) else { return nil }
        let ports = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...7).contains(ports.count), ports.allSatisfy(Self.isNumber) else { return nil }
        self.text = text
    }

    private static func isNumber(_ text: Substring) -> Bool {
        guard let value = UInt8(text), value > 0 else { return false }
        return String(value) == text
    }
}

extension USBPort: Codable, CustomStringConvertible {
    /// The kernel's name.
    package var description: String { text }

    /// Reads the name; another shape is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let port = USBPort(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a USB port")
        }
        self = port
    }

    /// Writes the name.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A vendor's or product's number (USB 2.0, 9.6.1), written as four hexadecimal digits.
package struct USBNumber: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The number itself.
    package let value: UInt16

    /// Takes the number.
    package init(_ value: UInt16) { self.value = value }

    /// Four lower-case hexadecimal digits.
    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Reads four lower-case hexadecimal digits.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = UInt16(text, radix: 16), USBNumber(value).description == text else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not four hexadecimal digits")
        }
        self.value = value
    }

    /// Writes four digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
