import ChipDocument
import DocumentCrypto
import StationCore

extension CardApplet {
    /// Executes an unprotected command, or one whose protection was checked and taken off.
    mutating func execute(_ command: ReceivedCommand) -> CardAnswer {
        // A challenge serves the very next command only; PACE tolerates nothing between its steps.
        let challenge = state.challenge
        state.challenge = nil
        if command.ins != 0x86 { state.pace = nil }
        guard command.cla & 0x10 == 0 || command.ins == 0x86 else {
            return CardAnswer(status: Status.chainingNotSupported)
        }
        switch command.ins {
        case 0xA4: return select(command)
        case 0xB0, 0xB1: return read(command)
        case 0x84: return getChallenge(command)
        case 0x82: return externalAuthenticate(command, challenge: challenge)
        case 0x22: return manageSecurityEnvironment(command)
        case 0x86: return generalAuthenticate(command)
        case 0x88: return internalAuthenticate(command)
        default: return CardAnswer(status: Status.instructionNotSupported)
        }
    }

    private var hasAccess: Bool { state.messaging != nil }

    private mutating func select(_ command: ReceivedCommand) -> CardAnswer {
        switch (command.p1, command.p2) {
        case (0x00, _):
            // No master file: this application is all there is.
            return CardAnswer(status: Status.instructionNotSupported)
        case (0x04, 0x0C):
            guard command.data == Self.applicationIdentifier, !image.faults.contains(.applicationAbsent) else {
                return CardAnswer(status: Status.fileNotFound)
            }
            guard command.expected == nil else { return CardAnswer(status: Status.wrongLength) }
            state.isApplicationSelected = true
            state.currentFile = nil
            return CardAnswer()
        case (0x02, 0x0C):
            guard command.data.count == 2 else { return CardAnswer(status: Status.wrongLength) }
            guard command.expected == nil else { return CardAnswer(status: Status.wrongLength) }
            let identifier = UInt16(command.data[0]) << 8 | UInt16(command.data[1])
            guard let file = visibleFiles.first(where: { $0.fileID == identifier }) else {
                return CardAnswer(status: Status.fileNotFound)
            }
            if let refusal = refusal(of: file) { return CardAnswer(status: refusal) }
            state.currentFile = file
            return CardAnswer()
        default:
            return CardAnswer(status: Status.wrongParameters)
        }
    }

    /// Identifiers repeat inside and outside the application: EF.SOD inside is EF.CardSecurity outside. EF.CardAccess is
    /// found from everywhere.
    private var visibleFiles: [FileIdentifier] {
        FileIdentifier.allCases.filter { $0 != (state.isApplicationSelected ? .cardSecurity : .sod) }
    }

    private func refusal(of file: FileIdentifier) -> UInt16? {
        if file == .cardSecurity {
            guard image.files[file] != nil else { return Status.fileNotFound }
            return hasAccess ? nil : Status.securityNotSatisfied
        }
        if file.isPublic { return image.files[file] == nil ? Status.fileNotFound : nil }
        guard state.isApplicationSelected else { return Status.fileNotFound }
        guard hasAccess, !file.needsTerminalAuthentication else { return Status.securityNotSatisfied }
        return image.files[file] == nil ? Status.fileNotFound : nil
    }

    private mutating func read(_ command: ReceivedCommand) -> CardAnswer {
        guard let target = CardFileReading.target(of: command) else {
            return CardAnswer(status: Status.wrongParameters)
        }
        guard let expected = command.expected else { return CardAnswer(status: Status.wrongLength) }
        let file: FileIdentifier
        if let identifier = target.shortIdentifier {
            guard let match = visibleFiles.first(where: { $0.shortIdentifier == identifier }) else {
                return CardAnswer(status: Status.fileNotFound)
            }
            file = match
        } else {
            guard let current = state.currentFile else { return CardAnswer(status: Status.noCurrentFile) }
            file = current
        }
        if let refusal = refusal(of: file) { return CardAnswer(status: refusal) }
        guard let contents = image.files[file] else { return CardAnswer(status: Status.fileNotFound) }
        state.currentFile = file
        let available = contents.count - target.offset
        if available > 0, expected > available, !target.isWrapped,
            let answer = FaultyAnswers(faults: image.faults).endOfFile(available: available)
        {
            return answer
        }
        return CardFileReading.answer(
            contents, at: target.offset, expected: expected, expectsAll: command.expectsAll,
            isWrapped: target.isWrapped)
    }

    private mutating func getChallenge(_ command: ReceivedCommand) -> CardAnswer {
        guard state.isApplicationSelected else { return CardAnswer(status: Status.conditionsNotSatisfied) }
        guard command.p1 == 0, command.p2 == 0, command.data.isEmpty else {
            return CardAnswer(status: Status.wrongParameters)
        }
        guard let expected = command.expected else { return CardAnswer(status: Status.wrongLength) }
        guard expected == 8 || command.expectsAll else { return CardAnswer(status: 0x6C08) }
        let challenge = random.bytes(8)
        state.challenge = challenge
        return CardAnswer(challenge)
    }

    private mutating func externalAuthenticate(_ command: ReceivedCommand, challenge: [UInt8]?) -> CardAnswer {
        guard !hasAccess, let challenge else { return CardAnswer(status: Status.conditionsNotSatisfied) }
        guard command.p1 == 0, command.p2 == 0 else { return CardAnswer(status: Status.wrongParameters) }
        guard command.data.count == 40 else { return CardAnswer(status: Status.wrongLength) }
        guard let expected = command.expected else { return CardAnswer(status: Status.wrongLength) }
        guard expected == 40 || command.expectsAll else { return CardAnswer(status: 0x6C28) }
        let access = CardBasicAccess(mrzInformation: image.mrzInformation.unredacted)
        guard !image.faults.contains(.bacRefused),
            let session = try? access.authenticate(
                command.data, challenge: challenge, random: random,
                misquotes: image.faults.contains(.bacWrongCryptogram))
        else {
            return CardAnswer(status: Status.verificationFailed)
        }
        state.messaging = messaging(SessionKeys(secret: session.secret, suite: .tripleDES), counter: session.counter)
        var answer = session.answer
        if image.faults.contains(.bacWrongMAC) { answer[answer.count - 1] ^= 1 }
        return CardAnswer(answer)
    }

    func messaging(_ keys: SessionKeys, counter: [UInt8]? = nil) -> CardSecureMessaging {
        CardSecureMessaging(keys: keys, counter: counter, faults: image.faults)
    }
}
