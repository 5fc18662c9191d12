import Glibc
import StationCore
import Synchronization

/// The one thread of a simulated run, and its time.
///
/// Every task of a run prefers this executor, so that its jobs run here and nowhere else, one after the other. Which of
/// the waiting jobs is next is drawn from the seed: another seed is another interleaving. Time stands still while any
/// job waits; when none does, every task sleeps or waits for one that sleeps, and time leaps to the first that wakes.
package final class Timeline: TaskExecutor, Sendable {
    /// Why a run cannot go on.
    package enum Fault: Error, Hashable {
        /// Every task waits and none sleeps.
        case stuck
        /// Jobs without end at one moment.
        case spinning
        /// A job came from another thread: the run would not repeat.
        case foreignThread
    }

    private enum Ready {
        case job(UnownedJob)
        case turn(UnsafeContinuation<Void, Never>)
    }

    private struct Sleeper {
        let key: Int
        let until: Duration
        let continuation: UnsafeContinuation<Bool, Never>
    }

    private struct State {
        var ready: [Ready] = []
        var sleepers: [Sleeper] = []
        var now = Duration.zero
        var keys = 0
        var cancelled: Set<Int> = []
        var isForeign = false
        var isStopped = false
        var mostReady = 0
    }

    private let state = Mutex(State())
    private let dice: Dice
    private let thread: pthread_t

    /// A run on the calling thread.
    package init(dice: Dice) {
        self.dice = dice
        thread = pthread_self()
    }

    /// Time since the run's beginning.
    package var now: Duration { state.withLock(\.now) }

    /// The most jobs that ever waited at once.
    package var mostReady: Int { state.withLock(\.mostReady) }

    /// Takes a job of a task that prefers this executor.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        add(.job(job))
    }

    private func add(_ ready: Ready) {
        let isForeign = pthread_equal(pthread_self(), thread) == 0
        state.withLock { state in
            state.ready.append(ready)
            state.mostReady = max(state.mostReady, state.ready.count)
            if isForeign { state.isForeign = true }
        }
    }

    /// Lets others run first, or not: the seed decides.
    package func turn() async { await withUnsafeContinuation { add(.turn($0)) } }

    /// Returns after a duration, or throws when the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let key = state.withLock { state in
            state.keys += 1
            return state.keys
        }
        let isWhole = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let refused = state.withLock { state in
                    if state.cancelled.remove(key) != nil { return true }
                    let sleeper = Sleeper(
                        key: key, until: state.now + max(.zero, duration), continuation: continuation)
                    let place = state.sleepers.firstIndex { $0.until > sleeper.until } ?? state.sleepers.count
                    state.sleepers.insert(sleeper, at: place)
                    return false
                }
                if refused { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper: Sleeper? = state.withLock { state in
                guard let place = state.sleepers.firstIndex(where: { $0.key == key }) else {
                    state.cancelled.insert(key)
                    return nil
                }
                return state.sleepers.remove(at: place)
            }
            sleeper?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(key) }
        if !isWhole { throw CancellationError() }
    }

    /// Ends the run after the job that is running; its tasks are left as they are.
    package func stop() { state.withLock { $0.isStopped = true } }

    /// Runs until the body has returned, or the run was stopped.
    package func run(_ body: @escaping @Sendable () async -> Void) throws(Fault) {
        let isDone = Flag()
        _ = Task(executorPreference: self) {
            await body()
            isDone.raise()
        }
        var jobsAtOneMoment = 0
        while !state.withLock(\.isStopped) {
            if let next = pick() {
                jobsAtOneMoment += 1
                if jobsAtOneMoment > Self.mostJobsAtOneMoment { throw .spinning }
                switch next {
                case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
                case .turn(let continuation): continuation.resume()
                }
                continue
            }
            if state.withLock(\.isForeign) { throw .foreignThread }
            if isDone.isRaised { return }
            jobsAtOneMoment = 0
            guard let sleeper = wake() else { throw .stuck }
            sleeper.continuation.resume(returning: true)
        }
    }

    private static let mostJobsAtOneMoment = 1_000_000

    private final class Flag: Sendable {
        private let raised = Atomic(false)
        var isRaised: Bool { raised.load(ordering: .acquiring) }
        func raise() { raised.store(true, ordering: .releasing) }
    }

    private func pick() -> Ready? {
        state.withLock { state in
            switch state.ready.count {
            case 0: nil
            case 1: state.ready.removeLast()
            default: state.ready.remove(at: dice.below(state.ready.count))
            }
        }
    }

    private func wake() -> Sleeper? {
        state.withLock { state in
            guard !state.sleepers.isEmpty else { return nil }
            let sleeper = state.sleepers.removeFirst()
            state.now = sleeper.until
            return sleeper
        }
    }
}
