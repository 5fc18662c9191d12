import Foundation
import StationCore

/// The thread that starts every process of the bench.
///
/// The kernel sends a program its death signal when the *thread* that started it ends, not the process: a thread of
/// the cooperative pool may end at any time, this one ends with the process.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let jobs = BlockingQueue<@Sendable () -> Void>()

    private init() {
        let jobs = jobs
        let thread = Thread { while let job = jobs.next() { job() } }
        thread.name = "bench-spawn"
        thread.start()
    }

    /// Runs a job on the thread and returns its result.
    func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
        let outcome = Outcome<Value>()
        jobs.append { outcome.settle(job()) }
        return await outcome.value
    }
}

/// A queue whose reader blocks its own thread.
///
/// Sendable by proof: `elements` is touched only while `condition` is locked.
final class BlockingQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var elements: [Element] = []

    func append(_ element: Element) {
        condition.lock()
        elements.append(element)
        condition.signal()
        condition.unlock()
    }

    /// Waits for the next element; never nil, optional for the caller's `while let`.
    func next() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty { condition.wait() }
        return elements.removeFirst()
    }
}
