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
        try syncDirectory(of: path)
    }

    /// What was made, renamed or removed beside this file is on disk.
    static func syncDirectory(of path: String) throws(Failure) {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let directory = Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw systemFailure("open directory", errno) }
        defer { Glibc.close(directory) }
        guard fsync(directory) == 0 else { throw systemFailure("sync directory", errno) }
    }

    /// The file that stands beside the database while it is in use; in it the length that its log had at the opening.
    static func openMark(_ path: String) -> String { path + "-open" }
    /// The file whose presence asks for a rebuilding at the next start.
    static func rebuildMark(_ path: String) -> String { path + "-rebuild" }

    /// Writes the mark of a database in use, with the length below which its log cannot fall by itself. On a full disk it
    /// goes without: then a log that somebody cuts short is not noticed as such, but what is saved can still be sent.
    static func markOpen(_ path: String) throws(Failure) {
        do {
            try write("\(size(path + "-wal") ?? 0)\n", to: openMark(path))
        } catch  where error.code == .diskFull {
            try remove(openMark(path))
        }
    }

    /// The log's length when the database was opened the last time and not closed since; nil when it was closed.
    static func openedLogBytes(_ path: String) -> Int? {
        word(in: openMark(path)).flatMap { Int($0) }
    }

    private static func word(in path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 32 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks for a rebuilding at the next start, and says why. The mark belongs to whom the directory belongs to, whoever
    /// made it: the daemon must be able to read it.
    static func requestRebuild(_ path: String, _ cause: StoreRecovery.Cause) throws(Failure) {
        let mark = rebuildMark(path)
        try write(cause.rawValue + "\n", to: mark)
        var directory = stat()
        guard stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &directory) == 0 else { return }
        _ = lchown(mark, directory.st_uid, directory.st_gid)
    }

    /// Why a rebuilding was asked for; nil where none was.
    static func requestedRebuild(_ path: String) -> StoreRecovery.Cause? {
        guard size(rebuildMark(path)) != nil else { return nil }
        return word(in: rebuildMark(path)).flatMap(StoreRecovery.Cause.init) ?? .metWhileRunning
    }

    /// Length of a file in bytes; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Removes a file if it is there; gone from the directory on disk when this returns.
    static func remove(_ path: String) throws(Failure) {
        guard unlink(path) == 0 else {
            guard errno == ENOENT else { throw systemFailure("remove", errno) }
            return
        }
        try syncDirectory(of: path)
    }

    /// Gives a file another name, on disk when this returns.
    static func move(_ path: String, to target: String) throws(Failure) {
        guard rename(path, target) == 0 else { throw systemFailure("rename", errno) }
        try syncDirectory(of: path)
    }

    /// The file's content is on disk.
    static func sync(_ path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw systemFailure("open", errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw systemFailure("sync", errno) }
    }

    private static func write(_ text: String, to path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw systemFailure("open", errno) }
        defer { Glibc.close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw systemFailure("write", errno) }
        guard fsync(descriptor) == 0 else { throw systemFailure("sync", errno) }
        try syncDirectory(of: path)
    }

    private static func systemFailure(_ what: String, _ code: CInt) -> Failure {
        let detail = "\(what): errno \(code)"
        return code == ENOSPC || code == EDQUOT ? Failure(.diskFull, detail) : Failure(.diskWriteFailed, detail)
    }

    /// Makes the write-ahead log as long as it is between two checkpoints, with zeros behind what SQLite has written,
    /// where it expects nothing and stops reading. A save then overwrites blocks that the file system already gave, so
    /// that its fsync carries no metadata. On a disk that has little room the log stays short: what is left of it serves
    /// what is saved already, which still has to be sent and answered.
    static func extendLog(_ path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }  // No log yet: SQLite makes it with the first change.
        defer { Glibc.close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: 65_536)
        var end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw systemFailure("seek", errno) }
        var room = statvfs()
        guard fstatvfs(descriptor, &room) == 0 else { throw systemFailure("statvfs", errno) }
        guard room.f_bavail > UInt(2 * Limits.Store.preparedLogBytes) / max(1, room.f_frsize) else { return }
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
