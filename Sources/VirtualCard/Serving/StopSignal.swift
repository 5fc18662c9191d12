import Glibc
import StationCore

/// Wakes a blocking loop from any thread, once and for good.
package final class StopSignal: Sendable {
    /// Becomes readable when the loop is to end.
    let descriptor: CInt
    private let writeEnd: CInt

    /// Opens the pipe behind it.
    package init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.internalFault, "pipe: errno \(errno)") }
        // A process that starts others must not lend them the pipe.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// Ends the loop. May be called again.
    package func stop() {
        var byte: UInt8 = 1
        // When the pipe is full, it has been said before.
        _ = write(writeEnd, &byte, 1)
    }

    /// Waits so long, or until `stop`; says whether it was stopped.
    func wait(milliseconds: CInt) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}
