import Foundation
import StationCore
import Synchronization

/// A pipe that says one thing once: its writing end was closed.
final class PipePair: Sendable {
    /// The reading end; at its end once `closeWriter` was called.
    let reader: Int32
    private let writer: Mutex<Int32>

    init() {
        var ends: [Int32] = [-1, -1]
        // Without descriptors nothing works in this process; every wait on -1 then ends by its time.
        if unsafe pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
        reader = ends[0]
        writer = Mutex(ends[1])
    }

    deinit {
        closeWriter()
        if reader >= 0 { close(reader) }
    }

    func closeWriter() {
        writer.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Waits for the end of the pipe.
    func isAtEnd(within limit: Duration) -> Bool {
        var descriptor = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&descriptor, 1, Int32(clamping: limit.wholeMilliseconds)) > 0
    }
}
