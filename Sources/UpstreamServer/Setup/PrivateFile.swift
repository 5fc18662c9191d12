import Foundation
import StationCore

/// Files that only their owner may read, complete or absent: written under another name, synced, then renamed.
enum PrivateFile {
    /// Writes a file with mode 0600, replacing an earlier one. Throws `diskWriteFailed` with the path and errno.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        _ = unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw fault(temporary) }
        var failure: Failure?
        var rest = bytes[...]
        while !rest.isEmpty, failure == nil {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { failure = fault(temporary) }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = fault(temporary) }
        if close(descriptor) != 0, failure == nil { failure = fault(temporary) }
        if let failure {
            _ = unlink(temporary)
            throw failure
        }
        guard rename(temporary, path) == 0 else { throw fault(path) }
    }

    /// Reads a whole file of at most `Limits.Process.configurationBytes`. Throws `credentialMissing` or `keyInvalid`.
    static func read(_ path: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Failure(.credentialMissing, path) }
        defer { try? handle.close() }
        let most = Limits.Process.configurationBytes
        guard let data = try? handle.read(upToCount: most + 1), data.count <= most else {
            throw Failure(.keyInvalid, "\(path) is empty or too large")
        }
        return Array(data)
    }

    /// Makes a directory that only its owner may enter; an existing one stands.
    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw fault(path) }
    }

    private static func fault(_ path: String) -> Failure { Failure(.diskWriteFailed, "\(path): errno \(errno)") }
}
