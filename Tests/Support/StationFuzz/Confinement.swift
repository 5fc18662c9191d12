import Foundation
import Fuzzing
import Glibc
import StationCore
import Synchronization

/// What a process that tries inputs may not do: take the machine's memory, or never end.
enum Confinement {
    /// How a process ends whose parser broke a promise.
    static let violationCode: Int32 = 3
    /// Address space: far more than any parser needs, far less than would hurt the machine.
    private static let addressSpace: UInt = 4 << 30

    static func enter() {
        var limit = rlimit(rlim_cur: addressSpace, rlim_max: addressSpace)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit)
        // A core of a fuzzed process helps nobody: the input is kept.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    }
}

/// Ends the process when one input takes too long, and says which.
final class Watchdog: Sendable {
    private struct Current {
        var number = 0
        var processor = Duration.zero
        var wall = ContinuousClock.now
    }

    private let current = Mutex(Current())

    /// - Parameter bound: processor time of one input. Wall time is bounded too, more widely: a parser may wait for
    ///   nothing.
    init(bound: Duration) {
        // A thread of its own: a parser that never ends must not be able to keep its watchdog from running.
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 0.1)
                look(bound)
            }
        }
    }

    func begin(_ number: Int) {
        current.withLock {
            $0.number = number
            $0.processor = ProcessorTime.now
            $0.wall = .now
        }
    }

    private func look(_ bound: Duration) {
        let (number, processor, wall) = current.withLock {
            ($0.number, ProcessorTime.now - $0.processor, ContinuousClock.now - $0.wall)
        }
        guard processor > bound || wall > bound * 24 else { return }
        FileHandle.standardError.write(Data("no end: input \(number) after \(processor)\n".utf8))
        abort()
    }
}
