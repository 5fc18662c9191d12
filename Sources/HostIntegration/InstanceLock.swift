import Foundation
package import StationCore

/// Proof that this process is the only one on a state directory: a lock on a file, held until the object goes.
///
/// To be taken before a socket is bound, since binding takes a live daemon's socket away. The kernel gives the lock
/// back whatever ends the process. The file is never removed: removing it would let two processes lock two files.
package final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock. `instanceRunning`, with the holder's process id, when somebody has it.
    package init(path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(errno == EACCES ? .permissionDenied : .diskWriteFailed, "lock file: \(systemError())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw Failure(.diskWriteFailed, "lock file: error \(reason)") }
            throw Failure(.instanceRunning, holder.map { "process \($0)" })
        }
        // Informative only, so that a full disk is no reason not to start.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = unsafe pwrite(descriptor, text, text.count, 0) }
        self.descriptor = descriptor
    }

    // Said and not only closed: a child between fork and exec holds a copy of the descriptor for a moment longer.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    // The holder's own words; informative only.
    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}
