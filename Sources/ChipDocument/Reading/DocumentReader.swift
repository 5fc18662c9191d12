import DocumentCrypto
public import StationCore

/// Reads an eMRTD from first command to verdict (ICAO 9303-10, -11): opens the chip, reads EF.SOD first so that every
/// file is checked as it arrives, proves the chip before the long portrait, and says what was shown and what was not.
public struct DocumentReader: Sendable {
    private let plan: ReadPlan
    private let anchors: TrustAnchors
    private let clock: any StationClock
    private let random: any RandomSource

    /// Prepares reads after one plan.
    public init(
        plan: ReadPlan,
        anchors: TrustAnchors,
        clock: any StationClock,
        random: any RandomSource = SystemRandomSource()
    ) {
        self.plan = plan
        self.anchors = anchors
        self.clock = clock
        self.random = random
    }

    /// Reads the card behind a channel. `onEvent` hears of every step in order, and is waited for. A read whose card left
    /// is gone on with by another one with the same continuation.
    ///
    /// A forged file is a failed finding of the reading; a chip that fails its own proof ends the read with
    /// `cardForged`, because no session is left. Other ends: `cardWrongCredential`, `cardAccessRefused`,
    /// `cardNotDocument`, `cardUnsupported`, `cardDataMalformed`, `cardDataTooLarge`, `cardSessionBroken`,
    /// `cardProtocolError`, `cardOther` (not the one that was begun with), `cardReadTimeout`, `readUnfinished` (cancelled), and what the channel throws.
    public func read(
        from channel: any CardChannel,
        credential: AccessCredential,
        continuing continuation: ReadContinuation = ReadContinuation(),
        onEvent: @Sendable (ReadEvent) async -> Void = { _ in }
    ) async throws(Failure) -> DocumentReading {
        let session = await CardSession(
            channel: channel, clock: clock, plan: plan, credential: credential.kind)
        do throws(Failure) {
            let reading = try await read(
                in: session, credential: credential, continuing: continuation, onEvent: onEvent)
            await onEvent(.record(session.record))
            return reading
        } catch {
            // What went wrong is in the last entries.
            await onEvent(.record(session.record))
            throw error
        }
    }

    private func read(
        in session: CardSession,
        credential: AccessCredential,
        continuing continuation: ReadContinuation,
        onEvent: @Sendable (ReadEvent) async -> Void
    ) async throws(Failure) -> DocumentReading {
        await onEvent(.phase(.openingChip))
        let opening = ChipOpening(session: session, plan: plan, credential: credential, random: random)
        let parameters = try await opening.parameters()
        session.phase = .provingAccess
        await onEvent(.phase(.provingAccess))
        let opened = try await opening.open(parameters)
        await onEvent(.access(opened.outcome))
        let mapping = opened.mapping?.finding(
            cardSecurity: opened.cardSecurity, cardAccess: parameters.file, anchors: anchors, now: inspectionTime)
        if let mapping { await onEvent(.finding(mapping)) }

        session.phase = .readingSecurityObject
        await onEvent(.phase(.readingSecurityObject))
        var transfer = FileTransfer(session: session)
        let sod = try await transfer.read(
            .short(FileIdentifier.sod.shortIdentifier),
            tag: FileIdentifier.sod.tag
        ) { received, total in await onEvent(.progress(.sod, received: received.count, total: total)) }
        guard case .file(let sodBytes) = sod else {
            throw Failure(.cardDataMalformed, "EF.SOD cannot be read")
        }
        try continuation.identify(sodBytes)
        let passive = PassiveAuthentication(
            try SecurityObject(sodBytes),
            anchors: anchors,
            now: inspectionTime
        )
        await onEvent(.file(.sod, bytes: sodBytes, matchesSecurityObject: nil))
        await onEvent(.finding(passive.signature))
        await onEvent(.finding(passive.chain))

        var run = FileRun(
            session: session,
            transfer: transfer,
            passive: passive,
            parameters: parameters,
            openedBy: opened.outcome.accessProtocol,
            random: random,
            continuation: continuation
        )
        run.files[.sod] = sodBytes
        if let file = parameters.file { run.files[.cardAccess] = file }
        if let file = opened.cardSecurity { run.files[.cardSecurity] = file }
        try await run.readAll(plan.order, onEvent: onEvent)
        let remaining = run.remainingFindings()
        for finding in remaining { await onEvent(.finding(finding)) }
        await onEvent(.phase(.finished))
        return DocumentReading(
            files: run.files,
            access: opened.outcome,
            findings: [mapping].compactMap(\.self) + [passive.signature, passive.chain] + run.findings + remaining,
            activeAuthentication: run.evidence,
            profile: plan.profile.name,
            statistics: session.finishedStatistics(),
            record: session.record
        )
    }

    /// The time of inspection; nil when the clock is not to be trusted.
    private var inspectionTime: Timestamp? { clock.quality == .suspect ? nil : clock.now }
}
