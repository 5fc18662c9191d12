import Foundation
import StationAPI
import StationCore

/// Where commands print: standard output for answers, standard error for problems.
struct Console {
    let json: Bool

    /// The answer: JSON when asked for, else the text for people.
    func show(_ value: some Encodable, or text: @autoclosure () -> String) throws {
        let bytes = json ? try StrictJSON.encode(value) : Array(text().utf8)
        Self.write(bytes + [UInt8(ascii: "\n")])
    }

    /// Bytes of a file format.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Whoever reads may have gone, and a disk may be full: then nothing more is to be said here.
    private static func write(_ bytes: [UInt8]) {
        do { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch { exit(EXIT_FAILURE) }
    }

    /// A remark that is no answer and no problem.
    static func remark(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("intakectl: \(text)\n".utf8))
    }

    static func complain(_ problem: Problem) {
        try? FileHandle.standardError.write(contentsOf: Data((problemText(problem) + "\n").utf8))
    }
}
