package import ChipDocument
package import StationCore
import Synchronization

/// The way to one card on one reader, on a thread of its own.
///
/// A channel lives until its first failure, its `disconnect`, or its end; whichever comes, the card is reset or loses
/// its power, so that no secure channel stays open. A command that a card or reader never answers fails after
/// `transmitLimit` without holding its caller: the thread is left behind to end with the call.
package final class PCSCCardChannel: CardChannel {
    /// The placing of the card that this channel speaks to.
    package let insertion: CardInsertion
    /// What reader and protocol carry.
    package let capabilities: ChannelCapabilities

    private let session: CardSession
    private let worker: WorkerThread
    private let clock: any StationClock
    private let transmitLimit: Duration
    /// Why no command may be sent any more; nil while the channel is open.
    private let end = Mutex<Failure?>(nil)
    /// Arrives when the thread has closed the session.
    private let closed = Outcome<Void>()

    private init(
        insertion: CardInsertion, capabilities: ChannelCapabilities, session: CardSession, worker: WorkerThread,
        clock: any StationClock, transmitLimit: Duration
    ) {
        self.insertion = insertion
        self.capabilities = capabilities
        self.session = session
        self.worker = worker
        self.clock = clock
        self.transmitLimit = transmitLimit
    }

    deinit { finish(with: Failure(.cardSessionBroken, "the channel has gone"), .reset) }

    /// Connects to a card that a monitor saw, and resets it.
    ///
    /// Fails with `cardRemoved` when that placing is over, `readerBusy` when another program holds the card,
    /// `cardMute`, `readerDisconnected`, `readerServiceDown`, and `readerWedged` when nothing answers in time.
    /// - Parameters:
    ///   - extendedLength: what to believe instead of the reader; nil to believe the reader.
    ///   - transmitLimit: longest time for this call, and for each command.
    package static func connect(
        to insertion: CardInsertion, sharing: CardSharing = .exclusive, extendedLength: Bool? = nil,
        clock: any StationClock = SystemClock(), transmitLimit: Duration = Limits.Card.transmitDuration
    ) async throws(Failure) -> PCSCCardChannel {
        let session = CardSession(insertion: insertion, sharing: sharing)
        let worker = WorkerThread(name: "pcsc-card")
        let opened = await perform(on: worker, clock, transmitLimit) { session.open() }
        switch opened {
        case .failure(let failure):
            worker.submit { session.close(.unpower) }
            worker.finish()
            throw failure
        case .success(let found):
            let capabilities = extendedLength.map { $0 ? ChannelCapabilities.extended : .short } ?? found
            return PCSCCardChannel(
                insertion: insertion, capabilities: capabilities, session: session, worker: worker, clock: clock,
                transmitLimit: transmitLimit)
        }
    }

    package var answerToReset: [UInt8] { insertion.answerToReset }

    package func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        // ISO 7816-4, 5.1: a command has at least its four header bytes.
        guard (4...Limits.Card.apduBytes).contains(command.count) else {
            throw Failure(.internalFault, "a command of \(command.count) bytes")
        }
        if let failure = end.withLock({ $0 }) { throw failure }
        let result = await Self.perform(on: worker, clock, transmitLimit) { [session] in session.transmit(command) }
        switch result {
        case .success(let response): return response
        case .failure(let failure):
            // A call that has not ended holds the session: nobody is to wait for it.
            if [.readerWedged, .cardReadTimeout].contains(failure.code) { closed.settle(()) }
            finish(with: failure, .unpower)
            throw failure
        }
    }

    /// Ends the session and resets the card, unless a failure has ended it; returns when others can have the card, or when
    /// the reader does not answer in time.
    package func disconnect() async {
        finish(with: Failure(.cardSessionBroken, "disconnected"), .reset)
        let watchdog = Task { [closed, clock, transmitLimit] in
            do { try await clock.sleep(for: transmitLimit) } catch { return }
            closed.settle(())
        }
        defer { watchdog.cancel() }
        await closed.value
    }

    /// Has the thread close the session, once.
    private func finish(with failure: Failure, _ disposition: CardSession.Disposition) {
        let isFirst = end.withLock { end in
            defer { if end == nil { end = failure } }
            return end == nil
        }
        guard isFirst else { return }
        worker.submit { [session, closed] in
            session.close(disposition)
            closed.settle(())
        }
        worker.finish()
    }

    private static func perform<Value: Sendable>(
        on worker: WorkerThread, _ clock: any StationClock, _ limit: Duration,
        _ job: @escaping @Sendable () -> Result<Value, Failure>
    ) async -> Result<Value, Failure> {
        let outcome = Outcome<Result<Value, Failure>>()
        guard worker.submit({ outcome.settle(job()) }) else {
            return .failure(Failure(.cardSessionBroken, "disconnected"))
        }
        let watchdog = Task {
            do { try await clock.sleep(for: limit) } catch { return }
            outcome.settle(.failure(Failure(.readerWedged, "no answer within \(limit)")))
        }
        defer { watchdog.cancel() }
        return await withTaskCancellationHandler {
            await outcome.value
        } onCancel: {
            outcome.settle(.failure(Failure(.cardReadTimeout, "cancelled")))
        }
    }
}
