package import DocumentCrypto
public import StationCore

/// One entry of SecurityInfos (BSI TR-03110-3, A.1): a protocol and what it says about itself.
public struct SecurityInfo: Hashable, Sendable {
    /// The protocol.
    public let identifier: ObjectIdentifier
    /// The first, required datum.
    public let required: TLV
    /// The second datum, where there is one.
    public let optional: TLV?
}

/// SecurityInfos: the content of EF.CardAccess, and of DG14 inside its tag (ICAO 9303-11, 9.2). Entries are found by
/// what they are, never by where they stand.
public struct SecurityInfos: Hashable, Sendable {
    /// All entries, in the order of the file, known or not.
    public let entries: [SecurityInfo]

    /// Parses the SET; throws `cardDataMalformed` or `cardDataTooLarge`.
    public init(_ bytes: [UInt8]) throws(Failure) {
        let set = try TLV(parsing: bytes, tag: .set, rules: .ber)
        var reader = TLVReader(set.value, rules: .ber)
        var entries: [SecurityInfo] = []
        while !reader.isAtEnd {
            guard entries.count < Limits.Card.securityInfos else {
                throw Failure(.cardDataTooLarge, "SecurityInfos: too many entries")
            }
            let fields = try reader.next(.sequence).children(rules: .ber)
            guard (2...3).contains(fields.count) else { throw Failure(.cardDataMalformed, "SecurityInfo fields") }
            entries.append(
                SecurityInfo(
                    identifier: try ObjectIdentifier(fields[0]),
                    required: fields[1],
                    optional: fields.count == 3 ? fields[2] : nil
                )
            )
        }
        self.entries = entries
    }

    /// Parses DG14.
    public init(dataGroup14 bytes: [UInt8]) throws(Failure) {
        try self.init(TLV(parsing: bytes, tag: 0x6e, rules: .ber).value)
    }

    /// The PACE protocols offered; unknown mappings and ciphers are left out.
    package var pace: [PACEInfo] { entries.compactMap(PACEInfo.init) }

    /// The chip authentication protocols offered; unknown ones are left out.
    package var chipAuthentication: [ChipAuthenticationInfo] { entries.compactMap(ChipAuthenticationInfo.init) }

    /// The chip authentication keys of supported curves.
    package var chipAuthenticationKeys: [ChipAuthenticationKey] { entries.compactMap(ChipAuthenticationKey.init) }

    /// The digest and encoding of ECDSA active authentication; nil when not stated.
    package var activeAuthenticationDigest: DigestAlgorithm? {
        for entry in entries where entry.identifier.bytes == ObjectIdentifier.mrtdSecurity + [5] {
            guard let algorithm = entry.optional, let identifier = try? ObjectIdentifier(algorithm),
                let arcs = identifier.arcs(after: ObjectIdentifier.plainECDSA), arcs.count == 1
            else { continue }
            switch arcs[0] {
            case 1: return .sha1
            case 2: return .sha224
            case 3: return .sha256
            case 4: return .sha384
            case 5: return .sha512
            default: continue
            }
        }
        return nil
    }
}

/// PACEInfo: one way to run PACE (ICAO 9303-11, 9.2.1).
package struct PACEInfo: Hashable, Sendable {
    /// How the nonce becomes a generator.
    package let mapping: PACEMapping
    /// Session cipher.
    package let suite: CipherSuite
    /// Standardized domain parameters, table 6; nil when the entry leaves them open.
    package let parameterID: Int?
    /// The protocol's identifier, as it goes into MSE:Set AT and into the tokens.
    package let identifier: ObjectIdentifier

    /// States a PACE variant, for built-in profiles and cards of our own.
    package init(mapping: PACEMapping, suite: CipherSuite, parameterID: Int?) {
        self.mapping = mapping
        self.suite = suite
        self.parameterID = parameterID
        identifier = ObjectIdentifier(ObjectIdentifier.smartcard + [4, mapping.arc, suite.arc])
    }

    init?(_ entry: SecurityInfo) {
        guard let arcs = entry.identifier.arcs(after: ObjectIdentifier.smartcard + [4]), arcs.count == 2,
            let mapping = PACEMapping(arc: arcs[0]), let suite = CipherSuite(arc: arcs[1]),
            entry.required.tag == .integer, entry.required.smallInteger == 2
        else { return nil }
        var parameter: Int?
        if let optional = entry.optional {
            guard optional.tag == .integer, let value = optional.smallInteger else { return nil }
            parameter = value
        }
        self.init(mapping: mapping, suite: suite, parameterID: parameter)
    }

    /// The named curve; nil for finite fields and for parameters that are not standardized.
    package var curve: NamedCurve? { parameterID.flatMap(NamedCurve.init(rawValue:)) }

    /// The PACEInfo as EF.CardAccess carries it.
    package var encoded: TLV {
        var fields = [identifier.encoded, TLV(.integer, [2])]
        if let parameterID { fields.append(TLV(.integer, [UInt8(truncatingIfNeeded: parameterID)])) }
        return TLV(.sequence, fields)
    }
}

/// How PACE turns the nonce into a generator (ICAO 9303-11, 4.4.3.3).
public enum PACEMapping: String, Codable, Hashable, Sendable, CaseIterable {
    /// Finite-field generic mapping.
    case genericFiniteField
    /// Elliptic-curve generic mapping.
    case generic
    /// Finite-field integrated mapping.
    case integratedFiniteField
    /// Elliptic-curve integrated mapping.
    case integrated
    /// Elliptic-curve chip authentication mapping.
    case chipAuthentication

    var arc: UInt8 {
        switch self {
        case .genericFiniteField: 1
        case .generic: 2
        case .integratedFiniteField: 3
        case .integrated: 4
        case .chipAuthentication: 6
        }
    }

    init?(arc: UInt8) {
        guard let match = Self.allCases.first(where: { $0.arc == arc }) else { return nil }
        self = match
    }
}
