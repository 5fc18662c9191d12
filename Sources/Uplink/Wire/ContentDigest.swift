package import Crypto
import Foundation
import StationCore

/// A SHA-256 digest (FIPS 180-4). Its text on the wire is 64 lower-case hexadecimal digits.
package struct ContentDigest: Hashable, Sendable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// The digest of some bytes.
    package init(of content: [UInt8]) {
        bytes = Array(SHA256.hash(data: content))
    }

    /// The digest of the chunks as if they were one.
    package init(ofChunks chunks: [[UInt8]]) {
        var hash = SHA256()
        for chunk in chunks { hash.update(data: chunk) }
        bytes = Array(hash.finalize())
    }

    /// What a running hash has arrived at.
    package init(_ digest: SHA256.Digest) {
        bytes = Array(digest)
    }

    /// Takes 32 bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Parses exactly 64 lower-case hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 64, text == text.lowercased(), let bytes = Hex.bytes(text) else { return nil }
        self.bytes = bytes
    }

    /// Lower-case hexadecimal text.
    package var text: String { Hex.text(bytes) }

    /// The value of a `Content-Digest` field (RFC 9530, section 2): `sha-256=:…:`.
    package var fieldValue: String { "sha-256=:\(Data(bytes).base64EncodedString()):" }

    /// Parses a `Content-Digest` field with exactly one member, SHA-256.
    package init?(fieldValue: String) {
        guard fieldValue.hasPrefix("sha-256=:"), fieldValue.hasSuffix(":"), fieldValue.utf8.count == 54,
            let bytes = strictBase64(String(fieldValue.dropFirst(9).dropLast()))
        else { return nil }
        self.init(bytes: bytes)
    }
}

extension ContentDigest: Codable, CustomStringConvertible {
    /// The hexadecimal text.
    package var description: String { text }

    /// Reads the hexadecimal text; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = ContentDigest(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not 64 lower-case hexadecimal digits")
        }
        self = value
    }

    /// Writes the hexadecimal text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The bytes of a base64 text (RFC 4648, section 4) with padding and nothing else; nil unless it is the one canonical
/// text of those bytes.
package func strictBase64(_ text: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
    return Array(data)
}
