import CHost
import Foundation
package import StationCore
import Synchronization

/// Hears from the kernel when a link, an address or a route comes up, on a thread of its own.
package final class NetworkWatch: Sendable {
    private let descriptor: Int32
    private let wake: (reader: Int32, writer: Int32)
    private let isOpen = Mutex(true)

    /// Opens the socket in the network namespace of the calling thread; nothing is heard before `changes`. Throws
    /// `internalFault` with the kernel's word when it may not be opened: the station then tries by its own waits.
    package init() throws(Failure) {
        descriptor = chost_netlink_open()
        guard descriptor >= 0 else { throw Failure(.internalFault, "netlink: \(systemError())") }
        var ends: [Int32] = [-1, -1]
        guard unsafe chost_pipe(&ends) == 0 else {
            let cause = systemError()
            close(descriptor)
            throw Failure(.internalFault, "pipe: \(cause)")
        }
        wake = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(wake.reader)
        isOpen.withLock { if $0 { close(wake.writer) } }
    }

    /// An element each time that a way out may have come up; several in a row may be one. To be asked for once. Ends with
    /// `stop` or when nobody listens any more.
    package func changes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let thread = Thread { [self] in
                listen { continuation.yield() }
                continuation.finish()
            }
            thread.name = "network-watch"
            thread.start()
            continuation.onTermination = { [weak self] _ in self?.stop() }
        }
    }

    /// Ends the thread.
    package func stop() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            isOpen = false
            close(wake.writer)
        }
    }

    private func listen(_ wayOut: () -> Void) {
        var buffer = [UInt8](repeating: 0, count: Limits.Network.datagramBytes)
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.reader, events: Int16(POLLIN), revents: 0),
            ]
            let ready = unsafe poll(&waits, 2, -1)
            if ready < 0 && errno == EINTR { continue }
            guard ready >= 0, waits[1].revents == 0 else { return }
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe chost_netlink_receive(descriptor, bytes.baseAddress, bytes.count)
            }
            if count > 0 {
                if LinkNews.tellsOfWayOut(Array(buffer.prefix(count))) { wayOut() }
            } else if count < 0 && errno == ENOBUFS {
                // Some news were lost; the one that matters may be among them.
                wayOut()
            } else if count < 0 && errno != EINTR && errno != EAGAIN {
                return
            }
        }
    }
}
