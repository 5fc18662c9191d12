import Foundation
import StationCore

/// Tells the service manager what the daemon does (sd_notify(3)): datagrams to the socket named in NOTIFY_SOCKET.
///
/// Without that variable every message is a no-op, so a daemon started by hand behaves the same.
package struct ServiceNotifier: Sendable {
    private let address: SocketAddress?
    /// How often the watchdog must be fed: the manager's time-out divided by `Limits.Process.watchdogDivisor`. Nil
    /// when the manager watches nothing, or another process.
    package let watchdogInterval: Duration?

    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        address = environment["NOTIFY_SOCKET"].flatMap(SocketAddress.init(notifySocket:))
        let watched = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        if watched, let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0 {
            watchdogInterval = .microseconds(microseconds / Int64(Limits.Process.watchdogDivisor))
        } else {
            watchdogInterval = nil
        }
    }

    /// Whether a service manager listens.
    package var isSupervised: Bool { address != nil }

    /// The daemon serves; with one line of status.
    @discardableResult
    package func ready(status: String) -> Bool { send(["READY=1", "STATUS=\(line(status))"]) }

    /// One line of status, for `systemctl status`. Never personal.
    @discardableResult
    package func status(_ text: String) -> Bool { send(["STATUS=\(line(text))"]) }

    /// The daemon lives.
    @discardableResult
    package func watchdog() -> Bool { send(["WATCHDOG=1"]) }

    /// The daemon ends.
    @discardableResult
    package func stopping(status: String) -> Bool { send(["STOPPING=1", "STATUS=\(line(status))"]) }

    // A line feed would start another assignment.
    private func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    private func send(_ assignments: [String]) -> Bool {
        guard let address else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The manager's queue may be full for a moment: worth a short wait, not worth halting the daemon.
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let message = Array(assignments.joined(separator: "\n").utf8)
        return unsafe address.withPointer { address, length in
            unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, length) == message.count
        }
    }
}

/// The address of a Unix socket: a path, or an abstract name.
struct SocketAddress: Sendable {
    private var raw = sockaddr_un()
    private let length: socklen_t

    /// `/absolute/path`, or `@name` for the abstract namespace; nil for everything else and for what is too long.
    init?(notifySocket text: String) {
        var bytes = Array(text.utf8)
        let capacity = MemoryLayout.size(ofValue: raw.sun_path)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        guard isAbstract || bytes.first == UInt8(ascii: "/"), bytes.count > 1, bytes.count < capacity,
            !bytes.contains(0)
        else { return nil }
        if isAbstract { bytes[0] = 0 }
        raw.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &raw.sun_path) { unsafe $0.copyBytes(from: bytes) }
        // An abstract name is exactly its bytes; a path ends with a zero (unix(7)).
        let used = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count + (isAbstract ? 0 : 1) }
        length = socklen_t(used ?? MemoryLayout<sockaddr_un>.size)
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: raw) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
