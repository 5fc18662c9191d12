import ChipDocument
import CitizenCard
import LocalServer
import Logging
import PCSCReaders
import PortraitDecoding
import ServiceLifecycle
import StationAPI
import StationCore
import Store
import Synchronization
import USBInventory
import Uplink

/// Watches the readers and carries out reads, each on its reader's own thread, none holding up another.
final class ReadingService: Service {
    private struct Job: Sendable {
        let readID: String
        let readerID: String
        let insertion: CardInsertion
        let credentials: CredentialLadder
        let fields: Set<CitizenField>
        let actor: WireName
    }

    private struct Attempt {
        let outcome: Result<CitizenReading, Failure>
        /// Commands that the card answered.
        let apdus: Int
    }

    private struct State {
        var snapshot = ReaderSnapshot(serviceFailure: Failure(.readerServiceDown), readers: [])
        var announcements = 0
    }

    let reads: ReadRegistry
    private let hub: EventHub
    private let settings: SettingsBox
    private let portraits: PortraitDecoder
    private let directory: ReaderDirectory
    private let usb: USBServiceClient
    private let wedged: WedgedReaders
    private let limits: LearnedLimits
    private let audit: @Sendable (AuditNote) async throws(Failure) -> Void
    private let prepareSeal: @Sendable () -> PreparedSeal?
    private let returning: ReturningCards
    private let clock: any StationClock
    private let random: any RandomSource
    private let logger: Logger
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation
    private let settled: AsyncStream<Void>
    private let settling: AsyncStream<Void>.Continuation

    init(
        reads: ReadRegistry, hub: EventHub, settings: SettingsBox, portraits: PortraitDecoder,
        directory: ReaderDirectory, usb: USBServiceClient, wedged: WedgedReaders, limits: LearnedLimits,
        audit: @escaping @Sendable (AuditNote) async throws(Failure) -> Void,
        prepareSeal: @escaping @Sendable () -> PreparedSeal?, clock: any StationClock, random: any RandomSource,
        logger: Logger
    ) {
        self.reads = reads
        self.hub = hub
        self.settings = settings
        self.portraits = portraits
        self.directory = directory
        self.usb = usb
        self.wedged = wedged
        self.limits = limits
        self.audit = audit
        self.prepareSeal = prepareSeal
        returning = ReturningCards(clock: clock)
        self.clock = clock
        self.random = random
        self.logger = logger
        (settled, settling) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Limits.Card.readers))
    }

    /// Runs until the graceful shutdown; a read under way is cut, its card reset.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watch() }
                group.addTask { await self.watchUSB() }
                group.addTask { await self.watchSettling() }
                for await job in self.jobs { group.addTask { await self.perform(job) } }
            }
        }
    }

    /// Reader service and readers as they stand.
    func readers() async -> ReaderList {
        let snapshot = state.withLock(\.snapshot)
        var reports: [ReaderReport] = []
        for reader in snapshot.readers {
            let id = directory.id(of: reader.name)
            let isReading = await reads.isReading(on: id)
            reports.append(
                ReaderReport(
                    id: id, name: reader.name, state: isReading ? .reading : reader.card.reported,
                    insertion: Int(clamping: reader.card.insertion?.number ?? 0), readId: await reads.newest(on: id),
                    usb: directory.place(of: reader.name)))
        }
        let isRunning = snapshot.serviceFailure == nil
        return ReaderList(
            serviceRunning: isRunning, readers: reports, notServed: directory.notServed(serviceRunning: isRunning))
    }

    /// Starts a read for somebody. Throws `readerServiceDown`, `readerUnknown`, `readerBusy`, `cardNone`, `cardMute`,
    /// `credentialInvalid`.
    func start(reader id: String, _ request: ReadRequest, by actor: WireName) async throws(Failure) -> ReadReport {
        let credentials = try request.credential.ladder()
        let fields = try request.wantedFields()
        let snapshot = state.withLock(\.snapshot)
        if let failure = snapshot.serviceFailure { throw failure }
        guard !snapshot.readers.isEmpty else { throw Failure(.readerNone) }
        guard let name = directory.name(of: id), let reader = snapshot.reader(name) else {
            throw Failure(.readerUnknown)
        }
        switch reader.card {
        case .absent, .unknown: throw Failure(.cardNone)
        case .mute: throw Failure(.cardMute)
        case .present(let insertion):
            let report = try await reads.begin(reader: id, for: actor)
            // A read that still waited for its card is over with this one.
            returning.giveUp(on: name)
            queue.yield(
                Job(
                    readID: report.id, readerID: id, insertion: insertion, credentials: credentials, fields: fields,
                    actor: actor))
            await announceReaders()
            return report
        }
    }

    /// The portrait of a read as a page can show it. Throws what `ReadRegistry.portrait` throws, `portraitUndecodable`.
    func portrait(_ id: String, to person: WireName) async throws(Failure) -> PageImage {
        let image = try await portraits.decode(try await reads.portrait(of: id, to: person))
        return PageImage(bytes: image.bytes, mediaType: image.mediaType.rawValue)
    }

    private static var readAction: WireName {
        guard let name = WireName("card.read") else { preconditionFailure("a constant within the alphabet") }
        return name
    }

    private func watch() async {
        await directory.awaitFirstWord()
        for await snapshot in PCSCReaderMonitor() {
            // Before anybody can start a read on a reader that is new.
            await directory.take(readers: snapshot.readers.map(\.name))
            let arrived = state.withLock { state in
                let before = state.snapshot
                state.snapshot = snapshot
                return snapshot.readers.compactMap { reader in
                    let insertion = reader.card.insertion?.number
                    let isNew = insertion != nil && insertion != before.reader(reader.name)?.card.insertion?.number
                    return isNew ? reader.name : nil
                }
            }
            settling.yield()
            for name in arrived { await reads.nextCard(on: directory.id(of: name)) }
            for reader in snapshot.readers { reader.card.insertion.map(returning.take) }
            await announceReaders()
        }
    }

    private func watchUSB() async {
        await usb.follow { devices in
            await directory.take(devices: devices) { await reads.isReading(on: $0) }
            settling.yield()
            await announceReaders()
        }
    }

    /// Whether a reader that was plugged in is served shows a while later.
    private func watchSettling() async {
        for await _ in settled where directory.isSettling {
            do { try await clock.sleep(for: Limits.USB.settleDuration) } catch { return }
            await announceReaders()
        }
    }

    /// Several tasks announce; the number, taken before looking, keeps an older look from being told last.
    private func announceReaders() async {
        let number = state.withLock { state in
            state.announcements += 1
            return state.announcements
        }
        await hub.publish(readers: await readers(), number: number)
    }

    private func perform(_ job: Job) async {
        let started = clock.elapsed
        // Whoever sees a person's data stands in the audit before there is anything to see (law 13).
        do throws(Failure) {
            try await audit(AuditNote(actor: job.actor, action: Self.readAction, object: WireName(job.readID)))
        } catch {
            return await finish(job, on: job.insertion, .failure(error))
        }
        let continuation = ReadContinuation()
        var insertion = job.insertion
        var attempt = await attempt(job, on: insertion, continuing: continuation)
        // A card that left is waited for, once after each time that it left, all in all not for longer than the limit.
        let deadline = clock.elapsed + Limits.Card.suspensionDuration
        var contactLosses = 0
        while case .failure(let failure) = attempt.outcome, clock.elapsed < deadline {
            let left = deadline - clock.elapsed
            if failure.code == .cardRemoved {
                guard let returned = await returned(to: job, after: insertion, within: left) else { break }
                insertion = returned
            } else if failure.code == .cardMute, attempt.apdus > 0, contactLosses < Limits.Card.contactLosses {
                // It slipped, and lies there again before the card service looked.
                contactLosses += 1
                await reads.suspend(job.readID, until: clock.now.adding(left))
                guard await reads.resume(job.readID) else { break }
            } else {
                break
            }
            attempt = await self.attempt(job, on: insertion, continuing: continuation)
        }
        await finish(job, on: insertion, attempt.outcome)
        if case .failure(let failure) = attempt.outcome {
            await wedged.note(failure, port: directory.port(of: job.insertion.reader))
        }
        logger.info(
            "read",
            metadata: [
                "read": "\(job.readID)", "outcome": "\(attempt.outcome.failureCode)",
                "milliseconds": "\((clock.elapsed - started).wholeMilliseconds)",
            ])
        await announceReaders()
    }

    /// Waits for the card of a read to be laid on its reader again; nil when the read is over meanwhile.
    private func returned(
        to job: Job, after insertion: CardInsertion, within left: Duration
    ) async -> CardInsertion? {
        await reads.suspend(job.readID, until: clock.now.adding(left))
        await announceReaders()
        let returned = await returning.card(after: insertion, within: left) {
            state.withLock { $0.snapshot.reader(insertion.reader)?.card.insertion }
        }
        guard let returned, await reads.resume(job.readID) else { return nil }
        return returned
    }

    private func attempt(
        _ job: Job, on insertion: CardInsertion, continuing continuation: ReadContinuation
    ) async -> Attempt {
        let pair = LearnedLimits.Pair(reader: insertion.reader, answerToReset: insertion.answerToReset)
        let channel: PCSCCardChannel
        do {
            channel = try await PCSCCardChannel.connect(
                to: insertion, extendedLength: limits.extendedLength(of: pair), clock: clock)
        } catch {
            return Attempt(outcome: .failure(error), apdus: 0)
        }
        let metered = MeteredChannel(channel, clock: clock)
        let reading = CitizenReadingRun(
            readID: job.readID, channel: metered, credentials: job.credentials, fields: job.fields,
            continuation: continuation, settings: settings.current, reads: reads, clock: clock, random: random)
        let wasIdentified = continuation.identifiesCard
        let outcome: Result<CitizenReading, Failure>
        do {
            outcome = .success(try await reading.run())
        } catch {
            // Of another card the credential need not be right.
            let isOther = error.code == .cardWrongCredential && wasIdentified
            outcome = .failure(isOther ? Failure(.cardOther, error.detail) : error)
        }
        await channel.disconnect()
        limits.learn(metered.evidence, of: pair)
        return Attempt(outcome: outcome, apdus: metered.apdus)
    }

    private func finish(
        _ job: Job, on insertion: CardInsertion, _ outcome: Result<CitizenReading, Failure>
    ) async {
        switch outcome {
        case .success(let reading):
            var finished = reading.finished
            finished.seal = prepareSeal()
            await reads.keep(finished)
            await reads.update(job.readID) { progress in
                progress.findings = reading.findings
                progress.phase = "done"
                progress.state = .finished
            }
            // Another card may have come while this read ended: its person must not meet this one's page.
            let present = state.withLock { $0.snapshot.reader(insertion.reader)?.card.insertion }
            if let present, present.number != insertion.number { await reads.forget(job.readID, as: .discarded) }
        case .failure(let failure):
            await reads.dropPerson(of: job.readID)
            await reads.update(job.readID) { progress in
                progress.failure = failure
                progress.state = .failed
                progress.citizen = nil
                progress.portrait = nil
            }
        }
    }
}

extension Result where Failure == StationCore.Failure {
    fileprivate var failureCode: String {
        switch self {
        case .success: "finished"
        case .failure(let failure): failure.code.rawValue
        }
    }
}

extension CardState {
    fileprivate var reported: ReaderReport.State {
        switch self {
        case .absent, .unknown: .empty
        case .present: .card
        case .mute: .mute
        }
    }
}
