import Foundation
import StationCore
import Synchronization
import Testing

@testable import Uplink

/// Time that moves only when everybody waits: an executor of one thread and the clock that belongs to it.
///
/// Whatever runs inside `run` runs on this executor, one job after another. When no job is left, everybody waits, and the
/// clock leaps to the earliest sleeper. So a run is the same however busy the machine is, and days pass in milliseconds.
final class SimulatedTime: TaskExecutor, StationClock {
    private struct Sleeper {
        let id: Int
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var elapsed = Duration.zero
        var jobs: [UnownedJob] = []
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var nextID = 0
        var isRunning = false
    }

    private let state = Mutex(State())
    let quality = ClockQuality.unsynchronized

    var elapsed: Duration { state.withLock { $0.elapsed } }
    var now: Timestamp { Fixture.now.adding(elapsed) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    let sleeper = Sleeper(
                        id: id, until: state.elapsed + max(.zero, duration), continuation: continuation)
                    state.sleepers.append(sleeper)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Runs the work on this executor until it returns.
    func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let outcome = Outcome()
        await withCheckedContinuation { done in
            Thread { self.work(work, outcome, done) }.start()
        }
        try outcome.result.withLock { $0 }?.get()
    }

    private final class Outcome: Sendable {
        let result = Mutex<Result<Void, any Error>?>(nil)
    }

    private func work(
        _ work: @escaping @Sendable () async throws -> Void, _ outcome: Outcome,
        _ done: CheckedContinuation<Void, Never>
    ) {
        Task(executorPreference: self) {
            let result: Result<Void, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
        }
        while outcome.result.withLock({ $0 == nil }) {
            guard step() else {
                Issue.record("everybody waits and nobody for the time")
                break
            }
        }
        done.resume()
    }

    /// Runs one job, or lets time leap to the earliest sleeper; false when there is neither.
    private func step() -> Bool {
        let job = state.withLock { state in state.jobs.isEmpty ? nil : state.jobs.removeFirst() }
        if let job {
            job.runSynchronously(on: asUnownedTaskExecutor())
            return true
        }
        let sleeper = state.withLock { state -> Sleeper? in
            guard
                let index = state.sleepers.indices.min(by: {
                    (state.sleepers[$0].until, state.sleepers[$0].id) < (
                        state.sleepers[$1].until, state.sleepers[$1].id
                    )
                })
            else { return nil }
            let sleeper = state.sleepers.remove(at: index)
            state.elapsed = max(state.elapsed, sleeper.until)
            return sleeper
        }
        sleeper?.continuation.resume()
        return sleeper != nil
    }
}
