import Crypto
import StationCore
import Synchronization

/// What happened in a run, line by line: the whole as a digest, the end in words.
package final class Trace: Sendable {
    private struct State {
        var hash = SHA256()
        var lines = 0
        var last: [String] = []
        var oldest = 0
    }

    private let state = Mutex(State())
    private let listener: (@Sendable (String) -> Void)?

    /// - Parameter listener: gets every line as it is written.
    init(listener: (@Sendable (String) -> Void)?) { self.listener = listener }

    private static let keptLines = 120

    /// Adds a line with its time.
    func note(_ now: Duration, _ text: String) {
        let line = "\(Self.text(now)) \(text)"
        state.withLock { state in
            state.hash.update(data: Array(line.utf8))
            state.hash.update(data: [0x0a])
            state.lines += 1
            if state.last.count < Self.keptLines {
                state.last.append(line)
            } else {
                state.last[state.oldest] = line
                state.oldest = (state.oldest + 1) % Self.keptLines
            }
        }
        listener?(line)
    }

    /// SHA-256 over all lines, in hex.
    var digest: String { state.withLock { Hex.text(Array($0.hash.finalize())) } }

    /// How many lines there are.
    var lines: Int { state.withLock(\.lines) }

    /// The last lines, oldest first.
    var tail: [String] { state.withLock { Array($0.last[$0.oldest...] + $0.last[..<$0.oldest]) } }

    /// `3d 07:41:00.250`.
    static func text(_ time: Duration) -> String {
        let milliseconds = time.wholeMilliseconds
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = milliseconds / 1_000
        return "\(seconds / 86_400)d \(padded(seconds / 3_600 % 24, 2)):\(padded(seconds / 60 % 60, 2))"
            + ":\(padded(seconds % 60, 2)).\(padded(milliseconds % 1_000, 3))"
    }
}
