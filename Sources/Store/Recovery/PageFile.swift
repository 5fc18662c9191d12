import Glibc
import StationCore

/// A file that is read in pieces and never written: the raw bytes of a database or of its write-ahead log.
final class PageFile: Sendable {
    private let descriptor: CInt
    /// Bytes of the file when it was opened.
    let size: Int

    /// Nil when there is no such file; `diskWriteFailed` when it cannot be opened.
    init?(_ path: String) throws(Failure) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw Failure(.diskWriteFailed, "open for recovery: errno \(errno)") }
            return nil
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            Glibc.close(descriptor)
            throw Failure(.diskWriteFailed, "seek for recovery: errno \(errno)")
        }
        self.descriptor = descriptor
        size = Int(end)
    }

    deinit { Glibc.close(descriptor) }

    /// `count` bytes from `offset`; zeros where the file ends or the disk cannot read, so that what is left of a page is
    /// still looked at.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = buffer.withUnsafeMutableBytes { pointer in
                pread(descriptor, pointer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { break }
            done += read
        }
        return buffer
    }
}

/// Big-endian numbers in a page; nil or zero beyond its end is the caller's decision.
extension [UInt8] {
    func number16(_ offset: Int) -> Int {
        guard offset >= 0, offset + 2 <= count else { return 0 }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    func number32(_ offset: Int) -> UInt32 {
        guard offset >= 0, offset + 4 <= count else { return 0 }
        return UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }

    /// A varint of SQLite's file format: one to nine bytes; nil when it runs over `end`.
    func varint(_ offset: inout Int, end: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard offset >= 0, offset < Swift.min(end, count) else { return nil }
            let byte = self[offset]
            offset += 1
            if index == 8 { return value << 8 | UInt64(byte) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return value
    }
}
