import DocumentCrypto
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

    private enum Ephemeral {
        case finiteField(FiniteFieldKeyPair, FiniteFieldPublicKey)
        case ellipticCurve(CurveKeyPair, CurvePoint)

        /// The public key as the commands carry it.
        var publicBytes: [UInt8] {
            switch self {
            case .finiteField(let own, _): own.publicKey.value
            case .ellipticCurve(let own, _): own.publicPoint.encoded
            }
        }

        func sharedSecret() throws(CryptoFailure) -> [UInt8] {
            switch self {
            case .finiteField(let own, let other): try own.sharedSecret(with: other)
            case .ellipticCurve(let own, let other): try own.sharedPoint(with: other).x
            }
        }
    }

    private enum Step {
        /// MSE:Set KAT was sent, which carries the key; a chip that does not know it may know MSE:Set AT.
        case keyAgreementTemplate
        case authenticationTemplate
        case agreement
    }

    private let info: ChipAuthenticationInfo
    private let ephemeral: Ephemeral
    private var step: Step

    /// Chooses a variant and key of DG14, AES before 3DES; nil when it has none that is supported.
    package init?(_ infos: SecurityInfos, random: any RandomSource) throws(Failure) {
        guard let (info, key) = Self.choice(infos) else { return nil }
        self.info = info
        do {
            switch key.material {
            case .finiteField(let other):
                ephemeral = .finiteField(try FiniteFieldKeyPair(group: other.group, random: AnyRandom(random)), other)
            case .ellipticCurve(let other):
                ephemeral = .ellipticCurve(
                    try CurveKeyPair(generator: .generator(of: other.curve), random: AnyRandom(random)), other)
            }
        } catch { throw error.asFailure(in: "chip authentication") }
        step = info.suite == .tripleDES ? .keyAgreementTemplate : .authenticationTemplate
    }

    private static func choice(_ infos: SecurityInfos) -> (ChipAuthenticationInfo, ChipAuthenticationKey)? {
        let offers = infos.chipAuthenticationKeys.flatMap { key in
            let matching = infos.chipAuthentication.filter { $0.agreement == key.agreement && $0.keyID == key.keyID }
            // A key without info means the oldest variant.
            let implied = ChipAuthenticationInfo(agreement: key.agreement, suite: .tripleDES, keyID: key.keyID)
            return (infos.chipAuthentication.isEmpty ? [implied] : matching).map { ($0, key) }
        }
        return offers.first { $0.0.suite != .tripleDES } ?? offers.first
    }

    /// MSE:Set KAT with the key for 3DES, MSE:Set AT otherwise (ICAO 9303-11, 6.2.4).
    package var firstCommand: CommandAPDU {
        step == .keyAgreementTemplate ? setKeyAgreementTemplate : setAuthenticationTemplate
    }

    /// Takes the card's answer; throws `cardForged` when the card refuses what its signed DG14 promises.
    package mutating func next(_ response: ResponseAPDU) throws(Failure) -> Action {
        switch step {
        case .keyAgreementTemplate where response.status != .success:
            // Some chips run 3DES the newer way only; the session holds after an error (9303-11, 8.5).
            step = .authenticationTemplate
            return .send(setAuthenticationTemplate)
        case .authenticationTemplate where response.status == .success:
            step = .agreement
            let data = TLV(0x7c, [TLV(0x80, ephemeral.publicBytes)]).encoded
            return .send(CommandAPDU(ins: 0x86, data: data, expectedLength: 256))
        case _ where response.status != .success:
            throw Failure(.cardForged, "chip authentication: \(response.status)")
        case .keyAgreementTemplate, .agreement, .authenticationTemplate:
            do {
                let secret = try ephemeral.sharedSecret()
                return .established(SecureMessaging(keys: SessionKeys(secret: secret, suite: info.suite)))
            } catch { throw error.asFailure(in: "chip authentication") }
        }
    }

    private var setKeyAgreementTemplate: CommandAPDU {
        let data = TLV(0x91, ephemeral.publicBytes).encoded + keyReference
        return CommandAPDU(ins: 0x22, p1: 0x41, p2: 0xa6, data: data)
    }

    private var setAuthenticationTemplate: CommandAPDU {
        let data = TLV(0x80, info.identifier.bytes).encoded + keyReference
        return CommandAPDU(ins: 0x22, p1: 0x41, p2: 0xa4, data: data)
    }

    /// The private key's id as an unsigned number: unlike an INTEGER's, its first octet may be 80 or more.
    private var keyReference: [UInt8] {
        guard let keyID = info.keyID else { return [] }
        let number = TLV.smallNumber(keyID)
        return TLV(0x84, number.count > 1 && number[0] == 0 ? Array(number.dropFirst()) : number).encoded
    }
}
