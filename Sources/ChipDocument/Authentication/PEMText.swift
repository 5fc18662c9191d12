package import StationCore

import struct Foundation.Data

/// The text armour of RFC 7468.
package enum PEMText {
    /// One armoured block.
    package struct Block: Hashable, Sendable {
        /// What stands between BEGIN and the dashes, such as `CERTIFICATE`.
        package let label: String
        /// The bytes inside.
        package let bytes: [UInt8]
    }

    /// The blocks of a text, whatever stands between them; nil when the bytes are no text with armour. Throws
    /// `configurationInvalid` when a block is cut or is not base64.
    package static func blocks(_ bytes: [UInt8]) throws(Failure) -> [Block]? {
        let begin = "-----BEGIN "
        guard let text = String(validating: bytes, as: UTF8.self), text.contains(begin) else { return nil }
        var result: [Block] = []
        for part in text.split(separator: begin, omittingEmptySubsequences: false).dropFirst() {
            guard let labelEnd = part.range(of: "-----") else { throw malformed }
            let label = String(part[..<labelEnd.lowerBound])
            // Behind the dashes that end BEGIN: END must not share them.
            let rest = part[labelEnd.upperBound...]
            guard let end = rest.range(of: "-----END \(label)-----"),
                let data = Data(base64Encoded: String(rest[..<end.lowerBound].filter { !$0.isWhitespace }))
            else { throw malformed }
            result.append(Block(label: label, bytes: Array(data)))
        }
        return result
    }

    private static var malformed: Failure { Failure(.configurationInvalid, "PEM") }
}
