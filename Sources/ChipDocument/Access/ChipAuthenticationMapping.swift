package import DocumentCrypto
import StationCore

/// What a chip showed of its static key at the end of PACE with chip authentication mapping (ICAO 9303-11, 4.4.3.5). It
/// proves the chip genuine once a signed EF.CardSecurity holds the static key that it fits.
package struct ChipAuthenticationMapping: Hashable, Sendable {
    /// PK_Map,IC: the chip's ephemeral key of the mapping.
    private let mappingKey: CurvePoint
    /// CA_IC: SK_Map,IC divided by the static private key, at the length of the order.
    private let authenticationData: [UInt8]
    /// The parameters of PACE, which name the static key among several.
    private let parameterID: Int?

    /// Opens DO'8A': AES-CBC with IV = E(KS_Enc, -1), padding method 2. Throws `cardProtocolError` when it is not the
    /// number that it must be; whether it is the right one, `verify` says.
    init(
        encrypted: [UInt8], keys: SessionKeys, mappingKey: CurvePoint, parameterID: Int?
    ) throws(Failure) {
        let block = keys.suite.cipher.blockBytes
        let iv = try keys.encrypt([UInt8](repeating: 0xff, count: block), iv: keys.suite.cipher.zeroIV)
        guard !encrypted.isEmpty,
            let data = BlockPadding.unpadded(try keys.decrypt(encrypted, iv: iv), blockBytes: block),
            data.count == mappingKey.curve.orderBytes
        else { throw Failure(.cardProtocolError, "PACE: chip authentication data") }
        self.mappingKey = mappingKey
        authenticationData = data
        self.parameterID = parameterID
    }

    /// Check `chipAuthenticationMapping`: EF.CardSecurity, signed by a signer that `anchors` vouch for, holds the key.
    func finding(
        cardSecurity file: [UInt8]?, cardAccess: [UInt8]?, anchors: TrustAnchors, now: Timestamp?
    ) -> Finding {
        func found(_ verdict: Verdict, _ reason: String?) -> Finding {
            Finding(check: "chipAuthenticationMapping", verdict: verdict, reason: reason)
        }
        guard let file else { return found(.notDetermined, "cardSecurityAbsent") }
        guard let security = try? CardSecurity(file) else { return found(.failed, "cardSecurityMalformed") }
        let signature = SignatureJudgement(security.signedData, anchors: anchors, now: now)
        guard signature.signature.verdict == .passed else {
            return found(signature.signature.verdict, signature.signature.reason)
        }
        // EF.CardAccess is unsigned: what it offers must be signed here (ICAO 9303-11, 9.2.11).
        if let cardAccess {
            let open = Set((try? SecurityInfos(cardAccess))?.pace ?? [])
            guard open.isSubset(of: security.infos.pace) else { return found(.failed, "cardAccessDiffers") }
        }
        switch isGenuine(accordingTo: security.infos) {
        case nil: return found(.failed, "keyAbsent")
        case false?: return found(.failed, "keyMismatch")
        case true?: return found(signature.chain.verdict, signature.chain.reason)
        }
    }

    /// Whether the static key of a verified EF.CardSecurity gives this mapping: PK_Map,IC = CA_IC · PK_IC, both coordinates.
    ///
    /// The key is the one whose id is the PACE parameters' (9303-11, 9.2.1), or the only one on the curve when it has no
    /// id. Nil when EF.CardSecurity has no such key.
    package func isGenuine(accordingTo infos: SecurityInfos) -> Bool? {
        let keys = infos.chipAuthenticationKeys.filter { $0.point?.curve == mappingKey.curve }
        let named = keys.filter { $0.keyID != nil && $0.keyID == parameterID }
        let unnamed = keys.filter { $0.keyID == nil }
        guard let point = named.count == 1 ? named[0].point : unnamed.count == 1 ? unnamed[0].point : nil else {
            return nil
        }
        return (try? point.multiplied(by: authenticationData)) == mappingKey
    }

    /// DO'8A', the card's side: the quotient of its two private keys, encrypted under the new session's key.
    package static func encrypted(
        mappingKey: CurveKeyPair, staticKey: CurveKeyPair, keys: SessionKeys
    ) throws -> [UInt8] {
        let data = try mappingKey.quotient(by: staticKey)
        let block = keys.suite.cipher.blockBytes
        let iv = try keys.encrypt([UInt8](repeating: 0xff, count: block), iv: keys.suite.cipher.zeroIV)
        return try keys.encrypt(BlockPadding.padded(data, blockBytes: block), iv: iv)
    }
}
