import ChipDocument
import CitizenCard
import LocalServer
import Logging
import PCSCReaders
import PortraitDecoding
import ServiceLifecycle
import StationAPI
import StationCore
import Synchronization

/// Watches the readers and carries out reads, each on its reader's own thread, none holding up another.
final class ReadingService: Service {
    private struct Job: Sendable {
        let readID: String
        let readerID: String
        let insertion: CardInsertion
        let credentials: CredentialLadder
        let fields: Set<CitizenField>
    }

    private struct State {
        var snapshot = ReaderSnapshot(serviceFailure: Failure(.readerServiceDown), readers: [])
        var ids = ReaderIDs()
        var announcements = 0
        /// Reads that wait for their card to come back, by the reader's name.
        var awaited: [String: (after: UInt64, card: Outcome<CardInsertion?>)] = [:]
    }

    let reads: ReadRegistry
    private let hub: EventHub
    private let settings: SettingsBox
    private let portraits: PortraitDecoder
    private let clock: any StationClock
    private let random: any RandomSource
    private let logger: Logger
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    init(
        reads: ReadRegistry, hub: EventHub, settings: SettingsBox, portraits: PortraitDecoder,
        clock: any StationClock, random: any RandomSource, logger: Logger
    ) {
        self.reads = reads
        self.hub = hub
        self.settings = settings
        self.portraits = portraits
        self.clock = clock
        self.random = random
        self.logger = logger
        (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Limits.Card.readers))
    }

    /// Runs until the graceful shutdown; a read under way is cut, its card reset.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watch() }
                for await job in self.jobs { group.addTask { await self.perform(job) } }
            }
        }
    }

    /// Reader service and readers as they stand.
    func readers() async -> ReaderList {
        let (snapshot, ids) = state.withLock { state in
            (state.snapshot, state.snapshot.readers.map { state.ids.id(of: $0.name) })
        }
        var reports: [ReaderReport] = []
        for (reader, id) in zip(snapshot.readers, ids) {
            let isReading = await reads.isReading(on: id)
            reports.append(
                ReaderReport(
                    id: id, name: reader.name, state: isReading ? .reading : reader.card.reported,
                    insertion: Int(clamping: reader.card.insertion?.number ?? 0), readId: await reads.newest(on: id)))
        }
        return ReaderList(serviceRunning: snapshot.serviceFailure == nil, readers: reports)
    }

    /// Starts a read. Throws `readerServiceDown`, `readerUnknown`, `readerBusy`, `cardNone`, `cardMute`,
    /// `credentialInvalid`.
    func start(reader id: String, _ request: ReadRequest) async throws(Failure) -> ReadReport {
        let credentials = try request.credential.ladder()
        let fields = try request.wantedFields()
        let (snapshot, name) = state.withLock { ($0.snapshot, $0.ids.name(of: id)) }
        if let failure = snapshot.serviceFailure { throw failure }
        guard !snapshot.readers.isEmpty else { throw Failure(.readerNone) }
        guard let name, let reader = snapshot.reader(name) else { throw Failure(.readerUnknown) }
        switch reader.card {
        case .absent, .unknown: throw Failure(.cardNone)
        case .mute: throw Failure(.cardMute)
        case .present(let insertion):
            let report = try await reads.begin(reader: id)
            // A read that still waited for its card is over with this one.
            state.withLock { $0.awaited.removeValue(forKey: name) }?.card.settle(nil)
            queue.yield(
                Job(readID: report.id, readerID: id, insertion: insertion, credentials: credentials, fields: fields))
            await announceReaders()
            return report
        }
    }

    /// The portrait of a read as a page can show it. Throws what `ReadRegistry.portrait` throws, `portraitUndecodable`.
    func portrait(_ id: String) async throws(Failure) -> PageImage {
        let image = try await portraits.decode(try await reads.portrait(of: id))
        return PageImage(bytes: image.bytes, mediaType: image.mediaType.rawValue)
    }

    private func watch() async {
        for await snapshot in PCSCReaderMonitor() {
            let arrived = state.withLock { state in
                let before = state.snapshot
                state.snapshot = snapshot
                return snapshot.readers.compactMap { reader in
                    let insertion = reader.card.insertion?.number
                    let isNew = insertion != nil && insertion != before.reader(reader.name)?.card.insertion?.number
                    return isNew ? state.ids.id(of: reader.name) : nil
                }
            }
            for id in arrived { await reads.nextCard(on: id) }
            handOver(snapshot)
            await announceReaders()
        }
    }

    /// Gives cards that came back to the reads that wait for them.
    private func handOver(_ snapshot: ReaderSnapshot) {
        for reader in snapshot.readers {
            guard let insertion = reader.card.insertion else { continue }
            let waiting = state.withLock { state in
                guard let waiting = state.awaited[reader.name], insertion.number > waiting.after else {
                    return Outcome<CardInsertion?>?.none
                }
                state.awaited[reader.name] = nil
                return waiting.card
            }
            waiting?.settle(insertion)
        }
    }

    /// The card that is laid on a reader after a placing; nil when none is within the time, when another read begins there,
    /// and when the service stops.
    private func card(after insertion: CardInsertion, within duration: Duration) async -> CardInsertion? {
        let card = Outcome<CardInsertion?>()
        state.withLock { state in
            let present = state.snapshot.reader(insertion.reader)?.card.insertion
            if let present, present.number > insertion.number {
                card.settle(present)
            } else {
                state.awaited[insertion.reader] = (insertion.number, card)
            }
        }
        return await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [clock] in
                    do { try await clock.sleep(for: duration) } catch { return }
                    card.settle(nil)
                }
                defer { group.cancelAll() }
                return await card.value
            }
        } onCancel: {
            card.settle(nil)
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
        let continuation = ReadContinuation()
        var insertion = job.insertion
        var outcome = await attempt(job, on: insertion, continuing: continuation)
        // A card that left is waited for, once after each time that it left, all in all not for longer than the limit.
        let deadline = clock.elapsed + Limits.Card.suspensionDuration
        while case .failure(let failure) = outcome, failure.code == .cardRemoved, clock.elapsed < deadline {
            let left = deadline - clock.elapsed
            await reads.suspend(job.readID, until: clock.now.adding(left))
            await announceReaders()
            guard let returned = await card(after: insertion, within: left), await reads.resume(job.readID) else {
                break
            }
            insertion = returned
            outcome = await attempt(job, on: insertion, continuing: continuation)
            // Of another card the credential need not be right.
            if case .failure(let failure) = outcome, failure.code == .cardWrongCredential, continuation.identifiesCard {
                outcome = .failure(Failure(.cardOther, failure.detail))
            }
        }
        await finish(job, on: insertion, outcome)
        logger.info(
            "read",
            metadata: [
                "read": "\(job.readID)", "outcome": "\(outcome.failureCode)",
                "milliseconds": "\((clock.elapsed - started).wholeMilliseconds)",
            ])
        await announceReaders()
    }

    private func attempt(
        _ job: Job, on insertion: CardInsertion, continuing continuation: ReadContinuation
    ) async -> Result<CitizenReading, Failure> {
        do {
            let channel = try await PCSCCardChannel.connect(to: insertion, clock: clock)
            let reading = CitizenReadingRun(
                readID: job.readID, channel: MeteredChannel(channel, clock: clock), credentials: job.credentials,
                fields: job.fields,
                continuation: continuation, settings: settings.current, reads: reads, clock: clock, random: random)
            let outcome: Result<CitizenReading, Failure>
            do {
                outcome = .success(try await reading.run())
            } catch {
                outcome = .failure(error)
            }
            await channel.disconnect()
            return outcome
        } catch {
            return .failure(error)
        }
    }

    private func finish(
        _ job: Job, on insertion: CardInsertion, _ outcome: Result<CitizenReading, Failure>
    ) async {
        switch outcome {
        case .success(let reading):
            await reads.keep(reading.finished)
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
                progress.portraitAvailable = false
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
