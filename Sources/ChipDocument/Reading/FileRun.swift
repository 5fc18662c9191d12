import DocumentCrypto
import StationCore

/// The part of a read after EF.SOD: file by file, with the chip's proofs as soon as their keys are there.
struct FileRun {
    let session: CardSession
    var transfer: FileTransfer
    let passive: PassiveAuthentication
    let parameters: ChipOpening.Parameters
    let access: AccessOutcome.AccessProtocol
    let random: any RandomSource
    let continuation: ReadContinuation

    var files: [FileIdentifier: [UInt8]] = [:]
    private(set) var findings: [Finding] = []
    private(set) var evidence: ActiveAuthenticationEvidence?
    /// Files that EF.SOD lists and the card does not give.
    private var missing: [FileIdentifier] = []
    /// The chip has new keys and has not yet answered under them.
    private var proofPending = false

    init(
        session: CardSession,
        transfer: FileTransfer,
        passive: PassiveAuthentication,
        parameters: ChipOpening.Parameters,
        openedBy access: AccessOutcome.AccessProtocol,
        random: any RandomSource,
        continuation: ReadContinuation
    ) {
        self.session = session
        self.transfer = transfer
        self.passive = passive
        self.parameters = parameters
        self.access = access
        self.random = random
        self.continuation = continuation
    }

    typealias Listener = @Sendable (ReadEvent) async -> Void

    mutating func readAll(_ order: [FileIdentifier], onEvent: Listener) async throws(Failure) {
        var phase = ReadPhase.readingSecurityObject
        for file in order where file == .com || passive.object.hashes[file] != nil {
            let next: ReadPhase =
                switch file {
                case .dg14, .dg15: .provingChip
                case .dg2: .readingPortrait
                default: .readingText
                }
            session.phase = next
            if next != phase { await onEvent(.phase(next)) }
            phase = next
            try await read(file, onEvent: onEvent)
        }
        if proofPending { try await proveByReadingAgain(onEvent: onEvent) }
    }

    /// The checks over everything that was read.
    func remainingFindings() -> [Finding] {
        var result = passive.findingsOfFiles(files)
        if !findings.contains(where: { $0.check == "chipAuthentication" }) {
            result.append(Finding(check: "chipAuthentication", verdict: .notDetermined, reason: "notOffered"))
        }
        if !findings.contains(where: { $0.check == "activeAuthentication" }) {
            let reason = passive.object.hashes[.dg15] == nil ? "notOffered" : "notRun"
            result.append(Finding(check: "activeAuthentication", verdict: .notDetermined, reason: reason))
        }
        // What is signed and withheld may be what would have shown a copy.
        result.append(
            missing.isEmpty
                ? Finding(check: "dataGroupsComplete", verdict: .passed)
                : Finding(check: "dataGroupsComplete", verdict: .failed, reason: "dataGroupAbsent"))
        result.append(Self.compare(com: files[.com], with: passive.object))
        result.append(Self.compare(cardAccess: parameters.file, with: files[.dg14], openedBy: access))
        return result
    }

    private mutating func read(_ file: FileIdentifier, onEvent: Listener) async throws(Failure) {
        if let bytes = continuation.file(file) { return try await take(bytes, as: file, onEvent: onEvent) }
        let outcome: FileTransfer.Outcome
        do throws(Failure) {
            outcome = try await transfer.read(
                .short(file.shortIdentifier), tag: file.tag, after: continuation.beginning(of: file),
                mayBeEmpty: file == .dg2
            ) { [continuation] received, total in
                continuation.keep(beginning: received, of: file)
                await onEvent(.progress(file, received: received.count, total: total))
            }
        } catch {
            // The first answer under the keys of chip authentication decides: a chip without the private key cannot
            // give it. A card that left, or a reader's fault, decides nothing.
            guard proofPending, error.code == .cardSessionBroken else { throw error }
            await note(Finding(check: "chipAuthentication", verdict: .failed, reason: "keysNotProven"), onEvent)
            throw Failure(.cardForged, "chip authentication: \(error.detail ?? "")")
        }
        if proofPending {
            proofPending = false
            await note(Finding(check: "chipAuthentication", verdict: .passed), onEvent)
        }
        guard case .file(let bytes) = outcome else {
            if file != .com { missing.append(file) }
            return
        }
        try await take(bytes, as: file, onEvent: onEvent)
    }

    private mutating func take(
        _ bytes: [UInt8],
        as file: FileIdentifier,
        onEvent: Listener
    ) async throws(Failure) {
        files[file] = bytes
        let matches = passive.object.matches(bytes, file: file)
        if matches == true { continuation.keep(bytes, as: file) }
        await onEvent(.file(file, bytes: bytes, matchesSecurityObject: matches))
        if file == .dg14 { try await authenticateChip(bytes, signed: matches == true, onEvent: onEvent) }
        if file == .dg15 { try await authenticateActively(bytes, signed: matches == true, onEvent: onEvent) }
    }

    private mutating func authenticateChip(
        _ dataGroup14: [UInt8],
        signed: Bool,
        onEvent: Listener
    ) async throws(Failure) {
        let check = "chipAuthentication"
        guard signed, passive.signature.verdict == .passed else {
            // A key that nobody signed proves nothing.
            return await note(Finding(check: check, verdict: .notDetermined, reason: "keyNotSigned"), onEvent)
        }
        let infos = try SecurityInfos(dataGroup14: dataGroup14)
        guard var authentication = try ChipAuthentication(infos, random: random) else {
            let reason = infos.statesChipAuthentication ? "algorithmUnsupported" : "notOffered"
            return await note(Finding(check: check, verdict: .notDetermined, reason: reason), onEvent)
        }
        do throws(Failure) {
            var action = ChipAuthentication.Action.send(authentication.firstCommand)
            // At most MSE and GENERAL AUTHENTICATE.
            while case .send(let command) = action {
                action = try authentication.next(try await session.send(command))
            }
            if case .established(let messaging) = action {
                session.protect(with: messaging)
                proofPending = true
            }
        } catch {
            guard error.code == .cardForged else { throw error }
            await note(Finding(check: check, verdict: .failed, reason: "refused"), onEvent)
            throw error
        }
    }

    private mutating func authenticateActively(
        _ dataGroup15: [UInt8],
        signed: Bool,
        onEvent: Listener
    ) async throws(Failure) {
        let check = "activeAuthentication"
        let key: PublicKey
        do throws(Failure) { key = try ActiveAuthentication.key(dataGroup15: dataGroup15) } catch {
            let unsupported = error.code == .cardUnsupported
            return await note(
                Finding(
                    check: check,
                    verdict: unsupported ? .notDetermined : .failed,
                    reason: unsupported ? "algorithmUnsupported" : "keyMalformed"
                ),
                onEvent
            )
        }
        let challenge = random.bytes(8)
        let command = ActiveAuthentication.command(challenge: challenge, key: key)
        let response = try await session.send(command)
        guard response.status == .success else {
            // A reader for short commands only may be unable to carry the answer: that is no proof of a copy. What the card
            // says of its own lengths excuses no refusal.
            let tooShort =
                !session.readerCapabilities.extendedLength
                && ActiveAuthentication.responseBytes(key) > session.responseCapacity
            return await note(
                Finding(
                    check: check,
                    verdict: tooShort ? .notDetermined : .failed,
                    reason: tooShort ? "readerTooShort" : "refused"
                ),
                onEvent
            )
        }
        let result = ActiveAuthenticationEvidence(challenge: challenge, signature: response.data)
        evidence = result
        await note(
            ActiveAuthentication.verify(
                result,
                dataGroup15: signed && passive.signature.verdict == .passed ? dataGroup15 : nil,
                dataGroup14: files[.dg14]
            ),
            onEvent
        )
    }

    /// When no file follows chip authentication, one byte of EF.SOD is the answer that proves the keys.
    private mutating func proveByReadingAgain(onEvent: Listener) async throws(Failure) {
        let p1 = 0x80 | FileIdentifier.sod.shortIdentifier
        do throws(Failure) {
            _ = try await session.send(CommandAPDU(ins: 0xb0, p1: p1, expectedLength: 1))
        } catch {
            guard error.code == .cardSessionBroken else { throw error }
            await note(Finding(check: "chipAuthentication", verdict: .failed, reason: "keysNotProven"), onEvent)
            throw Failure(.cardForged, "chip authentication: \(error.detail ?? "")")
        }
        proofPending = false
        await note(Finding(check: "chipAuthentication", verdict: .passed), onEvent)
    }

    private mutating func note(_ finding: Finding, _ onEvent: Listener) async {
        findings.append(finding)
        await onEvent(.finding(finding))
    }

    /// EF.COM is unsigned: a list other than EF.SOD's means that somebody changed one of the two.
    static func compare(com: [UInt8]?, with object: SecurityObject) -> Finding {
        let check = "comAgainstSOD"
        guard let com else { return Finding(check: check, verdict: .notDetermined, reason: "notRead") }
        do throws(Failure) {
            let common = try CommonData(com)
            let listed = Set(common.dataGroups)
            let signed = Set(object.dataGroups)
            if listed == signed {
                return common.hasKnownVersions
                    ? Finding(check: check, verdict: .passed)
                    : Finding(check: check, verdict: .notDetermined, reason: "comVersionUnknown")
            }
            return Finding(
                check: check,
                verdict: .failed,
                reason: listed.isSubset(of: signed) ? "comListsLess" : "comListsMore"
            )
        } catch {
            return Finding(check: check, verdict: .failed, reason: "comMalformed")
        }
    }

    /// EF.CardAccess is unsigned, DG14 is signed and repeats it (ICAO 9303-11, 4.4.2): what PACE was run with must
    /// stand there too, or somebody weakened it on the way. Somebody did as well where the whole file was withheld and the
    /// chip, which signs that it has PACE, was opened by the weaker BAC.
    static func compare(
        cardAccess: [UInt8]?, with dataGroup14: [UInt8]?, openedBy access: AccessOutcome.AccessProtocol
    ) -> Finding {
        let check = "cardAccessAgainstDG14"
        if cardAccess == nil, access == .bac, let dataGroup14,
            (try? SecurityInfos(dataGroup14: dataGroup14))?.pace.isEmpty == false
        {
            return Finding(check: check, verdict: .failed, reason: "paceWithheld")
        }
        guard let cardAccess, let dataGroup14 else {
            return Finding(
                check: check,
                verdict: .notDetermined,
                reason: cardAccess == nil ? "cardAccessAbsent" : "notRead"
            )
        }
        do throws(Failure) {
            let open = Set(try SecurityInfos(cardAccess).pace)
            let signed = Set(try SecurityInfos(dataGroup14: dataGroup14).pace)
            if open == signed { return Finding(check: check, verdict: .passed) }
            if signed.isEmpty { return Finding(check: check, verdict: .notDetermined, reason: "paceNotSigned") }
            return Finding(check: check, verdict: .failed, reason: "paceDiffers")
        } catch {
            return Finding(check: check, verdict: .failed, reason: "malformed")
        }
    }
}
