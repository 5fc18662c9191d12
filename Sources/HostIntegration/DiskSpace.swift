import Foundation
package import StationCore

/// What is left on the file system of a path.
package struct DiskSpace: Hashable, Sendable {
    /// Bytes that a process without privileges may still write.
    package let freeBytes: Int64
    /// Size of the file system in bytes.
    package let totalBytes: Int64
    /// Files that can still be made; nil where the file system has no such limit.
    package let freeFiles: Int64?

    /// Asks the file system.
    package init(path: String) throws(Failure) {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else {
            throw Failure(.diskWriteFailed, "statvfs: \(systemError())")
        }
        freeBytes = Self.bytes(blocks: UInt64(status.f_bavail), of: UInt64(status.f_frsize))
        totalBytes = Self.bytes(blocks: UInt64(status.f_blocks), of: UInt64(status.f_frsize))
        freeFiles = status.f_files == 0 ? nil : Int64(clamping: UInt64(status.f_favail))
    }

    static func bytes(blocks: UInt64, of size: UInt64) -> Int64 {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? .max : Int64(clamping: product)
    }
}
