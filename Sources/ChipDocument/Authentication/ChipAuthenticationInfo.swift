package import DocumentCrypto
package import StationCore

/// ChipAuthenticationInfo: one way to run chip authentication version 1 (BSI TR-03110-3, A.1.1.2; ICAO 9303-11, 9.2.5).
package struct ChipAuthenticationInfo: Hashable, Sendable {
    /// What kind of key agreement.
    package let agreement: KeyAgreementKind
    /// Session cipher afterwards.
    package let suite: CipherSuite
    /// Which key; nil when the card has one.
    package let keyID: Int?

    /// The protocol's identifier, as it goes into MSE:Set AT.
    package var identifier: ObjectIdentifier {
        ObjectIdentifier(ObjectIdentifier.smartcard + [3, agreement.arc, suite.arc])
    }

    /// States a variant, for cards of our own, and for a card that shows a key but no info: that means 3DES
    /// (ICAO 9303-11, 6.2).
    package init(agreement: KeyAgreementKind = .ellipticCurve, suite: CipherSuite, keyID: Int?) {
        self.agreement = agreement
        self.suite = suite
        self.keyID = keyID
    }

    init?(_ entry: SecurityInfo) {
        guard let arcs = entry.identifier.arcs(after: ObjectIdentifier.smartcard + [3]), arcs.count == 2,
            let agreement = KeyAgreementKind(arc: arcs[0]), let suite = CipherSuite(arc: arcs[1]),
            entry.required.tag == .integer, entry.required.smallInteger == 1
        else { return nil }
        if let optional = entry.optional, optional.tag != .integer || optional.smallInteger == nil { return nil }
        self.init(agreement: agreement, suite: suite, keyID: entry.optional?.smallInteger)
    }

    /// The entry as DG14 and EF.CardAccess carry it.
    package var encoded: TLV {
        var fields = [identifier.encoded, TLV(.integer, [1])]
        if let keyID { fields.append(TLV(.integer, keyID: keyID)) }
        return TLV(.sequence, fields)
    }
}

/// The two families of Diffie-Hellman, as the protocols' identifiers name them.
package enum KeyAgreementKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Over a prime field.
    case finiteField = 1
    /// Over an elliptic curve.
    case ellipticCurve = 2

    var arc: UInt8 { rawValue }

    init?(arc: UInt8) { self.init(rawValue: arc) }
}

/// ChipAuthenticationPublicKeyInfo: a static key of the chip (BSI TR-03110-3, A.1.1.2; ICAO 9303-11, 9.2.6).
package struct ChipAuthenticationKey: Hashable, Sendable {
    /// The key itself.
    package enum Material: Hashable, Sendable {
        case finiteField(FiniteFieldPublicKey)
        case ellipticCurve(CurvePoint)
    }

    /// The chip's static public key.
    package let material: Material
    /// The key's id; nil when the card has one key.
    package let keyID: Int?

    /// The key's family.
    package var agreement: KeyAgreementKind {
        switch material {
        case .finiteField: .finiteField
        case .ellipticCurve: .ellipticCurve
        }
    }

    /// The point of an elliptic-curve key.
    package var point: CurvePoint? { if case .ellipticCurve(let point) = material { point } else { nil } }

    init?(_ entry: SecurityInfo) {
        guard let arcs = entry.identifier.arcs(after: ObjectIdentifier.smartcard + [1]), arcs.count == 1,
            let kind = KeyAgreementKind(arc: arcs[0]), entry.required.tag == .sequence,
            let material = Self.material(entry.required, kind: kind)
        else { return nil }
        if let optional = entry.optional, optional.tag != .integer || optional.smallInteger == nil { return nil }
        self.material = material
        keyID = entry.optional?.smallInteger
    }

    private static func material(_ info: TLV, kind: KeyAgreementKind) -> Material? {
        switch kind {
        case .finiteField: (try? FiniteFieldPublicKey(der: info.encoded)).map(Material.finiteField)
        case .ellipticCurve:
            if let point = try? standardizedPoint(info) {
                .ellipticCurve(point)
            } else if case .ellipticCurve(let point)? = (try? PublicKey(der: info.encoded))?.kind {
                .ellipticCurve(point)
            } else {
                nil
            }
        }
    }

    /// standardizedDomainParameters, 0.4.0.127.0.7.1.2 (TR-03110-3, A.2.1.1): the curve by its number in table 6.
    private static let standardizedParameters = ObjectIdentifier([0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x02])

    private static func standardizedPoint(_ info: TLV) throws -> CurvePoint {
        let fields = try info.children(rules: .ber)
        let algorithm = try fields.first?.children(rules: .ber) ?? []
        guard fields.count == 2, algorithm.count == 2, try ObjectIdentifier(algorithm[0]) == standardizedParameters,
            algorithm[1].tag == .integer, let curve = algorithm[1].smallInteger.flatMap(NamedCurve.init(rawValue:)),
            fields[1].tag == .bitString, fields[1].value.first == 0
        else { throw Failure(.cardUnsupported, "chip authentication key") }
        return try CurvePoint(curve: curve, encoded: Array(fields[1].value.dropFirst()))
    }

    /// The entry as DG14 carries it, for a key given as SubjectPublicKeyInfo.
    package static func encoded(
        subjectPublicKeyInfo der: [UInt8], agreement: KeyAgreementKind = .ellipticCurve, keyID: Int?
    ) throws(Failure) -> TLV {
        let identifier = ObjectIdentifier(ObjectIdentifier.smartcard + [1, agreement.arc])
        var fields = [identifier.encoded, try TLV(parsing: der)]
        if let keyID { fields.append(TLV(.integer, keyID: keyID)) }
        return TLV(.sequence, fields)
    }
}

extension TLV {
    /// A small number as an INTEGER or data object.
    fileprivate init(_ tag: TLVTag, keyID: Int) { self.init(tag, Self.smallNumber(keyID)) }

    /// A number of 0 to 2^31 - 1 in the fewest octets that do not make it negative.
    package static func smallNumber(_ value: Int) -> [UInt8] {
        var bytes = [UInt8(truncatingIfNeeded: value)]
        var rest = value >> 8
        while rest > 0 || bytes[0] >= 0x80 {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return bytes
    }
}
