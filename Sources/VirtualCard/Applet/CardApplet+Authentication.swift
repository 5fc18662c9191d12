import ChipDocument
import DocumentCrypto
import StationCore

extension CardApplet {
    /// MSE: Set AT for PACE (C1 A4), Set AT (41 A4) or Set KAT (41 A6) for chip authentication (ICAO 9303-11, 4.4.4.1 and
    /// 6.2.4). What the card knows is what its own EF.CardAccess and DG14 announce.
    mutating func manageSecurityEnvironment(_ command: ReceivedCommand) -> CardAnswer {
        state.chosenChipAuthentication = nil
        guard let objects = Self.objects(command.data) else { return CardAnswer(status: Status.wrongData) }
        switch (command.p1, command.p2) {
        case (0xC1, 0xA4): return choosePACE(objects)
        case (0x41, 0xA4), (0x41, 0xA6):
            guard state.messaging != nil, state.isApplicationSelected else {
                return CardAnswer(status: Status.securityNotSatisfied)
            }
            return command.p2 == 0xA4 ? chooseChipAuthentication(objects) : setChipKeyAgreement(objects)
        default:
            return CardAnswer(status: Status.wrongParameters)
        }
    }

    private mutating func choosePACE(_ objects: [TLVTag: [UInt8]]) -> CardAnswer {
        guard !image.faults.contains(.paceRefused) else { return CardAnswer(status: Status.instructionNotSupported) }
        guard state.messaging == nil else { return CardAnswer(status: Status.conditionsNotSatisfied) }
        guard let mechanism = objects[0x80], Set<TLVTag>([0x80, 0x83, 0x84]).isSuperset(of: objects.keys) else {
            return CardAnswer(status: Status.wrongData)
        }
        if image.faults.contains(.paceTemplateRefused) { return CardAnswer(status: Status.referenceNotFound) }
        if image.faults.contains(.parametersDemanded), objects[0x84] == nil {
            return CardAnswer(status: Status.referenceUnclear)
        }
        let announced = image.files[.cardAccess].flatMap { try? SecurityInfos($0) }?.pace ?? []
        let matching = announced.filter { info in
            info.identifier.bytes == mechanism
                && objects[0x84].map { [UInt8(truncatingIfNeeded: info.parameterID ?? -1)] == $0 } ?? true
        }
        guard !matching.isEmpty else { return CardAnswer(status: Status.wrongData) }
        guard matching.count == 1 else { return CardAnswer(status: Status.referenceNotFound) }
        guard let password = password(reference: objects[0x83]),
            let pace = CardPACE(info: matching[0], password: password, staticKey: chipKey)
        else { return CardAnswer(status: Status.referenceNotFound) }
        state.pace = pace
        return CardAnswer()
    }

    private var announcedChipAuthentication: [ChipAuthenticationInfo] {
        image.files[.dg14].flatMap { try? SecurityInfos(dataGroup14: $0) }?.chipAuthentication ?? []
    }

    private mutating func chooseChipAuthentication(_ objects: [TLVTag: [UInt8]]) -> CardAnswer {
        guard let mechanism = objects[0x80], Set<TLVTag>([0x80, 0x84]).isSuperset(of: objects.keys) else {
            return CardAnswer(status: Status.wrongData)
        }
        if image.faults.contains(.keyReferenceUnknown) { return CardAnswer(status: Status.referenceNotFound) }
        let matching = announcedChipAuthentication.filter { info in
            info.identifier.bytes == mechanism && objects[0x84].map { $0 == Self.reference(info.keyID) } ?? true
        }
        guard let info = matching.first else { return CardAnswer(status: Status.wrongData) }
        state.chosenChipAuthentication = info.suite
        return CardAnswer()
    }

    private mutating func setChipKeyAgreement(_ objects: [TLVTag: [UInt8]]) -> CardAnswer {
        if image.faults.contains(.keyReferenceUnknown) { return CardAnswer(status: Status.referenceNotFound) }
        guard !image.faults.contains(.keyTemplateUnknown) else {
            return CardAnswer(status: Status.instructionNotSupported)
        }
        let infos = announcedChipAuthentication
        guard let key = objects[0x91], Set<TLVTag>([0x91, 0x84]).isSuperset(of: objects.keys),
            infos.isEmpty || infos.contains(where: { $0.suite == .tripleDES }),
            let secret = chipSecret(with: key)
        else { return CardAnswer(status: Status.wrongData) }
        state.nextMessaging = messaging(SessionKeys(secret: secret, suite: .tripleDES))
        return CardAnswer()
    }

    private static func reference(_ keyID: Int?) -> [UInt8] { keyID.map { [UInt8(truncatingIfNeeded: $0)] } ?? [] }

    /// GENERAL AUTHENTICATE: a step of PACE, or the key agreement of chip authentication.
    mutating func generalAuthenticate(_ command: ReceivedCommand) -> CardAnswer {
        guard command.p1 == 0, command.p2 == 0 else { return CardAnswer(status: Status.wrongParameters) }
        guard let template = try? TLV(parsing: command.data, tag: 0x7C), let data = Self.objects(template.value) else {
            state.pace = nil
            state.chosenChipAuthentication = nil
            return CardAnswer(status: Status.wrongData)
        }
        if let suite = state.chosenChipAuthentication { return agreeOnChipKeys(command, data, suite: suite) }
        guard var pace = state.pace else { return CardAnswer(status: Status.conditionsNotSatisfied) }
        state.pace = nil
        let step = pace.stepNumber
        guard (command.cla & 0x10 != 0) == pace.expectsChaining else {
            return CardAnswer(status: pace.expectsChaining ? Status.chainingNotSupported : Status.lastOfChainExpected)
        }
        guard let outcome = try? pace.advance(data, random: random) else {
            return CardAnswer(status: Status.verificationFailed)
        }
        switch outcome {
        case .proceeds(let answer):
            state.pace = pace
            return FaultyAnswers(faults: image.faults).pace(step: step, [answer], command: data)
        case .established(let answer, let keys):
            // This answer still travels unprotected.
            state.messaging = messaging(keys)
            return FaultyAnswers(faults: image.faults).pace(step: step, answer, command: data)
        case .refused(let status):
            return CardAnswer(status: status)
        }
    }

    private mutating func agreeOnChipKeys(
        _ command: ReceivedCommand, _ data: [TLVTag: [UInt8]], suite: CipherSuite
    ) -> CardAnswer {
        state.chosenChipAuthentication = nil
        guard command.cla & 0x10 == 0, data.count == 1, let encoded = data[0x80],
            let secret = chipSecret(with: encoded)
        else { return CardAnswer(status: Status.wrongData) }
        state.nextMessaging = messaging(SessionKeys(secret: secret, suite: suite))
        return CardAnswer(TLV(0x7C, [UInt8]()).encoded)
    }

    /// The shared secret of chip authentication; nil for a key that is none.
    private func chipSecret(with encoded: [UInt8]) -> [UInt8]? {
        if let own = image.finiteFieldKey {
            let pair =
                image.faults.contains(.clonedChip)
                ? try? FiniteFieldKeyPair(group: own.publicKey.group, random: Boxed(random)) : own
            guard let pair, let other = try? FiniteFieldPublicKey(group: own.publicKey.group, value: encoded) else {
                return nil
            }
            return try? pair.sharedSecret(with: other)
        }
        guard let own = try? chipKey.curveKeyPair(),
            let terminal = try? CurvePoint(curve: own.publicPoint.curve, encoded: encoded)
        else { return nil }
        return try? own.sharedPoint(with: terminal).x
    }

    /// A copied chip has DG14 and EF.CardSecurity but not their key.
    private var chipKey: SigningKey {
        guard image.faults.contains(.clonedChip),
            case .ellipticCurve(let point) = image.chipAuthenticationKey.publicKey.kind,
            let pair = try? CurveKeyPair(generator: .generator(of: point.curve), random: Boxed(random)),
            let other = try? SigningKey(pair)
        else { return image.chipAuthenticationKey }
        return other
    }

    /// INTERNAL AUTHENTICATE (ICAO 9303-11, 6.1): RSA by ISO/IEC 9796-2 scheme 1, or plain ECDSA.
    mutating func internalAuthenticate(_ command: ReceivedCommand) -> CardAnswer {
        guard state.isApplicationSelected, state.messaging != nil else {
            return CardAnswer(status: Status.securityNotSatisfied)
        }
        guard command.p1 == 0, command.p2 == 0 else { return CardAnswer(status: Status.wrongParameters) }
        guard command.data.count == 8, let expected = command.expected, !image.faults.contains(.activeRefused) else {
            return CardAnswer(status: Status.wrongLength)
        }
        guard var signature = activeSignature(over: command.data) else {
            return CardAnswer(status: Status.conditionsNotSatisfied)
        }
        guard expected >= signature.count else { return CardAnswer(status: 0x6C00 | UInt16(signature.count & 0xFF)) }
        if image.faults.contains(.clonedChip) { signature[signature.count / 2] ^= 1 }
        return CardAnswer(signature)
    }

    private func activeSignature(over challenge: [UInt8]) -> [UInt8]? {
        let key = image.activeAuthenticationKey
        let digest = image.activeAuthenticationDigest
        switch key.publicKey.kind {
        case .rsa(let bits):
            let filler = MessageRecovery.fillerBytes(modulusBytes: (bits + 7) / 8, digest: digest)
            guard filler > 0 else { return nil }
            var block = MessageRecovery.block(challenge: challenge, filler: random.bytes(filler), digest: digest)
            if image.faults.contains(.activeWrongTrailer) { block[block.count - 1] = 0xBD }
            return try? key.applyRSA(to: block)
        case .ellipticCurve: return try? key.signPlain(challenge, digest: digest)
        }
    }

    private func password(reference: [UInt8]?) -> [UInt8]? {
        switch reference {
        case [0x01]: DigestAlgorithm.sha1.digest(Array(image.mrzInformation.unredacted.utf8))
        case [0x02]: Array(image.cardAccessNumber.unredacted.utf8)
        default: nil
        }
    }

    /// The data objects by tag; nil when they are ill-formed or one comes twice.
    private static func objects(_ bytes: [UInt8]) -> [TLVTag: [UInt8]]? {
        guard let list = try? TLV.list(bytes) else { return nil }
        let objects = Dictionary(list.map { ($0.tag, $0.value) }, uniquingKeysWith: { first, _ in first })
        return objects.count == list.count ? objects : nil
    }
}
