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
        let credential: AccessCredential
    }

    private struct State {
        var snapshot = ReaderSnapshot(serviceFailure: Failure(.readerServiceDown), readers: [])
        var ids = ReaderIDs()
        var announcements = 0
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
        let credential = try request.credential.parsed()
        let (snapshot, name) = state.withLock { ($0.snapshot, $0.ids.name(of: id)) }
        if let failure = snapshot.serviceFailure { throw failure }
        guard !snapshot.readers.isEmpty else { throw Failure(.readerNone) }
        guard let name, let reader = snapshot.reader(name) else { throw Failure(.readerUnknown) }
        switch reader.card {
        case .absent, .unknown: throw Failure(.cardNone)
        case .mute: throw Failure(.cardMute)
        case .present(let insertion):
            let report = try await reads.begin(reader: id)
            queue.yield(Job(readID: report.id, readerID: id, insertion: insertion, credential: credential))
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
        let settings = settings.current
        let started = clock.elapsed
        let outcome: Result<CitizenReading, Failure>
        do {
            let channel = try await PCSCCardChannel.connect(to: job.insertion, clock: clock)
            let metered = MeteredChannel(channel, clock: clock)
            let reading = CitizenReadingRun(
                readID: job.readID, channel: metered, credential: job.credential, settings: settings, reads: reads,
                clock: clock, random: random)
            do {
                outcome = .success(try await reading.run())
            } catch {
                outcome = .failure(error)
            }
            await channel.disconnect()
        } catch {
            outcome = .failure(error)
        }
        await finish(job, outcome)
        logger.info(
            "read",
            metadata: [
                "read": "\(job.readID)", "outcome": "\(outcome.failureCode)",
                "milliseconds": "\((clock.elapsed - started).wholeMilliseconds)",
            ])
        await announceReaders()
    }

    private func finish(_ job: Job, _ outcome: Result<CitizenReading, Failure>) async {
        switch outcome {
        case .success(let reading):
            await reads.keep(reading.finished)
            await reads.update(job.readID) { progress in
                progress.findings = reading.findings
                progress.phase = "done"
                progress.state = .finished
            }
            // Another card may have come while this read ended: its person must not meet this one's page.
            let present = state.withLock { $0.snapshot.reader(job.insertion.reader)?.card.insertion }
            if let present, present.number != job.insertion.number { await reads.forget(job.readID, as: .discarded) }
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
