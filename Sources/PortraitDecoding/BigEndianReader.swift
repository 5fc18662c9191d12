import StationCore

/// Reads big-endian integers from foreign bytes; a read past the end throws `portraitUndecodable`, never traps.
struct BigEndianReader {
    private let bytes: [UInt8]
    private(set) var offset: Int
    /// Where this reader ends.
    let end: Int

    init(_ bytes: [UInt8], at offset: Int = 0, end: Int? = nil) {
        self.bytes = bytes
        self.offset = offset
        self.end = min(end ?? bytes.count, bytes.count)
    }

    var remaining: Int { max(0, end - offset) }

    mutating func u8() throws(Failure) -> Int { try integer(1) }
    mutating func u16() throws(Failure) -> Int { try integer(2) }
    mutating func u32() throws(Failure) -> Int { try integer(4) }

    mutating func skip(_ count: Int) throws(Failure) {
        guard count >= 0, count <= remaining else { throw .undecodable("truncated at \(offset)") }
        offset += count
    }

    /// A reader of the next `count` bytes, which this one skips.
    mutating func part(_ count: Int) throws(Failure) -> BigEndianReader {
        let start = offset
        try skip(count)
        return BigEndianReader(bytes, at: start, end: offset)
    }

    private mutating func integer(_ count: Int) throws(Failure) -> Int {
        let start = offset
        try skip(count)
        return bytes[start..<offset].reduce(0) { $0 << 8 | Int($1) }
    }
}
