package import DocumentCrypto
package import StationCore

/// Chip authentication version 1 over elliptic curves, the reader's side (BSI TR-03110-1, 3.4; ICAO 9303-11, 6.2), as
/// a value. Its keys prove the chip genuine only when the next protected answer verifies under them.
package struct ChipAuthentication: Sendable {
    /// What to do next.
    package enum Action: Sendable {
        /// Send this under the old session and come back with the answer.
        case send(CommandAPDU)
        /// Go on with this session.
        case established(SecureMessaging)
    }

    private let info: ChipAuthenticationInfo
    private let key: ChipAuthenticationKey
    private let own: CurveKeyPair
    private var templateSet = false

    /// Chooses a variant and key of DG14; nil when it has none that is supported.
    package init?(_ infos: SecurityInfos, random: any RandomSource) throws(Failure) {
        var chosen: (ChipAuthenticationInfo, ChipAuthenticationKey)?
        for key in infos.chipAuthenticationKeys {
            let matching = infos.chipAuthentication.filter { $0.keyID == key.keyID }
            // A key without info means the oldest variant; AES before 3DES where the card offers both.
            let info =
                matching.first { $0.suite != .tripleDES } ?? matching.first
                ?? (infos.chipAuthentication.isEmpty ? .implied(keyID: key.keyID) : nil)
            if let info {
                chosen = (info, key)
                break
            }
        }
        guard let (info, key) = chosen else { return nil }
        self.info = info
        self.key = key
        do {
            own = try CurveKeyPair(generator: CurvePoint.generator(of: key.point.curve), random: AnyRandom(random))
        } catch { throw error.asFailure(in: "chip authentication") }
    }

    /// MSE:Set KAT with the key for 3DES, MSE:Set AT otherwise.
    package var firstCommand: CommandAPDU {
        var data: [UInt8]
        if info.suite == .tripleDES {
            data = TLV(0x91, own.publicPoint.encoded).encoded
        } else {
            data = TLV(0x80, info.identifier.bytes).encoded
        }
        if let keyID = info.keyID { data += TLV(0x84, [UInt8(truncatingIfNeeded: keyID)]).encoded }
        return CommandAPDU(ins: 0x22, p1: 0x41, p2: info.suite == .tripleDES ? 0xa6 : 0xa4, data: data)
    }

    /// Takes the card's answer; throws `cardForged` when the card refuses what its signed DG14 promises.
    package mutating func next(_ response: ResponseAPDU) throws(Failure) -> Action {
        guard response.status == .success else {
            throw Failure(.cardForged, "chip authentication: \(response.status)")
        }
        if info.suite != .tripleDES, !templateSet {
            templateSet = true
            let data = TLV(0x7c, [TLV(0x80, own.publicPoint.encoded)]).encoded
            return .send(CommandAPDU(ins: 0x86, data: data, expectedLength: 256))
        }
        do {
            let secret = try own.sharedPoint(with: key.point).x
            return .established(SecureMessaging(keys: SessionKeys(secret: secret, suite: info.suite)))
        } catch { throw error.asFailure(in: "chip authentication") }
    }

    /// The session of the card's side, from its static key and the reader's ephemeral point.
    package static func session(
        own: CurveKeyPair,
        other: CurvePoint,
        suite: CipherSuite
    ) throws(CryptoFailure) -> SecureMessaging {
        SecureMessaging(keys: SessionKeys(secret: try own.sharedPoint(with: other).x, suite: suite))
    }
}
