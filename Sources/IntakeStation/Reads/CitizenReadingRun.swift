import ApplicationForm
import ChipDocument
import CitizenCard
import Foundation
import StationAPI
import StationCore
import Synchronization
import Uplink

/// A finished read: every check, and what an application needs.
struct CitizenReading: Sendable {
    let findings: [Finding]
    let finished: FinishedRead
}

/// One read of one citizen card. What it learns goes to the registry as it arrives: the text before the portrait.
struct CitizenReadingRun: Sendable {
    let readID: String
    let channel: MeteredChannel
    let credentials: CredentialLadder
    let fields: Set<CitizenField>
    let continuation: ReadContinuation
    let settings: ActiveSettings
    let reads: ReadRegistry
    let clock: any StationClock
    let random: any RandomSource

    /// Reads the card. Throws what `DocumentReader.read` throws, `cardForeign`, `cardDataMalformed`.
    func run() async throws(Failure) -> CitizenReading {
        let started = clock.elapsed
        let profile = CardProfile.vnm2021
        let plan = ReadPlan(
            files: CitizenField.files(for: fields),
            allowsBasicAccessControl: settings.card.allowsBAC,
            profile: DocumentProfile(name: profile.name, cardAccess: profile.cardAccess))
        let stage = Mutex(IdentityStage())
        let reader = DocumentReader(plan: plan, anchors: settings.anchors, clock: clock, random: random)
        let reading = try await credentials.climb { credential throws(Failure) in
            try await reader.read(from: channel, credential: credential, continuing: continuation) { event in
                stage.withLock { $0.take(event) }
                await take(event, since: started)
                if let identity = stage.withLock({ $0.completed() }) { await show(identity, since: started) }
            }
        }
        let identity = try CitizenIdentity(files: reading.files)
        if plan.files.contains(.dg2) {
            await reads.update(readID) { $0.portrait = $0.portrait ?? ReadReport.Portrait(missingIn: reading) }
        }
        let issue = identity.issueDate.flatMap(reading.issueDateFinding)
        let findings =
            reading.findings + identity.findings + (issue.map { [$0] } ?? [])
            + (credentials.qrCode?.findings(against: identity) ?? [])
        await count(since: started)
        return CitizenReading(findings: findings, finished: finished(reading, identity, findings))
    }

    private func take(_ event: ReadEvent, since started: Duration) async {
        switch event {
        case .phase(let phase):
            // The phase that ends here is the slow one.
            await warnOfSlowness(since: started)
            await reads.update(readID) { $0.phase = phase.rawValue }
        case .access(let access):
            await reads.update(readID) { $0.access = ReadReport.Access(access) }
        case .progress(let file, let received, let total):
            await warnOfSlowness(since: started)
            await reads.update(readID) { $0.progressed(file: file.rawValue, done: received, total: total) }
        case .file(.dg2, let bytes, let matches) where matches != false:
            guard let image = try? FaceImage(dataGroup2: bytes) else { break }
            await reads.keepPortrait(image.bytes, of: readID)
            await reads.update(readID) { $0.portrait = .available }
        case .file: break
        case .record(let record): await reads.keepRecord(record, of: readID)
        case .finding(let finding):
            await reads.update(readID) { $0.findings.append(finding) }
        }
        await count(since: started)
    }

    /// Says once in which phase the time went that a read should take.
    private func warnOfSlowness(since started: Duration) async {
        guard clock.elapsed - started > Limits.Card.readBudget else { return }
        await reads.update(readID) { progress in progress.slowPhase = progress.slowPhase ?? progress.phase }
    }

    /// The text as soon as both files that hold it match the security object.
    private func show(_ identity: CitizenIdentity, since started: Duration) async {
        let cost = (apdus: channel.apdus, milliseconds: (clock.elapsed - started).milliseconds)
        await reads.update(readID) { progress in
            progress.citizen = CitizenReport(identity)
            progress.cost = .init(
                apdus: progress.cost.apdus, milliseconds: progress.cost.milliseconds,
                cardMilliseconds: progress.cost.cardMilliseconds, identityAPDUs: cost.apdus,
                identityMilliseconds: cost.milliseconds)
        }
    }

    private func count(since started: Duration) async {
        let apdus = channel.apdus
        let milliseconds = (clock.elapsed - started).milliseconds
        let cardMilliseconds = channel.inChannel.milliseconds
        await reads.update(readID) { progress in
            progress.cost = .init(
                apdus: apdus, milliseconds: milliseconds, cardMilliseconds: cardMilliseconds,
                identityAPDUs: progress.cost.identityAPDUs, identityMilliseconds: progress.cost.identityMilliseconds)
        }
    }

    private func finished(
        _ reading: DocumentReading, _ identity: CitizenIdentity, _ findings: [Finding]
    ) -> FinishedRead {
        let permitted = settings.card.files
        let files = reading.files.sorted { $0.key.rawValue < $1.key.rawValue }
            .filter { permitted.contains($0.key.rawValue) }
            .map { SealedContent.File(name: $0.key.rawValue, bytes: $0.value) }
        return FinishedRead(
            id: readID, citizen: CitizenSnapshot(identity),
            card: CardFacts(
                readMethod: .chip, readAt: clock.now,
                accessProtocol: reading.access.accessProtocol == .pace ? .pace : .bac,
                downgrade: reading.access.downgrade?.rawValue, profile: identity.series, findings: findings,
                activeAuthentication: reading.activeAuthentication.map {
                    CardFacts.ActiveAuthentication(challenge: Data($0.challenge), signature: Data($0.signature))
                }),
            files: files, isWhole: fields == Set(CitizenField.allCases))
    }
}
