public import StationCore

/// What is known of a kind of card before its chip says anything. Profiles are data; national ones are made elsewhere.
public struct DocumentProfile: Hashable, Sendable {
    /// Name for records, such as `VNM-2021`.
    public let name: String
    /// EF.CardAccess to assume when the chip does not let it be read; nil when nothing may be assumed.
    public let cardAccess: [UInt8]?

    /// Makes a profile.
    public init(name: String, cardAccess: [UInt8]?) {
        self.name = name
        self.cardAccess = cardAccess
    }

    /// Assumes nothing.
    public static let plain = DocumentProfile(name: "ICAO", cardAccess: nil)
}

/// What one read shall fetch, and what it may do for it.
public struct ReadPlan: Hashable, Sendable {
    /// The files wanted besides EF.SOD, which is always read. Only those that EF.SOD lists are touched.
    public let files: Set<FileIdentifier>
    /// Whether BAC may be used where PACE cannot: a downgrade, recorded as a fact of the reading.
    public let allowsBasicAccessControl: Bool
    /// What is assumed of the card.
    public let profile: DocumentProfile
    /// Hard limit, from the first command to the verdict.
    public let limit: Duration

    /// Makes a plan.
    public init(
        files: Set<FileIdentifier>,
        allowsBasicAccessControl: Bool = false,
        profile: DocumentProfile = .plain,
        limit: Duration = Limits.Card.readDuration
    ) {
        self.files = files
        self.allowsBasicAccessControl = allowsBasicAccessControl
        self.profile = profile
        self.limit = limit
    }

    /// Everything that an application and its evidence need.
    public static let everything: Set<FileIdentifier> = [.com, .dg1, .dg2, .dg13, .dg14, .dg15]
    /// The text and what proves it: no portrait, no active authentication.
    public static let identity: Set<FileIdentifier> = [.com, .dg1, .dg13, .dg14]

    /// Files in the order of reading: the chip's proof first, text next, the long portrait last.
    var order: [FileIdentifier] {
        let first: [FileIdentifier] = [.dg14, .dg1, .dg13, .com, .dg15]
        let rest = FileIdentifier.allCases.filter {
            !first.contains($0) && $0.dataGroup != nil && $0 != .dg2
        }
        return (first + rest + [.dg2]).filter(files.contains)
    }
}
