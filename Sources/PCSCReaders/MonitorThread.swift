import Foundation
import StationCore
import Synchronization

/// The one thread that waits for readers and cards, and what other threads need to end it at any moment.
final class MonitorThread: Sendable {
    private struct State {
        var isStopping = false
        /// The context in which the thread may be waiting; never released while it stands here.
        var context: PCSCContext?
    }

    /// How many threads wait or end waits at this moment; one that grows tells of a service that never answers.
    static var running: Int { count.load(ordering: .relaxed) }
    private static let count = Atomic(0)

    private let state = Mutex(State())
    private let emit: @Sendable (ReaderSnapshot) -> Void
    /// Readable once the thread is to stop.
    private let wakeUp: PipePair
    /// At its end once the thread has ended.
    private let ended: PipePair

    init(emit: @escaping @Sendable (ReaderSnapshot) -> Void) {
        self.emit = emit
        wakeUp = PipePair()
        ended = PipePair()
    }

    func start() {
        let thread = Thread { [self] in
            Thread.current.name = "pcsc-monitor"
            run()
            ended.closeWriter()
            Self.count.subtract(1, ordering: .relaxed)
        }
        Self.count.add(1, ordering: .relaxed)
        thread.start()
    }

    /// Ends the thread, wherever it is; returns at once.
    func stop() {
        let first = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard first else { return }
        wakeUp.closeWriter()
        // A cancellation reaches the service only while the thread waits there; a moment before, it is lost. So it is
        // repeated until the thread has ended, by a thread of its own, since it blocks as long as the service does.
        let thread = Thread { [self] in
            Thread.current.name = "pcsc-cancel"
            repeat {
                state.withLock { $0.context?.cancel() }
            } while !ended.isAtEnd(within: Limits.Card.serviceRetryShortest)
            Self.count.subtract(1, ordering: .relaxed)
        }
        Self.count.add(1, ordering: .relaxed)
        thread.start()
    }

    private var isStopping: Bool { state.withLock(\.isStopping) }

    private func run() {
        var table = ReaderTable()
        var retry = ServiceRetry()
        while !isStopping {
            let watch = ServiceWatch(wakeUp: wakeUp.reader)
            let failure: PCSCStatus
            do {
                let context = try PCSCContext.establish()
                state.withLock { $0.context = context }
                failure = follow(context, &table) { retry.reset() }
                state.withLock { $0.context = nil }
                context.release()
            } catch {
                failure = error
            }
            guard !isStopping else { return }
            update(&table) { $0.lose(Failure(.readerServiceDown, failure.failure("SCard").detail)) }
            if watch.wait(for: retry.delay()) == .socketDirectoryChanged { retry.reset() }
        }
    }

    /// Follows the service until it fails or the thread is to stop.
    private func follow(
        _ context: PCSCContext, _ table: inout ReaderTable, onAnswer: () -> Void
    ) -> PCSCStatus {
        var states: ReaderStates?
        while !isStopping {
            let names: [String]
            do { names = try context.readerNames() } catch { return error }
            let current: ReaderStates
            if let states, states.names == names {
                current = states
            } else {
                current = ReaderStates(names: names, withReaderList: true)
            }
            states = current
            if names.isEmpty { update(&table) { $0.observe([]) } }
            // Never without an end, since the list may have changed between the two calls.
            let limit = UInt32(clamping: Limits.Card.readerListDuration.wholeMilliseconds)
            let status = context.waitForChange(of: current, timeout: limit)
            switch status {
            case .success:
                onAnswer()
                current.accept()
                update(&table) { $0.observe(current.observations) }
            case .timeout:
                onAnswer()
            case .unknownReader:
                // A reader went between the two calls: ask again which there are.
                states = nil
            default:
                return status
            }
        }
        return .cancelled
    }

    private func update(_ table: inout ReaderTable, _ change: (inout ReaderTable) -> Void) {
        let before = table.snapshot
        change(&table)
        if table.snapshot != before { emit(table.snapshot) }
    }
}
