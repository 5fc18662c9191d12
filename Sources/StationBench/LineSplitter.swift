import Foundation
import Synchronization

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    /// Longest line kept whole; a longer one is cut.
    static let lineBytes = 1_048_576

    private var pending: [UInt8] = []

    /// Takes the next bytes; returns the lines they complete.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || pending.count >= Self.lineBytes {
                lines.append(String(decoding: pending, as: UTF8.self))
                pending = byte == UInt8(ascii: "\n") ? [] : [byte]
            } else {
                pending.append(byte)
            }
        }
        return lines
    }

    /// A last line without a line feed.
    var rest: String? { pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self) }
}

/// The log file of one process; both of its streams write here.
final class LogSink: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends; a log that cannot be written stops nothing.
    func write(_ bytes: ArraySlice<UInt8>) {
        guard descriptor >= 0 else { return }
        bytes.withUnsafeBytes { _ = Foundation.write(descriptor, $0.baseAddress, $0.count) }
    }
}
