import Foundation
import StationCore

/// One process at a time changes a directory: an advisory lock that ends with its holder.
struct DirectoryLock: Sendable {
    private let descriptor: Int32

    /// Throws `instanceRunning` when another process holds it, `diskWriteFailed` when it cannot be made.
    init(path: String) throws {
        let file = "\(path)/lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 || errno != ENOENT else {
            throw Failure(.configurationInvalid, "\(path) is no directory that init made")
        }
        guard descriptor >= 0 else { throw Failure(.diskWriteFailed, "\(file): errno \(errno)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(.instanceRunning, file)
        }
    }

    /// Ends the lock; once only. Said and not only closed: a child between fork and exec holds a copy of the descriptor,
    /// and with it the lock, for a moment longer.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
