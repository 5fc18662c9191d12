package import StationCore

/// A framed body, ready to be sent piece by piece without having been copied into one.
package struct MultipartBody: Sendable {
    /// The value of the `Content-Type` field.
    package let contentType: String
    /// The body's bytes in order.
    package let chunks: [[UInt8]]
    /// Bytes of all chunks.
    package let size: Int
}

/// The framing of batches and of sealed content: multipart/related (RFC 2387), CRLF, no preamble, no epilogue, the root
/// first. The body ends with the two hyphens of the close delimiter (RFC 2046, 5.1.1).
package enum MultipartRelated {
    /// Frames a JSON root and named parts, in the order given.
    ///
    /// - Parameters:
    ///   - root: the JSON of the root part.
    ///   - parts: content id without angle brackets, and bytes.
    ///   - random: gives the boundary, 128 random bits that stand in no part.
    /// - Throws: `internalFault` when the source of randomness gives nothing but boundaries that stand in a part.
    package static func encode(
        root: [UInt8], parts: [(contentID: String, bytes: [UInt8])], random: any RandomSource
    ) throws -> MultipartBody {
        for _ in 0..<Limits.Uplink.boundaryAttempts {
            let boundary = Hex.text(random.bytes(16))
            let pattern = BytePattern(Array(boundary.utf8))
            let stands = pattern.first(in: root) != nil || parts.contains { pattern.first(in: $0.bytes) != nil }
            if !stands { return frame(root: root, parts: parts, boundary: boundary) }
        }
        throw Failure(.internalFault, "every boundary drawn stands in a part")
    }

    private static func frame(
        root: [UInt8], parts: [(contentID: String, bytes: [UInt8])], boundary: String
    ) -> MultipartBody {
        let frame = MultipartFrame(boundary: boundary)
        var chunks = [frame.opening, root]
        for part in parts { chunks += [frame.head(contentID: part.contentID), part.bytes] }
        chunks.append(frame.closing)
        return MultipartBody(
            contentType: frame.contentType, chunks: chunks, size: chunks.reduce(0) { $0 + $1.count })
    }

    /// The boundary named by a `Content-Type` value; nil unless it is `multipart/related` with a JSON root and a
    /// boundary of 16 to 70 characters (96 bits need 16 in base64; RFC 2046 allows 70).
    package static func boundary(ofContentType text: String) -> String? {
        guard let type = MediaType(text), type.essence == "multipart/related",
            type.parameters["type"]?.lowercased() == "application/json", let boundary = type.parameters["boundary"],
            (16...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy(isBoundaryCharacter)
        else { return nil }
        return boundary
    }

    private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "'()+_,-./:=?".utf8.contains(byte)
        }
    }
}

/// What stands between the parts of a body with this boundary.
struct MultipartFrame: Sendable {
    let boundary: String

    /// The value of the `Content-Type` field.
    var contentType: String { "multipart/related; type=\"application/json\"; boundary=\(boundary)" }

    /// Before the root part.
    var opening: [UInt8] { Array("--\(boundary)\r\nContent-Type: application/json\r\n\r\n".utf8) }

    /// Before a named part.
    func head(contentID: String) -> [UInt8] {
        Array(
            "\r\n--\(boundary)\r\nContent-Type: application/octet-stream\r\nContent-ID: <\(contentID)>\r\n\r\n".utf8)
    }

    /// After the last part.
    var closing: [UInt8] { Array("\r\n--\(boundary)--".utf8) }
}
