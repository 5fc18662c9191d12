import DocumentCrypto
package import StationCore

/// PACE on the reader's side (ICAO 9303-11, 4.4) as a value: each response of the card gives the next command, until
/// the session keys stand.
package struct PACE: Sendable {
    /// What to do next.
    package enum Action: Sendable {
        /// Send this and come back with the answer.
        case send(CommandAPDU)
        /// Both sides have proven that they know the password. With chip authentication mapping the chip has also shown
        /// something of its static key, which is still to be verified.
        case established(SecureMessaging, ChipAuthenticationMapping?)
    }

    private enum Step {
        case reference(parametersNamed: Bool)
        case nonce
        case genericMapping(nonce: [UInt8], CurveKeyPair)
        case integratedMapping(nonce: [UInt8], terminalNonce: [UInt8])
        case agreement(CurveKeyPair, mappingKey: CurvePoint?)
        case token(SessionKeys, ownPoint: CurvePoint, mappingKey: CurvePoint?)
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

    /// Whether a variant can be run: elliptic curves of table 6 only; secp224r1 has no integrated mapping, and chip
    /// authentication mapping exists with AES only (ICAO 9303-11, 4.4.3).
    package static func supports(_ info: PACEInfo) -> Bool {
        guard let curve = info.curve else { return false }
        return switch info.mapping {
        case .generic: true
        case .integrated: curve != .secp224r1
        case .chipAuthentication: info.suite != .tripleDES
        case .genericFiniteField, .integratedFiniteField: false
        }
    }

    /// The variant to run of those that a card offers: one that also proves the chip before the others, AES before
    /// 3DES, otherwise the card's own order; nil when none is supported.
    package static func preferred(of offered: [PACEInfo]) -> PACEInfo? {
        let supported = offered.filter(supports)
        let aes = supported.filter { $0.suite != .tripleDES }
        return aes.first { $0.mapping == .chipAuthentication } ?? aes.first ?? supported.first
    }

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
        case .genericMapping(let nonce, let own): return try afterMapping(response, nonce: nonce, own: own)
        case .integratedMapping(let nonce, let terminalNonce):
            return try afterMapping(response, nonce: nonce, terminalNonce: terminalNonce)
        case .agreement(let own, let mappingKey): return try afterAgreement(response, own: own, mappingKey: mappingKey)
        case .token(let keys, let point, let mappingKey):
            return try afterToken(response, keys: keys, ownPoint: point, mappingKey: mappingKey)
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
        do {
            let nonce = try PACEComputation.decryptNonce(encrypted, secret: credential.secret, suite: info.suite)
            if info.mapping == .integrated {
                let terminalNonce = random.bytes(IntegratedMapping.terminalNonceBytes(info.suite))
                step = .integratedMapping(nonce: nonce, terminalNonce: terminalNonce)
                return .send(generalAuthenticate(TLV(0x81, terminalNonce).encoded, last: false))
            }
            let own = try CurveKeyPair(generator: CurvePoint.generator(of: curve), random: AnyRandom(random))
            step = .genericMapping(nonce: nonce, own)
            return .send(generalAuthenticate(TLV(0x81, own.publicPoint.encoded).encoded, last: false))
        } catch { throw Failure(.cardProtocolError, "PACE nonce: \(error)") }
    }

    private mutating func afterMapping(
        _ response: ResponseAPDU,
        nonce: [UInt8],
        own: CurveKeyPair
    ) throws(Failure) -> Action {
        let other = try point(0x82, of: response, name: "mapping key")
        guard other != own.publicPoint else { throw Failure(.cardProtocolError, "PACE: mapping keys are equal") }
        return try agree(mappingKey: other) { () throws(CryptoFailure) in
            try PACEComputation.genericMapping(nonce: nonce, own: own, other: other)
        }
    }

    private mutating func afterMapping(
        _ response: ResponseAPDU,
        nonce: [UInt8],
        terminalNonce: [UInt8]
    ) throws(Failure) -> Action {
        // The chip has nothing to send here: its data object is empty, and some leave it out.
        let objects = try objects(of: response, name: "mapping")
        guard objects.isEmpty || objects == [TLV(0x82, [UInt8]())] else {
            throw Failure(.cardProtocolError, "PACE mapping: objects")
        }
        let (curve, suite) = (curve, info.suite)
        return try agree(mappingKey: nil) { () throws(CryptoFailure) in
            try IntegratedMapping.generator(nonce: nonce, terminalNonce: terminalNonce, curve: curve, suite: suite)
        }
    }

    private mutating func agree(
        mappingKey: CurvePoint?,
        generator: () throws(CryptoFailure) -> CurvePoint
    ) throws(Failure) -> Action {
        let ephemeral: CurveKeyPair
        do { ephemeral = try CurveKeyPair(generator: generator(), random: AnyRandom(random)) } catch {
            throw Failure(.cardProtocolError, "PACE mapping: \(error)")
        }
        step = .agreement(ephemeral, mappingKey: mappingKey)
        return .send(generalAuthenticate(TLV(0x83, ephemeral.publicPoint.encoded).encoded, last: false))
    }

    private mutating func afterAgreement(
        _ response: ResponseAPDU,
        own: CurveKeyPair,
        mappingKey: CurvePoint?
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
        step = .token(keys, ownPoint: own.publicPoint, mappingKey: mappingKey)
        return .send(generalAuthenticate(TLV(0x85, token).encoded, last: true))
    }

    private func afterToken(
        _ response: ResponseAPDU,
        keys: SessionKeys,
        ownPoint: CurvePoint,
        mappingKey: CurvePoint?
    ) throws(Failure) -> Action {
        if response.status == .authenticationFailed || response.status.remainingTries != nil {
            throw Failure(.cardWrongCredential, "PACE token: \(response.status)")
        }
        let objects = try objects(of: response, name: "token")
        let tags: [TLVTag] = info.mapping == .chipAuthentication ? [0x86, 0x8a] : [0x86]
        guard objects.map(\.tag) == tags else { throw Failure(.cardProtocolError, "PACE token: objects") }
        let expected = try PACEComputation.token(over: ownPoint, identifier: info.identifier, keys: keys)
        guard MessageAuthentication.equal(objects[0].value, expected) else {
            throw Failure(.cardProtocolError, "PACE: the card's token is wrong")
        }
        guard info.mapping == .chipAuthentication, let mappingKey else {
            return .established(SecureMessaging(keys: keys), nil)
        }
        let mapping = try ChipAuthenticationMapping(
            encrypted: objects[1].value, keys: keys, mappingKey: mappingKey, parameterID: info.parameterID)
        return .established(SecureMessaging(keys: keys), mapping)
    }

    private func generalAuthenticate(_ data: [UInt8], last: Bool) -> CommandAPDU {
        CommandAPDU(cla: last ? 0x00 : 0x10, ins: 0x86, data: TLV(0x7c, data).encoded, expectedLength: 256)
    }

    private func objects(of response: ResponseAPDU, name: String) throws(Failure) -> [TLV] {
        guard response.status == .success else {
            let refused: [UInt16] = [0x6982, 0x6983, 0x6985]
            throw Failure(
                refused.contains(response.status.rawValue) ? .cardAccessRefused : .cardProtocolError,
                "PACE \(name): \(response.status)"
            )
        }
        do throws(Failure) { return try TLV(parsing: response.data, tag: 0x7c).children() } catch {
            throw Failure(.cardProtocolError, "PACE \(name): \(error.detail ?? "")")
        }
    }

    private func field(_ tag: TLVTag, of response: ResponseAPDU, name: String) throws(Failure) -> [UInt8] {
        let objects = try objects(of: response, name: name)
        guard objects.count == 1, objects[0].tag == tag else {
            throw Failure(.cardProtocolError, "PACE \(name): objects")
        }
        return objects[0].value
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
