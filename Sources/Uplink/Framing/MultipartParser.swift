import StationCore

/// One complete part of a multipart/related body.
package struct MultipartPart: Hashable, Sendable {
    /// The `Content-Type` field.
    package let contentType: String
    /// The `Content-ID` field without its angle brackets; the root has none.
    package let contentID: String?
    /// The part's bytes.
    package let body: [UInt8]
}

/// Why a multipart/related body was refused.
package enum MultipartFault: Error, Hashable, Sendable {
    /// It does not begin with its boundary: a preamble, or another body.
    case notOpened
    /// A part's head is longer than allowed.
    case headTooLong
    /// A part's head is not exactly the fields that the contract names.
    case headMalformed
    /// A part, or the root, is larger than allowed.
    case partTooLarge
    /// More parts than allowed.
    case tooManyParts
    /// A boundary is followed neither by a line's end nor by the closing hyphens.
    case delimiterMalformed
    /// Bytes follow the close delimiter.
    case bytesAfterEnd
    /// The body ended before the close delimiter.
    case truncated
}

/// A strict parser of the contract's framing. Bytes are pushed in as they arrive; parts come out as they complete, so
/// that a body that is cut still gives what was whole.
///
/// Beyond the exact form it takes one empty line end after the close delimiter, which RFC 2046 calls an empty epilogue.
package struct MultipartParser: Sendable {
    /// What one body may hold.
    package struct Bounds: Sendable {
        /// Largest root part, in bytes.
        package let rootBytes: Int
        /// Largest other part, in bytes.
        package let partBytes: Int
        /// Most parts, the root included.
        package let parts: Int

        /// Makes bounds.
        package init(rootBytes: Int, partBytes: Int, parts: Int) {
            self.rootBytes = rootBytes
            self.partBytes = partBytes
            self.parts = parts
        }

        /// The bounds of a batch's body.
        package static let batch = Bounds(
            rootBytes: Limits.Uplink.manifestBytes, partBytes: Limits.Uplink.itemBytes,
            parts: Limits.Uplink.batchItems + 1)
    }

    private enum State: Hashable {
        case opening, head, body, delimiter, closed
    }

    private let bounds: Bounds
    private let opening: [UInt8]
    private let delimiter: BytePattern
    private var state = State.opening
    private var buffer: [UInt8] = []
    /// Where the element that is being read begins in `buffer`.
    private var start = 0
    /// Up to where the delimiter has been looked for.
    private var searched = 0
    private var head: PartHead?
    private var partCount = 0
    private var fault: MultipartFault?

    /// - Parameter boundary: as `MultipartRelated.boundary(ofContentType:)` gives it.
    package init(boundary: String, bounds: Bounds) {
        self.bounds = bounds
        opening = Array("--\(boundary)\r\n".utf8)
        delimiter = BytePattern(Array("\r\n--\(boundary)".utf8))
    }

    /// Whether the close delimiter was read.
    package var isClosed: Bool { state == .closed }

    /// What has come of the part that is being read, without what may be the beginning of its delimiter; nil between
    /// parts, and while the root is read.
    package var begunBody: [UInt8]? {
        guard state == .body, partCount > 1, fault == nil else { return nil }
        return Array(buffer[start..<max(start, buffer.count - delimiter.bytes.count + 1)])
    }

    /// Takes the next bytes and gives the parts that they complete.
    ///
    /// Parts that were whole before a fault are given first: the fault is then thrown by the next `push` or by
    /// `finish`. After a fault the parser is of no further use.
    package mutating func push(_ bytes: some Sequence<UInt8>) throws(MultipartFault) -> [MultipartPart] {
        if let fault { throw fault }
        buffer.append(contentsOf: bytes)
        var parts: [MultipartPart] = []
        do throws(MultipartFault) {
            while try step(into: &parts) {}
        } catch {
            fault = error
            buffer = []
            guard !parts.isEmpty else { throw error }
            return parts
        }
        buffer.removeFirst(start)
        searched -= start
        start = 0
        return parts
    }

    /// States that no more bytes come. Throws `truncated` when the close delimiter was not read.
    package func finish() throws(MultipartFault) {
        if let fault { throw fault }
        guard state == .closed else { throw state == .opening ? .notOpened : .truncated }
        guard buffer.isEmpty else { throw .bytesAfterEnd }
    }

    /// Reads one element; false when it is not complete yet.
    private mutating func step(into parts: inout [MultipartPart]) throws(MultipartFault) -> Bool {
        switch state {
        case .opening: try open()
        case .head: try readHead()
        case .body: try readBody(into: &parts)
        case .delimiter: try readDelimiterEnd()
        case .closed: try readEnd()
        }
    }

    private mutating func open() throws(MultipartFault) -> Bool {
        let have = buffer.prefix(opening.count)
        guard opening.starts(with: have) else { throw .notOpened }
        guard have.count == opening.count else { return false }
        start = opening.count
        state = .head
        return true
    }

    private mutating func readHead() throws(MultipartFault) -> Bool {
        guard let end = Self.headEnd.first(in: buffer, from: start) else {
            guard buffer.count - start <= Limits.Uplink.partHeadBytes else { throw .headTooLong }
            return false
        }
        guard end - start <= Limits.Uplink.partHeadBytes else { throw .headTooLong }
        guard let head = PartHead(buffer[start..<end]) else { throw .headMalformed }
        partCount += 1
        guard partCount <= bounds.parts else { throw .tooManyParts }
        self.head = head
        start = end + Self.headEnd.bytes.count
        searched = start
        state = .body
        return true
    }

    private mutating func readBody(into parts: inout [MultipartPart]) throws(MultipartFault) -> Bool {
        let largest = partCount == 1 ? bounds.rootBytes : bounds.partBytes
        guard let end = delimiter.first(in: buffer, from: searched) else {
            // The delimiter may have begun in the bytes at the end.
            guard buffer.count - start <= largest + delimiter.bytes.count else { throw .partTooLarge }
            searched = max(start, buffer.count - delimiter.bytes.count + 1)
            return false
        }
        guard end - start <= largest else { throw .partTooLarge }
        guard let head else { throw .headMalformed }
        parts.append(
            MultipartPart(
                contentType: head.contentType, contentID: head.contentID, body: Array(buffer[start..<end])))
        self.head = nil
        start = end + delimiter.bytes.count
        state = .delimiter
        return true
    }

    private mutating func readDelimiterEnd() throws(MultipartFault) -> Bool {
        guard buffer.count - start >= 2 else { return false }
        switch (buffer[start], buffer[start + 1]) {
        case (0x0d, 0x0a): state = .head
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): state = .closed
        default: throw .delimiterMalformed
        }
        start += 2
        return true
    }

    private mutating func readEnd() throws(MultipartFault) -> Bool {
        let rest = buffer[start...]
        guard [0x0d, 0x0a].starts(with: rest) else { throw .bytesAfterEnd }
        if rest.count == 2, !endLineRead {
            endLineRead = true
            start = buffer.count
        } else if !rest.isEmpty, endLineRead {
            throw .bytesAfterEnd
        }
        return false
    }

    private var endLineRead = false
    private static let headEnd = BytePattern([0x0d, 0x0a, 0x0d, 0x0a])
}

/// The head of a part: `Content-Type`, and `Content-ID` except for the root; nothing else, nothing twice.
private struct PartHead: Sendable {
    let contentType: String
    let contentID: String?

    init?(_ bytes: ArraySlice<UInt8>) {
        var fields: [String: String] = [:]
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        for line in text.unicodeScalars.split(separator: "\r\n".unicodeScalars, omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":"),
                line.allSatisfy({ $0 == "\t" || (0x20...0x7e).contains($0.value) })
            else { return nil }
            let name = String(line[..<colon]).lowercased()
            let value = String(line[line.index(after: colon)...]).trimmingFieldSpace
            guard name == "content-type" || name == "content-id", fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        guard let contentType = fields["content-type"] else { return nil }
        self.contentType = contentType
        guard let id = fields["content-id"] else {
            contentID = nil
            return
        }
        guard id.hasPrefix("<"), id.hasSuffix(">"), (3...130).contains(id.utf8.count) else { return nil }
        let inner = id.dropFirst().dropLast()
        guard inner.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !inner.contains("<"), !inner.contains(">")
        else { return nil }
        contentID = String(inner)
    }
}

extension String {
    /// Without the spaces and tabs that RFC 9110, 5.5 takes off a field's value.
    fileprivate var trimmingFieldSpace: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}
