import Foundation
import Glibc
import StationCore

/// What is done to the store's files beside SQLite, before it reads or writes them.
enum StoreFiles {
    /// The file exists with mode 0600, and its directory entry is on disk, before SQLite sees it.
    static func createPrivately(_ path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw systemFailure("open", errno) }
        defer { Glibc.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw systemFailure("chmod", errno) }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let directory = Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw systemFailure("open directory", errno) }
        defer { Glibc.close(directory) }
        guard fsync(directory) == 0 else { throw systemFailure("sync directory", errno) }
    }

    private static func systemFailure(_ what: String, _ code: CInt) -> Failure {
        let detail = "\(what): errno \(code)"
        return code == ENOSPC || code == EDQUOT ? Failure(.diskFull, detail) : Failure(.diskWriteFailed, detail)
    }

    /// Makes the write-ahead log as long as it is between two checkpoints, with zeros behind what SQLite has written,
    /// where it expects nothing and stops reading. A save then overwrites blocks that the file system already gave, so
    /// that its fsync carries no metadata. On a full disk the log stays short: what is saved can still be sent.
    static func extendLog(_ path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }  // No log yet: SQLite makes it with the first change.
        defer { Glibc.close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: 65_536)
        var end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw systemFailure("seek", errno) }
        while end < Limits.Store.preparedLogBytes {
            let count = min(zeros.count, Int(Limits.Store.preparedLogBytes) - Int(end))
            let written = pwrite(descriptor, zeros, count, end)
            if written < 0, errno == ENOSPC || errno == EDQUOT { break }
            guard written > 0 else { throw systemFailure("extend the log", errno) }
            end += off_t(written)
        }
        guard fdatasync(descriptor) == 0 else { throw systemFailure("sync the log", errno) }
    }
}
