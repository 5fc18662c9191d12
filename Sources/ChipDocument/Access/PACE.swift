import DocumentCrypto
package import StationCore

/// PACE on the reader's side (ICAO 9303-11, 4.4) as a value: each response of the card gives the next command, until
/// the session keys stand.
package struct PACE: Sendable {
    /// What to do next.
    package enum Action: Sendable {
        /// Send this and come back with the answer.
        case send(CommandAPDU)
        /// Both sides have proven that they know the password.
        case established(SecureMessaging)
    }

    private enum Step {
        case reference(parametersNamed: Bool)
        case nonce
        case mapping(nonce: [UInt8], CurveKeyPair)
        case agreement(CurveKeyPair, mappingKey: CurvePoint)
        case token(SessionKeys, ownPoint: CurvePoint)
        case over
    }

    private let info: PACEInfo
    private let curve: NamedCurve
    private let credential: AccessCredential
    private let random: any RandomSource
    private var step = Step.over

    /// Chooses a variant; throws `cardUnsupported` for mappings and parameters that are not supported.
    package init(info: PACEInfo, credential: AccessCredential, random: any RandomSource) throws(Failure) {
        guard Self.supports(info), let curve = info.curve else {
            throw Failure(.cardUnsupported, "PACE \(info.identifier) parameters \(info.parameterID ?? -1)")
        }
        self.info = info
        self.curve = curve
        self.credential = credential
        self.random = random
    }

    /// Whether a variant can be run.
    package static func supports(_ info: PACEInfo) -> Bool { info.mapping == .generic && info.curve != nil }

    /// The first command: MSE:Set AT. Domain parameters are named only when the card offers several (`ambiguous`), or
    /// when it refuses the command without them.
    package mutating func start(ambiguous: Bool) -> CommandAPDU {
        step = .reference(parametersNamed: ambiguous)
        return setAuthenticationTemplate(parametersNamed: ambiguous)
    }

    /// Takes the card's answer. Throws `cardWrongCredential` when the card does not accept our token,
    /// `cardAccessRefused` when it does not want to run PACE, `cardProtocolError` for everything against the standard.
    /// After an error the run is over.
    package mutating func next(_ response: ResponseAPDU) throws(Failure) -> Action {
        let current = step
        step = .over
        switch current {
        case .reference(let named): return try afterReference(response, parametersNamed: named)
        case .nonce: return try afterNonce(response)
        case .mapping(let nonce, let own): return try afterMapping(response, nonce: nonce, own: own)
        case .agreement(let own, let mappingKey): return try afterAgreement(response, own: own, mappingKey: mappingKey)
        case .token(let keys, let point): return try afterToken(response, keys: keys, ownPoint: point)
        case .over: throw Failure(.cardSessionBroken, "PACE is over")
        }
    }

    private func setAuthenticationTemplate(parametersNamed: Bool) -> CommandAPDU {
        var data = TLV(0x80, info.identifier.bytes).encoded
        data += TLV(0x83, [credential.kind == .mrz ? 1 : 2]).encoded
        if parametersNamed, let parameter = info.parameterID {
            data += TLV(0x84, [UInt8(truncatingIfNeeded: parameter)]).encoded
        }
        return CommandAPDU(ins: 0x22, p1: 0xc1, p2: 0xa4, data: data)
    }

    private mutating func afterReference(
        _ response: ResponseAPDU,
        parametersNamed: Bool
    ) throws(Failure) -> Action {
        guard response.status == .success else {
            // 6A80, 6A87, 6A88: some cards want DO'84' even when there is no choice.
            if !parametersNamed, response.status.sw1 == 0x6a {
                step = .reference(parametersNamed: true)
                return .send(setAuthenticationTemplate(parametersNamed: true))
            }
            throw Failure(.cardAccessRefused, "MSE:Set AT: \(response.status)")
        }
        step = .nonce
        return .send(generalAuthenticate([], last: false))
    }

    private mutating func afterNonce(_ response: ResponseAPDU) throws(Failure) -> Action {
        let encrypted = try field(0x80, of: response, name: "nonce")
        let own: CurveKeyPair
        let nonce: [UInt8]
        do {
            nonce = try PACEComputation.decryptNonce(encrypted, secret: credential.secret, suite: info.suite)
            own = try CurveKeyPair(generator: CurvePoint.generator(of: curve), random: AnyRandom(random))
        } catch { throw Failure(.cardProtocolError, "PACE nonce: \(error)") }
        step = .mapping(nonce: nonce, own)
        return .send(generalAuthenticate(TLV(0x81, own.publicPoint.encoded).encoded, last: false))
    }

    private mutating func afterMapping(
        _ response: ResponseAPDU,
        nonce: [UInt8],
        own: CurveKeyPair
    ) throws(Failure) -> Action {
        let other = try point(0x82, of: response, name: "mapping key")
        guard other != own.publicPoint else { throw Failure(.cardProtocolError, "PACE: mapping keys are equal") }
        let ephemeral: CurveKeyPair
        do {
            let generator = try PACEComputation.genericMapping(nonce: nonce, own: own, other: other)
            ephemeral = try CurveKeyPair(generator: generator, random: AnyRandom(random))
        } catch { throw Failure(.cardProtocolError, "PACE mapping: \(error)") }
        step = .agreement(ephemeral, mappingKey: other)
        return .send(generalAuthenticate(TLV(0x83, ephemeral.publicPoint.encoded).encoded, last: false))
    }

    private mutating func afterAgreement(
        _ response: ResponseAPDU,
        own: CurveKeyPair,
        mappingKey: CurvePoint
    ) throws(Failure) -> Action {
        let other = try point(0x84, of: response, name: "ephemeral key")
        // 4.4.3.2: both sides must check that the keys differ, or a reflecting card would pass.
        guard other != own.publicPoint, other != mappingKey else {
            throw Failure(.cardProtocolError, "PACE: ephemeral keys are equal")
        }
        let keys: SessionKeys
        do { keys = try PACEComputation.sessionKeys(own: own, other: other, suite: info.suite) } catch {
            throw Failure(.cardProtocolError, "PACE agreement: \(error)")
        }
        let token = try PACEComputation.token(over: other, identifier: info.identifier, keys: keys)
        step = .token(keys, ownPoint: own.publicPoint)
        return .send(generalAuthenticate(TLV(0x85, token).encoded, last: true))
    }

    private func afterToken(
        _ response: ResponseAPDU,
        keys: SessionKeys,
        ownPoint: CurvePoint
    ) throws(Failure) -> Action {
        if response.status == .authenticationFailed || response.status.remainingTries != nil {
            throw Failure(.cardWrongCredential, "PACE token: \(response.status)")
        }
        let token = try field(0x86, of: response, name: "token")
        let expected = try PACEComputation.token(over: ownPoint, identifier: info.identifier, keys: keys)
        guard MessageAuthentication.equal(token, expected) else {
            throw Failure(.cardProtocolError, "PACE: the card's token is wrong")
        }
        return .established(SecureMessaging(keys: keys))
    }

    private func generalAuthenticate(_ data: [UInt8], last: Bool) -> CommandAPDU {
        CommandAPDU(cla: last ? 0x00 : 0x10, ins: 0x86, data: TLV(0x7c, data).encoded, expectedLength: 256)
    }

    private func field(_ tag: TLVTag, of response: ResponseAPDU, name: String) throws(Failure) -> [UInt8] {
        guard response.status == .success else {
            let refused: [UInt16] = [0x6982, 0x6983, 0x6985]
            throw Failure(
                refused.contains(response.status.rawValue) ? .cardAccessRefused : .cardProtocolError,
                "PACE \(name): \(response.status)"
            )
        }
        do throws(Failure) {
            let objects = try TLV(parsing: response.data, tag: 0x7c).children()
            guard objects.count == 1, objects[0].tag == tag else {
                throw Failure(.cardProtocolError, "PACE \(name): objects")
            }
            return objects[0].value
        } catch { throw Failure(.cardProtocolError, "PACE \(name): \(error.detail ?? "")") }
    }

    private func point(_ tag: TLVTag, of response: ResponseAPDU, name: String) throws(Failure) -> CurvePoint {
        let bytes = try field(tag, of: response, name: name)
        do { return try CurvePoint(curve: curve, encoded: bytes) } catch {
            throw Failure(.cardProtocolError, "PACE \(name): not on the curve")
        }
    }
}

/// Carries an existential source into generic code.
struct AnyRandom: RandomSource {
    private let source: any RandomSource
    init(_ source: any RandomSource) { self.source = source }
    func bytes(_ count: Int) -> [UInt8] { source.bytes(count) }
}
