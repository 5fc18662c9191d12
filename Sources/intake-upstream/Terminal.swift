import Foundation
import StationCore

/// What the command says to people and scripts.
enum Terminal {
    /// One line on standard output, at once: a waiting script reads it through a pipe.
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }

    /// What failed and what to do about it.
    static func error(_ failure: Failure) {
        FileHandle.standardError.write(Data((failure.explanation + "\n").utf8))
    }
}
