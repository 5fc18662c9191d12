import Foundation
import StationAPI
import StationCore

/// Where commands print: standard output for answers, standard error for problems.
struct Console {
    let json: Bool

    /// The answer: JSON when asked for, else the text for people.
    func show(_ value: some Encodable, or text: @autoclosure () -> String) throws {
        let bytes = json ? try StrictJSON.encode(value) : Array(text().utf8)
        FileHandle.standardOutput.write(Data(bytes + [UInt8(ascii: "\n")]))
    }

    /// Bytes of a file format.
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// A remark that is no answer and no problem.
    static func remark(_ text: String) {
        FileHandle.standardError.write(Data("intakectl: \(text)\n".utf8))
    }

    static func complain(_ problem: Problem) {
        FileHandle.standardError.write(Data((problemText(problem) + "\n").utf8))
    }
}
