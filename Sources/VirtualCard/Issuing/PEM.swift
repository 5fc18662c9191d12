import Foundation
import StationCore

/// RFC 7468 text of one object.
enum PEM {
    static func encode(_ label: String, _ der: [UInt8]) -> String {
        let body = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    /// The object of a text that holds exactly one with this label.
    static func decode(_ label: String, _ text: String) throws(Failure) -> [UInt8] {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard lines.count >= 3, lines.first == "-----BEGIN \(label)-----", lines.last == "-----END \(label)-----",
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined())
        else { throw Failure(.keyInvalid, "not a PEM \(label)") }
        return Array(data)
    }
}
