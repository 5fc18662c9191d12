import Glibc
import StationCore

/// The whole program `intake-portrait`: encoded portrait on standard input, page image on standard output.
package enum PortraitProcess {
    /// How the program ends.
    package enum ExitCode {
        /// A page image was written.
        package static let done: Int32 = 0
        /// The input cannot be shown; standard error says why, in English, without anything personal.
        package static let undecodable: Int32 = 65
        /// A wall did not stand; nothing was read.
        package static let unprotected: Int32 = 71
    }

    /// Raises the walls, decodes, and returns the program's exit code.
    package static func run() -> Int32 {
        do throws(Failure) {
            try ProcessWalls.raise()
        } catch {
            write(Array(error.description.utf8), to: STDERR_FILENO)
            return ExitCode.unprotected
        }
        do throws(Failure) {
            write(try PortraitTranscoder.pageImage(try input()).bytes, to: STDOUT_FILENO)
            return ExitCode.done
        } catch {
            write(Array((error.detail ?? "").utf8), to: STDERR_FILENO)
            return ExitCode.undecodable
        }
    }

    private static func input() throws(Failure) -> [UInt8] {
        let capacity = Limits.Portrait.encodedBytes + 1
        var bytes: [UInt8] = []
        while bytes.count < capacity {
            var count = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: capacity - bytes.count) { target, initialized in
                repeat {
                    count = unsafe read(STDIN_FILENO, target.baseAddress, target.count)
                } while count < 0 && errno == EINTR
                initialized = max(0, count)
            }
            guard count >= 0 else { throw .undecodable("standard input: errno \(errno)") }
            if count == 0 { return bytes }
            bytes += chunk
        }
        throw .undecodable("portrait over the limit")
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
