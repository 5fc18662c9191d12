package import DocumentCrypto
package import StationCore

/// ChipAuthenticationInfo: one way to run chip authentication version 1 with elliptic curves (BSI TR-03110-3, A.1.1.2).
package struct ChipAuthenticationInfo: Hashable, Sendable {
    /// Session cipher afterwards.
    package let suite: CipherSuite
    /// Which key; nil when the card has one.
    package let keyID: Int?
    /// The protocol's identifier, as it goes into MSE:Set AT.
    package let identifier: ObjectIdentifier

    /// id-CA-ECDH-3DES-CBC-CBC, which a card that shows a key but no info means (ICAO 9303-11, 6.2).
    static func implied(keyID: Int?) -> ChipAuthenticationInfo {
        ChipAuthenticationInfo(suite: .tripleDES, keyID: keyID)
    }

    /// States a variant, for cards of our own.
    package init(suite: CipherSuite, keyID: Int?) {
        let arc: UInt8 =
            switch suite {
            case .tripleDES: 1
            case .aes128: 2
            case .aes192: 3
            case .aes256: 4
            }
        self.suite = suite
        self.keyID = keyID
        identifier = ObjectIdentifier(ObjectIdentifier.smartcard + [3, 2, arc])
    }

    init?(_ entry: SecurityInfo) {
        guard let arcs = entry.identifier.arcs(after: ObjectIdentifier.smartcard + [3, 2]), arcs.count == 1,
            let suite = CipherSuite(arc: arcs[0]), entry.required.tag == .integer, entry.required.smallInteger == 1
        else { return nil }
        if let optional = entry.optional, optional.tag != .integer || optional.smallInteger == nil { return nil }
        self.init(suite: suite, keyID: entry.optional?.smallInteger)
    }

    /// The entry as DG14 and EF.CardAccess carry it.
    package var encoded: TLV {
        var fields = [identifier.encoded, TLV(.integer, [1])]
        if let keyID { fields.append(TLV(.integer, [UInt8(truncatingIfNeeded: keyID)])) }
        return TLV(.sequence, fields)
    }
}

/// ChipAuthenticationPublicKeyInfo with an elliptic-curve key (BSI TR-03110-3, A.1.1.2).
package struct ChipAuthenticationKey: Hashable, Sendable {
    /// The chip's static public point.
    package let point: CurvePoint
    /// The key's id; nil when the card has one key.
    package let keyID: Int?

    static let identifier = ObjectIdentifier(ObjectIdentifier.smartcard + [1, 2])

    init?(_ entry: SecurityInfo) {
        guard entry.identifier == Self.identifier, entry.required.tag == .sequence,
            let key = try? PublicKey(der: entry.required.encoded), case .ellipticCurve(let point) = key.kind
        else { return nil }
        if let optional = entry.optional, optional.tag != .integer || optional.smallInteger == nil { return nil }
        self.point = point
        keyID = entry.optional?.smallInteger
    }

    /// The entry as DG14 carries it, for a key given as SubjectPublicKeyInfo.
    package static func encoded(_ key: PublicKey, keyID: Int?) throws(Failure) -> TLV {
        var fields = [identifier.encoded, try TLV(parsing: key.der)]
        if let keyID { fields.append(TLV(.integer, [UInt8(truncatingIfNeeded: keyID)])) }
        return TLV(.sequence, fields)
    }
}
