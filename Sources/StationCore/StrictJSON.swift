import Foundation

/// JSON (RFC 8259) as the station reads it from anybody: repeated members refused, depth and size bounded, then decoded.
public enum StrictJSON {
    /// Why a document was refused.
    public enum Refusal: Error, Equatable, Sendable {
        /// Not JSON, at this byte.
        case malformed(offset: Int)
        /// A member name stands twice in one object.
        case repeatedMember(offset: Int)
        /// Nested deeper than `Limits.JSON.depth`.
        case tooDeep
        /// More values than `Limits.JSON.values`.
        case tooMany
        /// Well-formed, but not of the expected shape; the path of the first member that differs.
        case shape(path: String)
    }

    /// Decodes a document of at most `Limits.JSON` depth and values. Unknown members are ignored.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Refusal) -> Value {
        var scanner = Scanner(bytes: bytes)
        try scanner.document()
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw .shape(path: error.path)
        } catch {
            throw .shape(path: "")
        }
    }

    /// Encodes with sorted keys and without escaped slashes, so that equal values have equal bytes.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

extension DecodingError {
    fileprivate var path: String {
        let context: Context
        var last: (any CodingKey)?
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found):
            context = found
            last = key
        @unknown default: return ""
        }
        return (context.codingPath + [last].compactMap { $0 })
            .map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
    }
}

/// Checks the grammar and what the grammar leaves open (RFC 8259 section 4: names SHOULD be unique; here they must be).
private struct Scanner {
    let bytes: [UInt8]
    var offset = 0
    var values = 0

    mutating func document() throws(StrictJSON.Refusal) {
        try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw .malformed(offset: offset) }
    }

    private mutating func value(depth: Int) throws(StrictJSON.Refusal) {
        guard depth <= Limits.JSON.depth else { throw .tooDeep }
        values += 1
        guard values <= Limits.JSON.values else { throw .tooMany }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    private mutating func object(depth: Int) throws(StrictJSON.Refusal) {
        offset += 1
        var names: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            let start = offset
            let name = try string()
            guard names.insert(name).inserted else { throw .repeatedMember(offset: start) }
            skipSpace()
            guard take(":") else { throw .malformed(offset: offset) }
            try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        guard take("}") else { throw .malformed(offset: offset) }
    }

    private mutating func array(depth: Int) throws(StrictJSON.Refusal) {
        offset += 1
        skipSpace()
        if take("]") { return }
        repeat {
            try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        guard take("]") else { throw .malformed(offset: offset) }
    }

    /// The string's bytes with escapes resolved, so that "a" and "\u0061" are one name.
    private mutating func string() throws(StrictJSON.Refusal) -> [UInt8] {
        guard take("\"") else { throw .malformed(offset: offset) }
        var result: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard String(validating: result, as: UTF8.self) != nil else { throw .malformed(offset: offset) }
                return result
            case UInt8(ascii: "\\"): result += try escape()
            case 0..<0x20: throw .malformed(offset: offset)
            default:
                result.append(byte)
                offset += 1
            }
        }
        throw .malformed(offset: offset)
    }

    private mutating func escape() throws(StrictJSON.Refusal) -> [UInt8] {
        offset += 1
        guard let kind = peek else { throw .malformed(offset: offset) }
        offset += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]) {
                guard take("\\"), take("u") else { throw .malformed(offset: offset) }
                units.append(try codeUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw .malformed(offset: offset) }
            return Array(text.utf8)
        default: throw .malformed(offset: offset)
        }
    }

    private mutating func codeUnit() throws(StrictJSON.Refusal) -> UInt16 {
        guard offset + 4 <= bytes.count,
            let pair = Hex.bytes(String(decoding: bytes[offset..<offset + 4], as: UTF8.self))
        else { throw .malformed(offset: offset) }
        offset += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }

    private mutating func number() throws(StrictJSON.Refusal) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(StrictJSON.Refusal) {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        guard offset > start else { throw .malformed(offset: offset) }
    }

    private mutating func literal(_ word: StaticString) throws(StrictJSON.Refusal) {
        let expected = Array("\(word)".utf8)
        guard bytes[offset...].starts(with: expected) else { throw .malformed(offset: offset) }
        offset += expected.count
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }
}
