import Foundation
import Glibc
package import StationCore

/// A real directory, held open: whatever is mounted or linked in its place later, reads and writes go to this one.
package final class StickDirectory: StickMedium {
    private let root: CInt

    /// Opens a directory.
    ///
    /// - Parameters:
    ///   - path: absolute; links in it are followed.
    ///   - roots: directories below which it must really lie; empty allows every place.
    ///   - unlike: when given, the directory must be of another file system than this one: a stick that is not mounted
    ///     must not fill the station's disk.
    /// - Throws: `stickUnavailable`.
    package init(_ path: String, below roots: [String] = [], unlike other: String? = nil) throws(Failure) {
        guard path.hasPrefix("/"), path.utf8.count <= Limits.Bundle.pathBytes else {
            throw Failure(.stickUnavailable, "the directory's path is not absolute")
        }
        root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw Self.failure(errno, "open the directory", absence: .stickUnavailable) }
        // From here on whatever throws runs `deinit`, which closes it.
        if !roots.isEmpty { try requirePlace(below: roots) }
        if let other { try requireOtherFileSystem(than: other) }
    }

    deinit { close(root) }

    /// Asked of the descriptor, so that no link can be exchanged between question and use.
    private func requirePlace(below roots: [String]) throws(Failure) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(root)", &buffer, buffer.count)
        let real = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let allowed = roots.contains { place in
            let resolved = URL(fileURLWithPath: place).resolvingSymlinksInPath().path
            return real == resolved || real.hasPrefix(resolved.hasSuffix("/") ? resolved : resolved + "/")
        }
        guard count > 0, allowed else {
            throw Failure(.stickUnavailable, "the directory is not below one of stick.directories")
        }
    }

    private func requireOtherFileSystem(than path: String) throws(Failure) {
        var own = stat()
        var other = stat()
        guard fstat(root, &own) == 0, stat(path, &other) == 0 else {
            throw Self.failure(errno, "stat", absence: .stickUnavailable)
        }
        guard own.st_dev != other.st_dev else { throw Failure(.stickUnavailable, "no medium is mounted there") }
    }

    package func names(where isWanted: (String) -> Bool) throws(Failure) -> [String] {
        let descriptor = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let stream = fdopendir(descriptor) else {
            throw Self.failure(errno, "list the directory", absence: .stickUnavailable)
        }
        defer { closedir(stream) }
        var names: [String] = []
        var entries = 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Self.failure(errno, "list the directory", absence: .stickUnavailable) }
                break
            }
            entries += 1
            guard entries <= Limits.Bundle.directoryEntries else {
                // What is not listed would be left behind without a word.
                throw Failure(.bundleInvalid, "more than \(Limits.Bundle.directoryEntries) names in one directory")
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isWanted(name) { names.append(name) }
        }
        return names.sorted()
    }

    package func holds(_ name: String, in directory: String?) throws(Failure) -> Bool {
        try inside(directory) { (parent) throws(Failure) in
            var status = stat()
            guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                guard errno == ENOENT else { throw Self.failure(errno, "look at \(name)") }
                return false
            }
            return status.st_mode & S_IFMT == S_IFREG
        }
    }

    package func makeDirectory(_ name: String) throws(Failure) {
        guard mkdirat(root, name, Self.directoryMode) == 0 else {
            throw Self.failure(errno, "make the directory", absence: .stickUnavailable)
        }
        // Whatever the process's mask took away. A file system without modes refuses that, and needs none.
        _ = fchmodat(root, name, Self.directoryMode, 0)
    }

    /// Everybody may read what a medium carries: it is sealed, and the machine that reads it knows another user id.
    private static let directoryMode: mode_t = 0o755
    private static let fileMode: mode_t = 0o644

    package func write(_ chunks: [[UInt8]], to name: String, in directory: String) throws(Failure) {
        try inside(directory) { (parent) throws(Failure) in
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
            let file = openat(parent, name, flags, Self.fileMode)
            guard file >= 0 else { throw Self.failure(errno, "make \(name)", absence: .stickUnavailable) }
            _ = fchmod(file, Self.fileMode)
            do throws(Failure) {
                for chunk in chunks { try Self.append(chunk, to: file, name) }
                guard fsync(file) == 0 else { throw Self.failure(errno, "sync \(name)") }
            } catch {
                close(file)
                throw error
            }
            guard close(file) == 0 else { throw Self.failure(errno, "close \(name)") }
        }
    }

    private static func append(_ bytes: [UInt8], to file: CInt, _ name: String) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(count == 0 ? EIO : errno, "write \(name)") }
            done += count
        }
    }

    package func sync(_ directory: String?) throws(Failure) {
        try inside(directory) { (descriptor) throws(Failure) in
            if fsync(descriptor) == 0 { return }
            // Some drivers of foreign file systems cannot sync a directory alone.
            guard errno == EINVAL else { throw Self.failure(errno, "sync the directory") }
            Glibc.sync()
        }
    }

    package func rename(_ name: String, to newName: String) throws(Failure) {
        guard renameat(root, name, root, newName) == 0 else { throw Self.failure(errno, "rename the directory") }
    }

    package func read(_ name: String, in directory: String?, atMost limit: Int) throws(Failure) -> [UInt8] {
        try inside(directory) { (parent) throws(Failure) in
            // Without O_NONBLOCK the opening of a pipe would wait for ever.
            let file = openat(parent, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard file >= 0 else { throw Self.failure(errno, "open \(name)") }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0 else { throw Self.failure(errno, "look at \(name)") }
            guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(.bundleInvalid, "\(name) is no file") }
            guard (0...off_t(limit)).contains(status.st_size) else {
                throw Failure(.bundleInvalid, "\(name) is too large")
            }
            // Advice only: what cannot be dropped is what this process has just synced.
            _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
            return try Self.contents(of: file, name, limit: limit)
        }
    }

    private static func contents(of file: CInt, _ name: String, limit: Int) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 262_144)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno, "read \(name)") }
            if count == 0 { return result }
            result.append(contentsOf: chunk[..<count])
            guard result.count <= limit else { throw Failure(.bundleInvalid, "\(name) grows") }
        }
    }

    package func freeBytes() throws(Failure) -> Int64 {
        var status = statvfs()
        guard fstatvfs(root, &status) == 0 else {
            throw Self.failure(errno, "statvfs", absence: .stickUnavailable)
        }
        guard status.f_flag & UInt(ST_RDONLY) == 0 else { throw Failure(.stickReadOnly, "mounted read-only") }
        let (bytes, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    package func removeBundle(_ directory: String) throws(Failure) {
        let names: [String] = try inside(directory) { (descriptor) throws(Failure) in
            guard let stream = fdopendir(dup(descriptor)) else { throw Self.failure(errno, "list \(directory)") }
            defer { closedir(stream) }
            var found: [String] = []
            while found.count <= Limits.Bundle.files, let entry = readdir(stream) {
                found.append(
                    withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                    })
            }
            for name in found where name != "." && name != ".." {
                _ = unlinkat(descriptor, name, 0)
            }
            return found
        }
        guard unlinkat(root, directory, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY else {
            throw Self.failure(errno, "remove a directory of \(names.count) names")
        }
    }

    /// Runs a body with a descriptor of the directory; a link in its place is refused.
    private func inside<Value>(_ directory: String?, _ body: (CInt) throws(Failure) -> Value) throws(Failure) -> Value {
        guard let directory else { return try body(root) }
        let descriptor = openat(root, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Self.failure(errno, "open \(directory)") }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// - Parameter absence: what it means that something is not there: of a foreign bundle that it is invalid.
    private static func failure(_ code: CInt, _ what: String, absence: FailureCode = .bundleInvalid) -> Failure {
        let detail = "\(what): errno \(code)"
        return switch code {
        case ENOSPC, EDQUOT: Failure(.stickFull, detail)
        case EROFS, EACCES, EPERM: Failure(.stickReadOnly, detail)
        case ENOENT, ENOTDIR, ELOOP, ENXIO: Failure(absence, detail)
        case ENODEV, ESTALE, ENOTCONN: Failure(.stickUnavailable, detail)
        default: Failure(.stickFault, detail)
        }
    }
}
