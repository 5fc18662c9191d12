package import CHost
import Foundation
package import StationCore

/// Who is at the other end of a Unix socket, as the kernel vouches for it (unix(7), SO_PEERCRED).
///
/// The option also "succeeds" on TCP, with a process id of 0 and the user id of nobody at all; so the family is asked
/// first, and values that no process can have are refused.
package struct PeerCredentials: Hashable, Sendable {
    /// Process id at the time of the connection; it may have been reused since.
    package let processID: Int32
    /// Effective user id at the time of the connection.
    package let userID: UInt32
    /// Effective group id at the time of the connection.
    package let groupID: UInt32

    /// Checks what a socket option gave; the caller vouches for the socket's family.
    package init(_ raw: chost_peer_credentials) throws(Failure) {
        guard raw.pid > 0, raw.uid != .max, raw.gid != .max else {
            throw Failure(.permissionDenied, "the peer has no credentials")
        }
        processID = raw.pid
        userID = raw.uid
        groupID = raw.gid
    }

    /// Asks the kernel about a connected socket. Anything but a Unix socket with a peer is `permissionDenied`.
    package init(socket descriptor: Int32) throws(Failure) {
        var family: Int32 = 0
        var familySize = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &familySize) == 0, family == AF_UNIX else {
            throw Failure(.permissionDenied, "not a Unix socket")
        }
        var raw = chost_peer_credentials()
        var size = socklen_t(MemoryLayout<chost_peer_credentials>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &raw, &size) == 0,
            size == socklen_t(MemoryLayout<chost_peer_credentials>.size)
        else {
            throw Failure(.permissionDenied, "SO_PEERCRED: \(systemError())")
        }
        try self.init(raw)
    }
}

/// The text of the last error of a system call.
func systemError() -> String { unsafe String(cString: strerror(errno)) }
