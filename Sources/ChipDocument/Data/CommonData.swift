public import StationCore

/// EF.COM: which files the chip says it has (ICAO 9303-10, 4.6.1). Not signed; to be compared with EF.SOD.
public struct CommonData: Hashable, Sendable {
    /// LDS version, such as `0107`.
    public let ldsVersion: String
    /// Unicode version, such as `040000`.
    public let unicodeVersion: String
    /// Whether both versions are ones that are known: LDS 1.7 or 1.8 (ICAO 9303-10, 4.6.1), Unicode 4.0.
    public var hasKnownVersions: Bool { ["0107", "0108"].contains(ldsVersion) && unicodeVersion == "040000" }
    /// The data groups listed, in the file's order.
    public let dataGroups: [FileIdentifier]

    /// Parses the file.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var reader = TLVReader(try TLV(parsing: bytes, tag: 0x60, rules: .ber).value, rules: .ber)
        ldsVersion = try Self.digits(reader.next(0x5f01), count: 4)
        unicodeVersion = try Self.digits(reader.next(0x5f36), count: 6)
        let tags = try reader.next(0x5c).value
        try reader.finish()
        guard tags.count <= Limits.Card.dataGroups else { throw Failure(.cardDataTooLarge, "EF.COM: tags") }
        var groups: [FileIdentifier] = []
        for tag in tags {
            guard let group = FileIdentifier(tag: tag), !groups.contains(group) else {
                throw Failure(.cardDataMalformed, "EF.COM: tag \(Hex.text([tag]))")
            }
            groups.append(group)
        }
        dataGroups = groups
    }

    private static func digits(_ object: TLV, count: Int) throws(Failure) -> String {
        guard object.value.count == count, object.value.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Failure(.cardDataMalformed, "EF.COM: version")
        }
        return String(decoding: object.value, as: UTF8.self)
    }
}
