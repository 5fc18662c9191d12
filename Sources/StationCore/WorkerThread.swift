import class Foundation.NSCondition
import class Foundation.Thread

/// A thread of its own for calls that block: the cooperative pool must never wait for a reader or a disk.
///
/// Jobs run one at a time, in order. The thread ends when the object goes or `finish` was called, after the jobs
/// submitted before.
package final class WorkerThread: Sendable {
    private let queue = JobQueue()

    /// Starts the thread.
    /// - Parameter name: what a debugger shows, at most 15 bytes.
    package init(name: String) {
        let thread = Thread { [queue] in
            // The kernel learns the name only from inside.
            Thread.current.name = name
            while let job = queue.next() { job() }
        }
        thread.start()
    }

    deinit { queue.finish() }

    /// Queues a job. Returns false, and drops the job, after `finish`.
    @discardableResult
    package func submit(_ job: @escaping @Sendable () -> Void) -> Bool { queue.append(job) }

    /// Runs a job and returns its result; not to be called after `finish`.
    package func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
        let outcome = Outcome<Value>()
        let isQueued = submit { outcome.settle(job()) }
        precondition(isQueued, "a job for a thread that has ended")
        return await outcome.value
    }

    /// Lets the thread end after the jobs submitted so far.
    package func finish() { queue.finish() }
}

/// Sendable by proof: every access to `jobs` and `isFinished` holds `condition`.
private final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isFinished = false

    func append(_ job: @escaping @Sendable () -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isFinished else { return false }
        jobs.append(job)
        condition.signal()
        return true
    }

    func finish() {
        condition.lock()
        defer { condition.unlock() }
        isFinished = true
        condition.signal()
    }

    /// Waits for the next job; nil when there will be none.
    func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty && !isFinished { condition.wait() }
        return jobs.isEmpty ? nil : jobs.removeFirst()
    }
}
