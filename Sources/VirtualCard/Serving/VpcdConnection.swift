import Glibc
import StationCore

/// Keeps one card in one slot of a virtual reader (vpcd), reconnecting until stopped or removed.
///
/// Blocks its thread: it belongs into a process, or on a thread, of its own.
package struct VpcdConnection {
    private let host: String
    private let port: UInt16
    private let delayMilliseconds: CInt
    private let stop: StopSignal

    /// Names the slot; `host` is a dotted IPv4 address. Each command is answered after the delay.
    package init(host: String = "127.0.0.1", port: UInt16, delayMilliseconds: Int = 0, stop: StopSignal) {
        self.host = host
        self.port = port
        self.delayMilliseconds = CInt(clamping: delayMilliseconds)
        self.stop = stop
    }

    /// Serves the card until `stop`, or until its behaviour removes it; returns the session with its count.
    ///
    /// While nobody listens it tries again, after 50 ms at first, then twice as long each time up to 2 s. `onReady` is
    /// called at the first connection. Throws `requestMalformed` when the host is no address.
    package func serve(_ session: VpcdSession, onReady: () -> Void) throws -> VpcdSession {
        var session = session
        var backoff: CInt = 50
        var wasReady = false
        while true {
            if let descriptor = try connected() {
                backoff = 50
                if !wasReady { onReady() }
                wasReady = true
                session.connected()
                let ending = exchange(descriptor, &session)
                close(descriptor)
                switch ending {
                case .over: return session
                case .slipped: continue
                case .lost: break
                }
            }
            if stop.wait(milliseconds: backoff) { return session }
            backoff = min(backoff * 2, 2_000)
        }
    }

    /// Why a connection is at its end.
    private enum Ending {
        /// The card is to stay away.
        case over
        /// The card is back at once.
        case slipped
        /// The reader is gone.
        case lost
    }

    private func connected() throws -> CInt? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw Failure(.requestMalformed, "host is no IPv4 address")
        }
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(.internalFault, "socket: errno \(errno)") }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        switchOn(TCP_NODELAY, of: descriptor)
        return descriptor
    }

    /// Runs one connection.
    private func exchange(_ descriptor: CInt, _ session: inout VpcdSession) -> Ending {
        var frames = VpcdFrames()
        var buffer = [UInt8](repeating: 0, count: 65_538)
        while true {
            while let body = frames.next() {
                switch session.take(body) {
                case .wait: break
                case .remove: return .over
                case .slip: return .slipped
                case .send(let answer, let isAPDU):
                    if isAPDU, delayMilliseconds > 0, stop.wait(milliseconds: delayMilliseconds) { return .over }
                    guard let frame = VpcdFrames.frame(answer), sendAll(frame, to: descriptor) else { return .lost }
                }
            }
            var entries = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 else {
                if errno == EINTR { continue }
                return .lost
            }
            if entries[1].revents != 0 { return .over }
            // vpcd sends length and body apart: without an immediate acknowledgement the body waits 40 ms. The option
            // does not last beyond one read.
            switchOn(TCP_QUICKACK, of: descriptor)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return .lost }
            frames.append(buffer.prefix(count))
        }
    }

    private func sendAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func switchOn(_ option: CInt, of descriptor: CInt) {
        var on: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), option, &on, socklen_t(MemoryLayout<CInt>.size))
    }
}
