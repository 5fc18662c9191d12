public import StationCore

/// The strict, bounded reader. It never reads past its bytes, never loops without consuming, and takes at most
/// `Limits.Card.tlvObjects` objects; indefinite lengths do not exist in this world and are refused.
public struct TLVReader: Sendable {
    private let bytes: [UInt8]
    private let rules: TLVRules
    private var offset = 0
    private var objects = 0

    /// Starts at the first byte.
    public init(_ bytes: [UInt8], rules: TLVRules = .der) {
        self.bytes = bytes
        self.rules = rules
    }

    /// Whether all bytes are consumed.
    public var isAtEnd: Bool { offset == bytes.count }

    /// The next object; throws `cardDataMalformed` at the end or on anything ill-formed.
    public mutating func next() throws(Failure) -> TLV {
        objects += 1
        guard objects <= Limits.Card.tlvObjects else { throw Failure(.cardDataTooLarge, "TLV: too many objects") }
        guard let header = try Self.header(bytes[offset...], rules: rules) else { throw Self.malformed("cut") }
        guard header.valueBytes <= bytes.count - offset - header.headerBytes else { throw Self.malformed("cut") }
        let start = offset + header.headerBytes
        offset = start + header.valueBytes
        return TLV(header.tag, Array(bytes[start..<offset]))
    }

    /// The next object, which must have this tag.
    public mutating func next(_ tag: TLVTag) throws(Failure) -> TLV {
        let object = try next()
        guard object.tag == tag else { throw Self.malformed("tag \(object.tag) instead of \(tag)") }
        return object
    }

    /// The next object if it has this tag; nil, and nothing consumed, when it has another or when the end is reached.
    public mutating func nextIfPresent(_ tag: TLVTag) throws(Failure) -> TLV? {
        guard !isAtEnd, let header = try Self.header(bytes[offset...], rules: rules), header.tag == tag else {
            return nil
        }
        return try next()
    }

    /// Throws unless all bytes are consumed.
    public func finish() throws(Failure) {
        guard isAtEnd else { throw Self.malformed("bytes after the end") }
    }

    /// Tag and lengths at the beginning of some bytes.
    public struct Header: Hashable, Sendable {
        /// Tag.
        public let tag: TLVTag
        /// Length of tag and length fields, in bytes.
        public let headerBytes: Int
        /// Length of the value field, in bytes.
        public let valueBytes: Int
        /// Length of the whole object, in bytes.
        public var totalBytes: Int { headerBytes + valueBytes }
    }

    /// Reads a header; nil when the bytes end inside it, an error when no continuation could make it well-formed.
    public static func header(_ bytes: ArraySlice<UInt8>, rules: TLVRules) throws(Failure) -> Header? {
        var rest = bytes
        guard let first = rest.popFirst() else { return nil }
        guard first != 0 else { throw malformed("tag 00") }
        var tag = UInt32(first)
        if first & 0x1f == 0x1f {
            for position in 0... {
                guard let byte = rest.popFirst() else { return nil }
                guard position < 2, position > 0 || byte & 0x7f != 0 else { throw malformed("tag") }
                tag = tag << 8 | UInt32(byte)
                if byte & 0x80 == 0 { break }
            }
        }
        guard let lead = rest.popFirst() else { return nil }
        var length = Int(lead)
        if lead >= 0x80 {
            let count = Int(lead & 0x7f)
            guard (1...4).contains(count) else { throw malformed("length form") }
            guard rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
            if rules == .der, count != TLV.encodedLength(length).count - 1 { throw malformed("length not minimal") }
        }
        guard length <= 0xff_ffff else { throw Failure(.cardDataTooLarge, "TLV: length \(length)") }
        return Header(tag: TLVTag(tag), headerBytes: bytes.count - rest.count, valueBytes: length)
    }

    private static func malformed(_ detail: String) -> Failure { Failure(.cardDataMalformed, "TLV: \(detail)") }
}

extension TLV {
    /// Parses bytes that are exactly one object; with `tag`, an object of that tag.
    public init(parsing bytes: [UInt8], tag: TLVTag? = nil, rules: TLVRules = .der) throws(Failure) {
        var reader = TLVReader(bytes, rules: rules)
        if let tag { self = try reader.next(tag) } else { self = try reader.next() }
        try reader.finish()
    }

    /// Parses bytes that are a row of objects and nothing else.
    public static func list(_ bytes: [UInt8], rules: TLVRules = .der) throws(Failure) -> [TLV] {
        var reader = TLVReader(bytes, rules: rules)
        var result: [TLV] = []
        while !reader.isAtEnd { result.append(try reader.next()) }
        return result
    }

    /// The objects inside the value field.
    public func children(rules: TLVRules = .der) throws(Failure) -> [TLV] { try Self.list(value, rules: rules) }
}
