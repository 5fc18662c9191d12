/// An elementary file of the eMRTD application, and EF.CardAccess and EF.CardSecurity outside of it (ICAO 9303-10, table 36). The raw value
/// is the name under which a file travels.
public enum FileIdentifier: String, Codable, Hashable, Sendable, CaseIterable {
    case cardAccess = "EF.CardAccess"
    case cardSecurity = "EF.CardSecurity"
    case com = "EF.COM"
    case sod = "EF.SOD"
    case dg1 = "DG1"
    case dg2 = "DG2"
    case dg3 = "DG3"
    case dg4 = "DG4"
    case dg5 = "DG5"
    case dg6 = "DG6"
    case dg7 = "DG7"
    case dg8 = "DG8"
    case dg9 = "DG9"
    case dg10 = "DG10"
    case dg11 = "DG11"
    case dg12 = "DG12"
    case dg13 = "DG13"
    case dg14 = "DG14"
    case dg15 = "DG15"
    case dg16 = "DG16"

    private static let groups: [FileIdentifier] = [
        .dg1, .dg2, .dg3, .dg4, .dg5, .dg6, .dg7, .dg8, .dg9, .dg10, .dg11, .dg12, .dg13, .dg14, .dg15, .dg16,
    ]
    private static let groupTags: [UInt8] = [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
    ]

    /// 1 to 16 for data groups, nil for the others.
    public var dataGroup: Int? { Self.groups.firstIndex(of: self).map { $0 + 1 } }

    /// Data group 1 to 16; nil for other numbers.
    public init?(dataGroup: Int) {
        guard Self.groups.indices.contains(dataGroup - 1) else { return nil }
        self = Self.groups[dataGroup - 1]
    }

    /// The data group whose file starts with this tag (as EF.COM lists them); nil when there is none.
    public init?(tag: UInt8) {
        guard let index = Self.groupTags.firstIndex(of: tag) else { return nil }
        self = Self.groups[index]
    }

    /// The short file identifier, 5 bits.
    public var shortIdentifier: UInt8 {
        switch self {
        case .cardAccess: 0x1c
        // Of EF.SOD inside the application, of EF.CardSecurity outside.
        case .sod, .cardSecurity: 0x1d
        case .com: 0x1e
        default: UInt8(dataGroup ?? 0)
        }
    }

    /// The two-byte file identifier.
    public var fileID: UInt16 { 0x0100 | UInt16(shortIdentifier) }

    /// The tag that the file's content starts with.
    public var tag: UInt8 {
        switch self {
        case .cardAccess: 0x31
        case .cardSecurity: 0x30
        case .sod: 0x77
        case .com: 0x60
        default: Self.groupTags[(dataGroup ?? 1) - 1]
        }
    }
}
