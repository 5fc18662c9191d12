import ChipDocument
import DocumentCrypto
import StationCore

extension CardApplet {
    /// MSE:Set AT for PACE (C1 A4) or chip authentication (41 A4) (ICAO 9303-11, 4.4.4.1 and 6.2.4.2).
    mutating func manageSecurityEnvironment(_ command: ReceivedCommand) -> CardAnswer {
        state.isChipAuthenticationChosen = false
        guard let objects = Self.objects(command.data), let mechanism = objects[0x80] else {
            return CardAnswer(status: Status.wrongData)
        }
        switch (command.p1, command.p2) {
        case (0xC1, 0xA4):
            guard !image.faults.contains(.paceRefused) else {
                return CardAnswer(status: Status.instructionNotSupported)
            }
            guard state.messaging == nil else { return CardAnswer(status: Status.conditionsNotSatisfied) }
            guard mechanism == ProtocolIdentifier.pace,
                objects[0x84].map({ $0 == [UInt8(NamedCurve.brainpoolP256r1.rawValue)] }) ?? true,
                Set<TLVTag>([0x80, 0x83, 0x84]).isSuperset(of: objects.keys)
            else { return CardAnswer(status: Status.wrongData) }
            guard let password = password(reference: objects[0x83]) else {
                return CardAnswer(status: Status.referenceNotFound)
            }
            state.pace = CardPACE(password: password)
            return CardAnswer()
        case (0x41, 0xA4):
            guard state.messaging != nil, state.isApplicationSelected else {
                return CardAnswer(status: Status.securityNotSatisfied)
            }
            guard mechanism == ProtocolIdentifier.chipAuthentication,
                objects.count == 1
            else { return CardAnswer(status: Status.wrongData) }
            state.isChipAuthenticationChosen = true
            return CardAnswer()
        default:
            return CardAnswer(status: Status.wrongParameters)
        }
    }

    /// GENERAL AUTHENTICATE: a step of PACE, or the key agreement of chip authentication.
    mutating func generalAuthenticate(_ command: ReceivedCommand) -> CardAnswer {
        guard command.p1 == 0, command.p2 == 0 else { return CardAnswer(status: Status.wrongParameters) }
        guard let template = try? TLV(parsing: command.data, tag: 0x7C), let data = Self.objects(template.value) else {
            state.pace = nil
            state.isChipAuthenticationChosen = false
            return CardAnswer(status: Status.wrongData)
        }
        if state.isChipAuthenticationChosen { return agreeOnChipKeys(command, data) }
        guard var pace = state.pace else { return CardAnswer(status: Status.conditionsNotSatisfied) }
        state.pace = nil
        guard (command.cla & 0x10 != 0) == pace.expectsChaining else {
            return CardAnswer(status: pace.expectsChaining ? Status.chainingNotSupported : Status.lastOfChainExpected)
        }
        guard let outcome = try? pace.advance(data, random: random) else {
            return CardAnswer(status: Status.verificationFailed)
        }
        switch outcome {
        case .proceeds(let answer):
            state.pace = pace
            return CardAnswer(TLV(0x7C, [answer]).encoded)
        case .established(let answer, let secret):
            // This answer still travels unprotected.
            state.messaging = messaging(.aes128, secret, counter: BlockCipher.aes128.zeroIV)
            return CardAnswer(TLV(0x7C, [answer]).encoded)
        case .refused(let status):
            return CardAnswer(status: status)
        }
    }

    private mutating func agreeOnChipKeys(_ command: ReceivedCommand, _ data: [TLVTag: [UInt8]]) -> CardAnswer {
        state.isChipAuthenticationChosen = false
        guard command.cla & 0x10 == 0, data.count == 1, let encoded = data[0x80],
            let terminal = try? CurvePoint(curve: .brainpoolP256r1, encoded: encoded),
            let own = chipKeyPair,
            let secret = try? own.sharedPoint(with: terminal).x
        else { return CardAnswer(status: Status.wrongData) }
        state.nextMessaging = messaging(.aes128, secret, counter: BlockCipher.aes128.zeroIV)
        return CardAnswer(TLV(0x7C, [UInt8]()).encoded)
    }

    /// A copied chip has DG14 but not its key.
    private var chipKeyPair: CurveKeyPair? {
        guard image.faults.contains(.clonedChip) else { return try? image.chipAuthenticationKey.curveKeyPair() }
        guard let generator = try? CurvePoint.generator(of: .brainpoolP256r1) else { return nil }
        return try? CurveKeyPair(generator: generator, random: Boxed(random))
    }

    /// INTERNAL AUTHENTICATE: active authentication with RSA and SHA-256 (ICAO 9303-11, 6.1; ISO 9796-2, scheme 1).
    mutating func internalAuthenticate(_ command: ReceivedCommand) -> CardAnswer {
        guard state.isApplicationSelected, state.messaging != nil else {
            return CardAnswer(status: Status.securityNotSatisfied)
        }
        guard command.p1 == 0, command.p2 == 0 else { return CardAnswer(status: Status.wrongParameters) }
        guard command.data.count == 8, let expected = command.expected else {
            return CardAnswer(status: Status.wrongLength)
        }
        guard case .rsa(let bits) = image.activeAuthenticationKey.publicKey.kind else {
            return CardAnswer(status: Status.conditionsNotSatisfied)
        }
        let count = (bits + 7) / 8
        guard expected >= count else { return CardAnswer(status: 0x6C00 | UInt16(count & 0xFF)) }
        let recoverable = random.bytes(count - 1 - DigestAlgorithm.sha256.byteCount - 2)
        let digest = DigestAlgorithm.sha256.digest(recoverable + command.data)
        let block = [0x6A] + recoverable + digest + [0x34, 0xCC]
        guard var signature = try? image.activeAuthenticationKey.applyRSA(to: block) else {
            return CardAnswer(status: Status.conditionsNotSatisfied)
        }
        if image.faults.contains(.clonedChip) { signature[count / 2] ^= 1 }
        return CardAnswer(signature)
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
