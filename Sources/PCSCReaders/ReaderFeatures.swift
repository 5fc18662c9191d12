import StationCore

/// What the station asks of a reader: how large an APDU it carries and which device it is (PC/SC part 10), and where it
/// is plugged in (part 3).
package enum ReaderFeatures {
    /// FEATURE_GET_TLV_PROPERTIES (part 10, 2.3).
    static let tlvProperties: UInt8 = 0x12
    /// PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize (part 10, 2.6.14).
    static let maximumAPDUDataSize: UInt8 = 10

    /// PCSCv2_PART10_PROPERTY_wIdVendor (part 10, 2.6.15).
    static let vendor: UInt8 = 11
    /// PCSCv2_PART10_PROPERTY_wIdProduct (part 10, 2.6.16).
    static let product: UInt8 = 12

    /// Parses a list of one-byte tags and lengths; nil when an entry is cut or the list is absurdly long.
    static func parse(_ bytes: [UInt8]) -> [UInt8: [UInt8]]? {
        var entries: [UInt8: [UInt8]] = [:]
        var position = 0
        while position < bytes.count {
            guard position + 2 <= bytes.count else { return nil }
            let end = position + 2 + Int(bytes[position + 1])
            guard end <= bytes.count, entries.count < Limits.Card.readerFeatures else { return nil }
            entries[bytes[position]] = Array(bytes[(position + 2)..<end])
            position = end
        }
        return entries
    }

    /// The control code under which the reader tells its properties: four bytes, big-endian (part 10, 2.2).
    package static func propertiesControlCode(features: [UInt8]) -> UInt32? {
        guard let value = parse(features)?[tlvProperties], value.count == 4 else { return nil }
        return value.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The largest data field that the reader carries: one to four bytes, little-endian; 0 says short APDUs only.
    package static func maximumDataBytes(properties: [UInt8]) -> Int? {
        guard let value = parse(properties)?[maximumAPDUDataSize], (1...4).contains(value.count) else { return nil }
        return value.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A property of two bytes, little-endian.
    package static func half(_ tag: UInt8, properties: [UInt8]) -> UInt16? {
        guard let value = parse(properties)?[tag], value.count == 2 else { return nil }
        return UInt16(value[1]) << 8 | UInt16(value[0])
    }

    /// SCARD_ATTR_CHANNEL_ID (part 3, 3.1.4): four bytes in the host's order, which is
    /// little-endian wherever this runs; some drivers fill a whole DWORD of eight.
    package static func channel(_ bytes: [UInt8]) -> UInt32? {
        guard bytes.count == 4 || bytes.count == 8 else { return nil }
        return UInt32(exactly: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A serial number as the driver gives it: text, perhaps with its final zero. Nil for none.
    package static func serialNumber(_ bytes: [UInt8]) -> String? {
        let text = bytes.prefix { $0 != 0 }
        guard !text.isEmpty, text.count <= Limits.Card.readerNameBytes,
            let serial = String(validating: text, as: UTF8.self),
            !serial.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return serial
    }
}
