import StationCore

/// One element of X.690: what certificates, CMS and revocation lists are made of. Tags above 30 do not occur in them.
struct BERElement {
    /// The tag's only byte.
    let tag: UInt8
    /// The value field; of an indefinite length, without the end mark.
    let content: ArraySlice<UInt8>
    /// The whole element as found.
    let encoded: ArraySlice<UInt8>
    /// Whether the length was given by an end mark.
    let isIndefinite: Bool

    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// The content of an OCTET STRING; BER may cut it into pieces.
    func octets(_ name: String, depth: Int = 0) throws(CryptoFailure) -> [UInt8] {
        switch tag {
        case Self.octetString: return Array(content)
        case Self.octetString | 0x20 where depth < Limits.Card.tlvDepth:
            var reader = BERReader(content, named: name, rules: .ber)
            var result: [UInt8] = []
            while !reader.isAtEnd { result += try reader.next().octets(name, depth: depth + 1) }
            return result
        default: throw .malformed(name)
        }
    }

    /// The content of a BIT STRING of whole bytes.
    func bytesOfBits(_ name: String) throws(CryptoFailure) -> [UInt8] {
        guard tag == Self.bitString, content.first == 0 else { throw .malformed(name) }
        return Array(content.dropFirst())
    }

    /// A non-negative INTEGER below 2^31; nil for every other.
    var smallInteger: Int? {
        guard tag == Self.integer, let first = content.first, first < 0x80, content.count <= 4,
            content.count == 1 || first != 0 || content[content.startIndex + 1] >= 0x80
        else { return nil }
        return content.reduce(0) { $0 << 8 | Int($1) }
    }

    /// The digits of a non-negative INTEGER without leading zeros; nil for every other.
    var digits: [UInt8]? {
        guard tag == Self.integer, let first = content.first, first < 0x80 else { return nil }
        return Array(content.drop { $0 == 0 })
    }

    /// This element with another tag and a definite length, as a signature over DER sees it.
    func retagged(_ tag: UInt8) -> [UInt8] { DEREncoding.element(tag, Array(content)) }
}

/// The bounded reader of elements: never past its bytes, never without consuming.
struct BERReader {
    enum Rules {
        /// Definite, shortest lengths.
        case der
        /// Any length that X.690 knows.
        case ber
    }

    private(set) var rest: ArraySlice<UInt8>
    private let name: String
    private let rules: Rules
    private let depth: Int

    init(_ bytes: ArraySlice<UInt8>, named name: String, rules: Rules, depth: Int = 0) {
        rest = bytes
        self.name = name
        self.rules = rules
        self.depth = depth
    }

    /// The only element of some bytes.
    static func only(
        _ bytes: ArraySlice<UInt8>,
        _ tag: UInt8,
        named name: String,
        rules: Rules
    ) throws(CryptoFailure) -> BERElement {
        var reader = BERReader(bytes, named: name, rules: rules)
        let element = try reader.next(tag)
        try reader.finish()
        return element
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() throws(CryptoFailure) -> BERElement {
        let start = rest
        guard let tag = rest.popFirst(), tag != 0, tag & 0x1f != 0x1f, let lead = rest.popFirst() else {
            throw .malformed(name)
        }
        if lead == 0x80 { return try indefinite(tag, from: start) }
        var length = Int(lead)
        if lead > 0x80 {
            let count = Int(lead & 0x7f)
            guard count <= 4, rest.count >= count else { throw .malformed(name) }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
            if rules == .der, count != DEREncoding.length(length).count - 1 { throw .malformed(name) }
        }
        guard length <= rest.count else { throw .malformed(name) }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return BERElement(
            tag: tag,
            content: content,
            encoded: start[start.startIndex..<rest.startIndex],
            isIndefinite: false
        )
    }

    mutating func next(_ tag: UInt8) throws(CryptoFailure) -> BERElement {
        let element = try next()
        guard element.tag == tag else { throw .malformed(name) }
        return element
    }

    /// The next element if it has this tag; nil, and nothing consumed, otherwise.
    mutating func nextIfPresent(_ tag: UInt8) throws(CryptoFailure) -> BERElement? {
        rest.first == tag ? try next() : nil
    }

    func finish() throws(CryptoFailure) {
        guard isAtEnd else { throw .malformed(name) }
    }

    /// A reader of the elements inside an element.
    func inside(_ element: BERElement) -> BERReader { BERReader(element.content, named: name, rules: rules) }

    private mutating func indefinite(_ tag: UInt8, from start: ArraySlice<UInt8>) throws(CryptoFailure) -> BERElement {
        guard rules == .ber, tag & 0x20 != 0, depth < Limits.Card.tlvDepth else { throw .malformed(name) }
        var inner = BERReader(rest, named: name, rules: rules, depth: depth + 1)
        while !inner.rest.starts(with: [0, 0]) { _ = try inner.next() }
        let content = rest[rest.startIndex..<inner.rest.startIndex]
        rest = inner.rest.dropFirst(2)
        return BERElement(
            tag: tag,
            content: content,
            encoded: start[start.startIndex..<rest.startIndex],
            isIndefinite: true
        )
    }
}

/// The writer's side of DER.
enum DEREncoding {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    static func sequence(_ content: [UInt8]) -> [UInt8] { element(BERElement.sequence, content) }

    /// The shortest definite length field.
    static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(digits.count)] + digits
    }
}

/// Object identifiers by their content octets.
enum ObjectIdentifierText {
    /// Dotted text; throws `malformed` for content that is empty, cut, padded or too long.
    static func dotted(_ content: ArraySlice<UInt8>, named name: String) throws(CryptoFailure) -> String {
        guard (1...32).contains(content.count), content.last.map({ $0 & 0x80 == 0 }) == true else {
            throw .malformed(name)
        }
        var arcs: [UInt64] = []
        var value: UInt64 = 0
        var isFirst = true
        for byte in content {
            guard !isFirst || byte != 0x80, value < 1 << 56 else { throw .malformed(name) }
            value = value << 7 | UInt64(byte & 0x7f)
            isFirst = byte & 0x80 == 0
            if isFirst {
                arcs.append(value)
                value = 0
            }
        }
        let head = min(arcs[0] / 40, 2)
        return ([head, arcs[0] - head * 40] + arcs.dropFirst()).map(String.init).joined(separator: ".")
    }
}
