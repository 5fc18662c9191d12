import ChipDocument
import DocumentCrypto
package import StationCore

/// The citizen card's application as a state machine: command bytes in, answer bytes out.
///
/// It is strict. Nothing but EF.CardAccess is readable before BAC or PACE; a session ends with the first command that is
/// unprotected or fails its check; there is no master file. `reset()` is what losing power does.
package struct CardApplet: Sendable {
    let image: CardImage
    let random: any RandomSource
    var state = State()

    /// Everything that a reset clears.
    struct State: Sendable {
        var isApplicationSelected = false
        var currentFile: FileIdentifier?
        var messaging: CardSecureMessaging?
        var challenge: [UInt8]?
        var pace: CardPACE?
        /// The suite that MSE:Set AT chose for the coming key agreement.
        var chosenChipAuthentication: CipherSuite?
        /// Keys that hold from the next command on.
        var nextMessaging: CardSecureMessaging?
        /// The rest of a long answer, fetched by GET RESPONSE.
        var waitingAnswer: CardAnswer?
    }

    /// The application identifier of the eMRTD (ICAO 9303-10, 3.2.1).
    package static let applicationIdentifier: [UInt8] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]

    /// Starts the card.
    package init(image: CardImage, random: some RandomSource = SystemRandomSource()) {
        self.image = image
        self.random = random
    }

    /// Loss of power or a reset: all access is gone.
    package mutating func reset() { state = State() }

    /// Answers one command.
    package mutating func process(_ bytes: [UInt8]) -> [UInt8] {
        guard let command = ReceivedCommand(bytes) else {
            endSession()
            return CardAnswer(status: Status.wrongLength).bytes
        }
        if command.isExtended, image.faults.contains(.shortLengthOnly) {
            endSession()
            return CardAnswer(status: Status.wrongLength).bytes
        }
        if command.ins == 0xC0, let waiting = state.waitingAnswer {
            return fetch(waiting, command).bytes
        }
        state.waitingAnswer = nil
        return deliver(answer(to: command), to: command).bytes
    }

    private mutating func answer(to command: ReceivedCommand) -> CardAnswer {
        guard state.messaging != nil else {
            guard command.cla & ~0x10 == 0 else { return CardAnswer(status: Status.classNotSupported) }
            return execute(command)
        }
        do {
            guard command.isProtected else {
                throw CardSecureMessaging.Refusal.missing
            }
            guard command.cla & ~0x1C == 0 else { throw CardSecureMessaging.Refusal.wrong }
            let plain = try state.messaging?.unwrap(command)
            guard let plain else { throw CardSecureMessaging.Refusal.missing }
            let result = execute(plain)
            let isRead = plain.ins & 0xFE == 0xB0
            if isRead, let refusal = FaultyAnswers(faults: image.faults).readRefusal {
                endSession()
                return refusal
            }
            let wrapped = try state.messaging?.wrap(
                result, isOddInstruction: !command.ins.isMultiple(of: 2), toRead: isRead)
            if let next = state.nextMessaging {
                if !image.faults.contains(.oldKeysKept) { state.messaging = next }
                state.nextMessaging = nil
            }
            return wrapped ?? CardAnswer(status: Status.protectionWrong)
        } catch {
            endSession()
            return CardAnswer(
                status: error as? CardSecureMessaging.Refusal == .missing
                    ? Status.protectionMissing : Status.protectionWrong)
        }
    }

    /// Deletes the session's keys and with them every access right (ICAO 9303-11, 9.8.3).
    private mutating func endSession() {
        let isSelected = state.isApplicationSelected
        state = State()
        state.isApplicationSelected = isSelected
    }

    /// Hands over an answer, or its first 256 bytes when the command had short lengths.
    private mutating func deliver(_ answer: CardAnswer, to command: ReceivedCommand) -> CardAnswer {
        guard !command.isExtended, answer.data.count > 256 else { return answer }
        let rest = Array(answer.data[256...])
        state.waitingAnswer = CardAnswer(rest, status: answer.status)
        return CardAnswer(Array(answer.data[..<256]), status: 0x6100 | UInt16(min(rest.count, 256) & 0xFF))
    }

    /// GET RESPONSE (ISO 7816-4, 7.6.1); a wrong expected length is corrected by 6Cxx and may be asked again.
    private mutating func fetch(_ waiting: CardAnswer, _ command: ReceivedCommand) -> CardAnswer {
        guard command.p1 == 0, command.p2 == 0, command.data.isEmpty, let expected = command.expected else {
            endSession()
            return CardAnswer(status: Status.wrongParameters)
        }
        if expected > waiting.data.count, !command.expectsAll {
            return CardAnswer(status: 0x6C00 | UInt16(waiting.data.count & 0xFF))
        }
        let count = min(expected, waiting.data.count)
        let rest = Array(waiting.data[count...])
        state.waitingAnswer = rest.isEmpty ? nil : CardAnswer(rest, status: waiting.status)
        return CardAnswer(
            Array(waiting.data[..<count]),
            status: rest.isEmpty ? waiting.status : 0x6100 | UInt16(min(rest.count, 256) & 0xFF))
    }
}
