import Foundation
package import StationCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The directory that holds the store: one file, replaced as a whole. The command line writes it, the daemon reads it.
package struct TrustDirectory: Sendable {
    /// Where it is.
    package let path: String

    /// Name of the store's file.
    package static let fileName = "trust.json"

    /// Names a directory; nothing is touched.
    package init(path: String) { self.path = path }

    private var file: String { path + "/" + Self.fileName }

    /// The store; empty when there is none. Throws `trustStoreDamaged` for a file that is not one, `permissionDenied` where
    /// this user may not look: that nobody is trusted is not said then.
    package func load() throws(Failure) -> TrustStore {
        guard access(file, R_OK) == 0 else {
            let cause = errno
            if cause == ENOENT || cause == ENOTDIR { return TrustStore() }
            throw Failure(.permissionDenied, "\(file): errno \(cause)")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(.trustStoreDamaged, "\(file) cannot be read")
        }
        do throws(Failure) { return try TrustStore(record: Array(data)) } catch {
            throw Failure(error.code, "\(file): \(error.detail ?? "")")
        }
    }

    /// Replaces the store: readers see the old one or the new one, and after a power cut one of the two is there.
    /// Throws `diskWriteFailed`, `permissionDenied`.
    package func save(_ store: TrustStore) throws(Failure) {
        do {
            let bytes = try store.record()
            guard bytes.count <= Limits.Trust.storeBytes else { throw Failure(.trustFileInvalid, "store too large") }
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            let temporary = FilePath("\(file).\(UUID().uuidString)")
            do {
                try Self.write(bytes, to: temporary)
                guard rename(temporary.string, file) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                unlink(temporary.string)
                throw error
            }
            let directory = try FileDescriptor.open(FilePath(path), .readOnly)
            try directory.closeAfter {
                guard fsync(directory.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let failure as Failure {
            throw failure
        } catch let errno as Errno where [.permissionDenied, .notPermitted, .readOnlyFileSystem].contains(errno) {
            throw Failure(.permissionDenied, "\(file): \(errno)")
        } catch let error as CocoaError where error.code == .fileWriteNoPermission {
            throw Failure(.permissionDenied, path)
        } catch {
            throw Failure(.diskWriteFailed, "\(file): \(error)")
        }
    }

    /// Certificates of authorities are public: the daemon's user reads what root wrote, whatever root's umask is.
    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .exclusiveCreate, .noFollow],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter {
            _ = try file.writeAll(bytes)
            guard fchmod(file.rawValue, 0o644) == 0, fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}
