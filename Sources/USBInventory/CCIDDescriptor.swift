import StationCore

/// The class descriptor of a smart card reader (USB CCID 1.1, 5.1): what its electronics carry, as they say themselves.
package struct CCIDDescriptor: Codable, Hashable, Sendable {
    /// What the reader takes from the host at once (dwFeatures, bits 16 to 18).
    package enum ExchangeLevel: String, Codable, Sendable {
        /// Characters.
        case character
        /// TPDUs: the driver cuts APDUs, so that their length is not the reader's matter.
        case tpdu
        /// APDUs of short length only.
        case shortAPDU
        /// APDUs of short and extended length.
        case extendedAPDU
    }

    /// Cards that fit at once.
    package let slots: Int
    /// Volts of the supplies for a contact card, highest first; none for a contactless reader that says so.
    package let volts: [Double]
    /// How commands pass.
    package let exchangeLevel: ExchangeLevel
    /// Longest message between host and reader, its ten bytes of header included.
    package let maximumMessageBytes: Int

    /// bDescriptorType of the class descriptor.
    static let type: UInt8 = 0x21
    /// bLength of the class descriptor.
    static let length = 54

    /// Finds the descriptor among those that follow an interface or endpoint.
    ///
    /// Nil when a length is cut or zero, when there is none or more than one, or when its fields contradict the class.
    package init?(following bytes: [UInt8]) {
        guard let descriptor = Self.find(bytes) else { return nil }
        let number = { (offset: Int) in
            descriptor[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        slots = Int(descriptor[4]) + 1
        let supply = descriptor[5]
        guard supply & ~0x07 == 0 else { return nil }
        volts = [(0x01, 5.0), (0x02, 3.0), (0x04, 1.8)].filter { supply & $0.0 != 0 }.map(\.1)
        switch number(40) & 0x0007_0000 {
        case 0: exchangeLevel = .character
        case 0x1_0000: exchangeLevel = .tpdu
        case 0x2_0000: exchangeLevel = .shortAPDU
        case 0x4_0000: exchangeLevel = .extendedAPDU
        default: return nil
        }
        // Header and one byte at least, header and the longest APDU at most.
        guard (11...UInt32(Limits.Card.apduBytes + 10)).contains(number(44)) else { return nil }
        maximumMessageBytes = Int(number(44))
    }

    /// Walks the row of descriptors, each at least two bytes long.
    private static func find(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count <= Limits.USB.descriptorBytes else { return nil }
        var found: [UInt8]?
        var rest = bytes[...]
        while let length = rest.first.map(Int.init) {
            guard length >= 2, length <= rest.count else { return nil }
            let descriptor = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            guard descriptor[1] == type else { continue }
            guard length == Self.length, found == nil else { return nil }
            found = descriptor
        }
        return found
    }
}
