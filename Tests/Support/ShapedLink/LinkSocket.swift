import Foundation
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// Sockets of the relay, on loopback only.
enum LinkSocket {
    /// Small, so that what does not fit the link waits with its sender.
    private static let bufferBytes: Int32 = 8_192
    /// Segments of a real link, lest a small window stall loopback's huge ones.
    private static let segmentBytes: Int32 = 1_448

    static func listening() throws(Failure) -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw Failure(.internalFault, "socket: \(errno)") }
        set(SOL_SOCKET, SO_RCVBUF, bufferBytes, on: listener)
        set(Int32(IPPROTO_TCP), TCP_MAXSEG, segmentBytes, on: listener)
        var address = loopback(0)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw Failure(.internalFault, "listen: \(errno)") }
        return listener
    }

    static func port(of listener: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func connected(to port: UInt16) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard server >= 0 else { return nil }
        set(SOL_SOCKET, SO_RCVBUF, bufferBytes, on: server)
        set(Int32(IPPROTO_TCP), TCP_MAXSEG, segmentBytes, on: server)
        setNoDelay(server)
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(server)
            return nil
        }
        return server
    }

    static func setNoDelay(_ socket: Int32) { set(Int32(IPPROTO_TCP), TCP_NODELAY, 1, on: socket) }

    /// Closing will send a reset, whatever is unsent.
    static func lingerAway(_ socket: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    static func reset(_ socket: Int32) {
        lingerAway(socket)
        close(socket)
    }

    private static func set(_ level: Int32, _ option: Int32, _ value: Int32, on socket: Int32) {
        var value = value
        setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
