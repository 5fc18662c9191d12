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

    static func complain(_ problem: Problem) {
        FileHandle.standardError.write(Data((problemText(problem) + "\n").utf8))
    }
}
