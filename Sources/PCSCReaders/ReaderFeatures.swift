import StationCore

/// The part of PC/SC part 10 that the station asks of a reader: how large an APDU it carries.
package enum ReaderFeatures {
    /// FEATURE_GET_TLV_PROPERTIES (part 10, 2.3).
    static let tlvProperties: UInt8 = 0x12
    /// PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize (part 10, 2.6.14).
    static let maximumAPDUDataSize: UInt8 = 10

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
}
