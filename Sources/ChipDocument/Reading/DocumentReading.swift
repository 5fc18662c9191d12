public import StationCore

/// How the chip was opened.
public struct AccessOutcome: Codable, Hashable, Sendable {
    /// The access protocols.
    public enum AccessProtocol: String, Codable, Sendable {
        case pace
        case bac
    }

    /// Why a weaker protocol than PACE was used (law: no silent downgrade).
    public enum Downgrade: String, Codable, Sendable {
        /// The chip shows no PACE in EF.CardAccess.
        case paceNotOffered
        /// The chip's PACE variants are none of ours.
        case paceUnsupported
        /// The chip refused to run the PACE it offers.
        case paceRefused
    }

    /// Where the parameters came from.
    public enum ParameterSource: String, Codable, Sendable {
        /// EF.CardAccess by its file identifier, nothing selected before.
        case fileIdentifier
        /// EF.CardAccess by its short identifier.
        case shortIdentifier
        /// EF.CardAccess after the application was selected.
        case insideApplication
        /// The built-in profile.
        case profile
        /// There was nothing to be had.
        case none
    }

    /// The protocol.
    public let accessProtocol: AccessProtocol
    /// PACE's mapping; nil for BAC.
    public let mapping: PACEMapping?
    /// PACE's standardized domain parameters; nil for BAC.
    public let parameterID: Int?
    /// The session cipher of the access protocol.
    public let suite: CipherSuite
    /// What opened the chip.
    public let credential: AccessCredential.Kind
    /// Why not PACE; nil when it was PACE.
    public let downgrade: Downgrade?
    /// Where the parameters came from.
    public let parameterSource: ParameterSource
}

/// What one read cost.
public struct ReadStatistics: Codable, Hashable, Sendable {
    /// Commands sent.
    public internal(set) var apdus = 0
    /// Bytes of all commands.
    public internal(set) var commandBytes = 0
    /// Bytes of all responses.
    public internal(set) var responseBytes = 0
    /// From the first command to the verdict.
    public internal(set) var milliseconds = 0.0
    /// The part of it that was spent waiting for reader and card.
    public internal(set) var channelMilliseconds = 0.0
    /// Our own part.
    public var ownMilliseconds: Double { milliseconds - channelMilliseconds }
}

/// Where a read stands, for people.
public enum ReadPhase: String, Codable, Sendable, CaseIterable {
    case openingChip
    case provingAccess
    case readingSecurityObject
    case provingChip
    case readingText
    case readingPortrait
    case finished
}

/// What happens during a read, in order.
public enum ReadEvent: Sendable {
    /// The read goes on to the next phase.
    case phase(ReadPhase)
    /// The chip is open.
    case access(AccessOutcome)
    /// So many bytes of a file are here.
    case progress(FileIdentifier, received: Int, total: Int)
    /// A file is here and was compared with EF.SOD: true when it is the signed one; nil for EF.SOD itself and for
    /// EF.COM, which is not signed.
    case file(FileIdentifier, bytes: [UInt8], matchesSecurityObject: Bool?)
    /// A check has its result.
    case finding(Finding)
    /// The read is over, well or not: what was said to the card. Always the last.
    case record(FlightRecord)
}

/// A finished read.
public struct DocumentReading: Sendable {
    /// The raw files.
    public let files: [FileIdentifier: [UInt8]]
    /// How the chip was opened.
    public let access: AccessOutcome
    /// All checks: `securityObjectSignature`, `certificateChain`, `dataGroupHashes`, `issuerAgainstDG1`,
    /// `passiveAuthentication`, `chipAuthentication`, `activeAuthentication`, `dataGroupsComplete`, `comAgainstSOD`, `cardAccessAgainstDG14`.
    public let findings: [Finding]
    /// What active authentication left for others to verify; nil when it was not run.
    public let activeAuthentication: ActiveAuthenticationEvidence?
    /// The profile that the read assumed.
    public let profile: String
    /// What it cost.
    public let statistics: ReadStatistics
    /// What was said to the card, without what was carried.
    public let record: FlightRecord

    /// The finding of one check.
    public func finding(_ check: String) -> Finding? { findings.first { $0.check == check } }

    /// Whether the chip was shown to be no copy: chip authentication or active authentication passed.
    public var chipGenuine: Verdict {
        let proofs = [finding("chipAuthentication"), finding("activeAuthentication")].compactMap { $0?.verdict }
        if proofs.contains(.failed) { return .failed }
        return proofs.contains(.passed) ? .passed : .notDetermined
    }

    /// The machine-readable zone of DG1.
    public func machineReadableZone() throws(Failure) -> MachineReadableZone {
        guard let file = files[.dg1] else { throw Failure(.cardDataMalformed, "DG1 absent") }
        return try MachineReadableZone(dataGroup1: file)
    }

    /// The portrait of DG2; throws `portraitAbsent` when the card has none.
    public func faceImage() throws(Failure) -> FaceImage {
        guard let file = files[.dg2] else { throw Failure(.portraitAbsent, "DG2 absent") }
        return try FaceImage(dataGroup2: file)
    }
}
