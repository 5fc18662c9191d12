import Foundation
import StationCore

/// Waits for a card service that is not there: for its socket to appear, for a wake-up, or for time to pass.
///
/// To be made before the service is tried, so that a socket that appears in between is not missed.
struct ServiceWatch: ~Copyable {
    /// What ended a wait.
    enum Event {
        case socketDirectoryChanged, time, woken
    }

    private let inotify: Int32
    private let wakeUp: Int32

    /// Where libpcsclite looks for the service.
    static var socketPath: String {
        ProcessInfo.processInfo.environment["PCSCLITE_CSOCK_NAME"] ?? "/run/pcscd/pcscd.comm"
    }

    /// Watches the socket's directory, or the nearest one above it that exists.
    /// - Parameter wakeUp: a descriptor that becomes readable to end the wait; stays the caller's.
    init(socketPath: String = ServiceWatch.socketPath, wakeUp: Int32) {
        self.wakeUp = wakeUp
        inotify = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard inotify >= 0 else { return }
        var directory = socketPath[...]
        while let slash = directory.lastIndex(of: "/") {
            directory = directory[..<slash]
            let path = directory.isEmpty ? "/" : String(directory)
            let events = UInt32(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
            if unsafe inotify_add_watch(inotify, path, events) >= 0 { return }
        }
    }

    deinit { if inotify >= 0 { close(inotify) } }

    /// Waits.
    func wait(for limit: Duration) -> Event {
        var descriptors = [
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
            // A descriptor below zero is passed over (poll(2)).
            pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
        ]
        let ready = unsafe poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: limit.wholeMilliseconds))
        if ready > 0 && descriptors[0].revents != 0 { return .woken }
        return ready > 0 ? .socketDirectoryChanged : .time
    }
}

/// How long to wait before the service is tried again: short after a sign of life, longer and longer without one.
struct ServiceRetry {
    private var next = Limits.Card.serviceRetryShortest

    /// The wait before the next try.
    mutating func delay() -> Duration {
        defer { next = min(next * 2, Limits.Card.serviceRetryLongest) }
        return next
    }

    /// Something happened: begin with short waits again.
    mutating func reset() { next = Limits.Card.serviceRetryShortest }
}
