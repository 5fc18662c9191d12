import Foundation
package import StationCore

/// The secrets that the service manager hands over (systemd.exec(5), LoadCredential): one file a secret, in the
/// directory named by CREDENTIALS_DIRECTORY, outside every backup and swap.
package struct CredentialDirectory: Sendable {
    /// The directory.
    package let path: String

    /// A directory known otherwise, such as one an administrator names for a trial.
    package init(path: String) { self.path = path }

    /// The directory in the environment; `credentialMissing` without one.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
        guard let path = environment["CREDENTIALS_DIRECTORY"], path.hasPrefix("/") else {
            throw Failure(.credentialMissing, "CREDENTIALS_DIRECTORY is not set")
        }
        self.init(path: path)
    }

    /// Whether the environment names one: the service manager's does, an administrator's shell does not.
    package static func isGiven(environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
        environment["CREDENTIALS_DIRECTORY"] != nil
    }

    /// Whether a secret of this name is there.
    package func contains(_ name: String) -> Bool {
        unsafe Self.isName(name) && access("\(path)/\(name)", F_OK) == 0
    }

    /// The path of a secret, for a library that opens the file itself; checked as `secret` checks it.
    package func checkedPath(_ name: String, maximumBytes: Int) throws(Failure) -> String {
        close(try open(name, maximumBytes: maximumBytes).descriptor)
        return "\(path)/\(name)"
    }

    /// Reads a secret.
    ///
    /// `credentialMissing` when it is not there; `keyInvalid` when it is empty, larger than allowed, or not a plain
    /// file; `permissionDenied` when others may read it or more than its owner may write it.
    package func secret(_ name: String, maximumBytes: Int) throws(Failure) -> Redacted<[UInt8]> {
        let (descriptor, size) = try open(name, maximumBytes: maximumBytes)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size)
        var count = 0
        while count < size {
            let offset = count
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress?.advanced(by: offset), size - offset, off_t(offset))
            }
            if read < 0 && errno == EINTR { continue }
            guard read > 0 else { throw Failure(.keyInvalid, "\(name): \(systemError())") }
            count += read
        }
        return Redacted(bytes)
    }

    // A credential's name as systemd takes it, without what could leave the directory.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: ":")
            }
    }

    private func open(_ name: String, maximumBytes: Int) throws(Failure) -> (descriptor: Int32, size: Int) {
        guard Self.isName(name) else { throw Failure(.credentialMissing, "not a credential's name") }
        // Non-blocking, so that a pipe in the place of a file cannot halt the daemon.
        let descriptor = unsafe Foundation.open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Failure(errno == EACCES ? .permissionDenied : .credentialMissing, "\(name): \(systemError())")
        }
        var status = stat()
        let failure: Failure? =
            if unsafe fstat(descriptor, &status) != 0 {
                Failure(.keyInvalid, "\(name): \(systemError())")
            } else if status.st_mode & S_IFMT != S_IFREG {
                Failure(.keyInvalid, "\(name) is not a plain file")
            } else if status.st_uid != 0 && status.st_uid != geteuid() {
                Failure(.permissionDenied, "\(name) belongs to somebody else")
            } else if status.st_mode & 0o027 != 0 {
                // Read permission of the group is the mask of the access list by which systemd lets a user in.
                Failure(
                    .permissionDenied, "\(name) is open to others (mode \(String(status.st_mode & 0o777, radix: 8)))")
            } else if status.st_size <= 0 || status.st_size > maximumBytes {
                Failure(.keyInvalid, "\(name) has \(status.st_size) bytes, 1 to \(maximumBytes) are allowed")
            } else {
                nil
            }
        if let failure {
            close(descriptor)
            throw failure
        }
        return (descriptor, Int(status.st_size))
    }
}
