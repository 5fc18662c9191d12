package import ChipDocument
import CitizenCard
package import DocumentCrypto
import StationCore

/// What a chip can do: its protocols and the kinds of its keys.
package struct ChipPersonalisation: Sendable {
    /// The key of DG15.
    package enum ActiveAuthentication: Hashable, Sendable {
        case rsa(bits: Int, DigestAlgorithm)
        case ellipticCurve(NamedCurve, DigestAlgorithm)

        var digest: DigestAlgorithm {
            switch self {
            case .rsa(_, let digest), .ellipticCurve(_, let digest): digest
            }
        }
    }

    /// The ways of PACE that EF.CardAccess announces.
    package var pace: [PACEInfo]
    /// The ways of chip authentication that DG14 announces; empty with a key means 3DES.
    package var chipAuthentication: [ChipAuthenticationInfo]
    /// The curve of the static key; PACE's where its mapping shows that key.
    package var chipCurve: NamedCurve
    /// The group of a static key over a prime field, which then takes the place of the curve's in DG14.
    package var finiteField: FiniteFieldGroup?
    /// The key of DG15.
    package var activeAuthentication: ActiveAuthentication

    /// Describes a chip.
    package init(
        pace: [PACEInfo], chipAuthentication: [ChipAuthenticationInfo] = [.init(suite: .aes128, keyID: nil)],
        chipCurve: NamedCurve = .brainpoolP256r1, finiteField: FiniteFieldGroup? = nil,
        activeAuthentication: ActiveAuthentication = .rsa(bits: 2_048, .sha256)
    ) {
        self.pace = pace
        self.chipAuthentication = chipAuthentication
        self.chipCurve = chipCurve
        self.finiteField = finiteField
        self.activeAuthentication = activeAuthentication
    }

    /// The citizen card of 2021.
    package static let citizenCard2021 = ChipPersonalisation(
        pace: [PACEInfo(mapping: .generic, suite: .aes128, parameterID: NamedCurve.brainpoolP256r1.rawValue)])
}

extension ChipPersonalisation {
    /// The secrets of one chip.
    struct Keys {
        let chip: SigningKey
        let finiteField: FiniteFieldKeyPair?
        let active: SigningKey
    }

    func makeKeys(random: any RandomSource) throws -> Keys {
        let source = Boxed(random)
        return Keys(
            chip: try SigningKey(CurveKeyPair(generator: .generator(of: chipCurve), random: source)),
            finiteField: try finiteField.map { try FiniteFieldKeyPair(group: $0, random: source) },
            active: try {
                switch activeAuthentication {
                case .rsa(let bits, _): try .generateRSA(bits: bits)
                case .ellipticCurve(let curve, _):
                    try SigningKey(CurveKeyPair(generator: .generator(of: curve), random: source))
                }
            }())
    }

    /// EF.CardAccess: the citizen card's own bytes, or a SET of what this chip announces.
    var cardAccess: [UInt8] {
        guard !isCitizenCards else { return CardProfile.vnm2021.cardAccess }
        return DER.set(chipAuthentication.map(\.encoded.encoded) + pace.map(\.encoded.encoded))
    }

    private var isCitizenCards: Bool {
        pace == Self.citizenCard2021.pace && chipAuthentication == Self.citizenCard2021.chipAuthentication
    }

    /// DG14: what EF.CardAccess announces, the static key, and the algorithm of ECDSA active authentication.
    func dataGroup14(_ keys: Keys) throws(Failure) -> [UInt8] {
        var infos = try TLV(parsing: cardAccess, tag: .set).children().map(\.encoded)
        let ids = Set(chipAuthentication.map(\.keyID))
        for id in ids.isEmpty ? [nil] : ids.sorted(by: { $0 ?? 0 < $1 ?? 0 }) {
            infos.append(try keyInfo(keys, keyID: id).encoded)
        }
        if case .ellipticCurve(_, let digest) = activeAuthentication {
            infos.append(
                DER.sequence(
                    DER.objectIdentifier(ProtocolIdentifier.activeAuthentication), DER.integer(1),
                    DER.objectIdentifier(ProtocolIdentifier.plainECDSA(digest))))
        }
        return TLV(0x6E, DER.set(infos)).encoded
    }

    private func keyInfo(_ keys: Keys, keyID: Int?) throws(Failure) -> TLV {
        guard let pair = keys.finiteField else {
            return try ChipAuthenticationKey.encoded(subjectPublicKeyInfo: keys.chip.publicKey.der, keyID: keyID)
        }
        return try ChipAuthenticationKey.encoded(
            subjectPublicKeyInfo: DER.finiteFieldKey(pair.publicKey), agreement: .finiteField, keyID: keyID)
    }

    /// The content of EF.CardSecurity: the same, with the static key under the id of PACE's parameters.
    func cardSecurityContent(_ keys: Keys) throws(Failure) -> [UInt8] {
        var infos = try TLV(parsing: cardAccess, tag: .set).children().map(\.encoded)
        infos.append(
            try ChipAuthenticationKey.encoded(subjectPublicKeyInfo: keys.chip.publicKey.der, keyID: chipCurve.rawValue)
                .encoded)
        return DER.set(infos)
    }

    /// Whether the chip needs EF.CardSecurity.
    var showsStaticKey: Bool { pace.contains { $0.mapping == .chipAuthentication } }
}
