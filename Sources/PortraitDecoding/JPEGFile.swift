import StationCore

/// A JPEG file whose structure was walked from SOI to EOI (ISO/IEC 10918-1, annex B), with nothing behind EOI.
///
/// Only what browsers decode is let through: baseline, extended and progressive Huffman frames of 8 bits.
struct JPEGFile: Hashable, Sendable {
    /// SOI to EOI.
    let bytes: [UInt8]

    /// Throws `portraitUndecodable`.
    init(_ file: [UInt8]) throws(Failure) {
        guard file.count <= Limits.Portrait.pageBytes else { throw .undecodable("JPEG over the limit") }
        var walk = Walk(file: file)
        bytes = Array(file[..<(try walk.run())])
    }

    static func isLikely(_ file: [UInt8]) -> Bool { file.starts(with: [0xff, 0xd8, 0xff]) }
}

private struct Walk {
    let file: [UInt8]
    var offset = 0
    var hasFrame = false
    var hasScan = false

    /// The offset behind EOI.
    mutating func run() throws(Failure) -> Int {
        guard JPEGFile.isLikely(file) else { throw .undecodable("not a JPEG file") }
        offset = 2
        for _ in 0..<Limits.Portrait.segments {
            switch try marker() {
            case 0xd9:
                guard hasFrame, hasScan else { throw .undecodable("JPEG without an image") }
                return offset
            case 0xc0, 0xc1, 0xc2: try frame()
            case 0xda: try scan()
            case 0xc4, 0xdb, 0xdd, 0xe0...0xef, 0xfe: _ = try segment()
            case let other: throw .undecodable("JPEG marker \(Hex.text([UInt8(other)]))")
            }
        }
        throw .undecodable("JPEG with too many segments")
    }

    /// The next marker's code, behind any fill bytes (B.1.1.2).
    private mutating func marker() throws(Failure) -> Int {
        var reader = BigEndianReader(file, at: offset)
        guard try reader.u8() == 0xff else { throw .undecodable("JPEG marker expected at \(offset)") }
        var code = try reader.u8()
        while code == 0xff { code = try reader.u8() }
        offset = reader.offset
        return code
    }

    /// The parameters of a marker segment, without their length field.
    private mutating func segment() throws(Failure) -> BigEndianReader {
        var reader = BigEndianReader(file, at: offset)
        let length = try reader.u16()
        guard length >= 2 else { throw .undecodable("JPEG segment length \(length)") }
        let content = try reader.part(length - 2)
        offset = reader.offset
        return content
    }

    /// Frame header, B.2.2.
    private mutating func frame() throws(Failure) {
        guard !hasFrame else { throw .undecodable("JPEG with two frames") }
        hasFrame = true
        var header = try segment()
        guard try header.u8() == 8 else { throw .undecodable("JPEG of another depth than 8 bits") }
        let height = try header.u16()
        try checkDimensions(width: try header.u16(), height: height)
        let components = try header.u8()
        guard [1, 3].contains(components), header.remaining == 3 * components else {
            throw .undecodable("JPEG with \(components) components")
        }
    }

    /// Scan header, B.2.3, and the entropy-coded data up to the next marker that is no restart.
    private mutating func scan() throws(Failure) {
        guard hasFrame else { throw .undecodable("JPEG scan before its frame") }
        hasScan = true
        _ = try segment()
        while offset + 1 < file.count {
            if file[offset] == 0xff, file[offset + 1] != 0, !(0xd0...0xd7).contains(file[offset + 1]) { return }
            offset += 1
        }
        throw .undecodable("JPEG without an end")
    }
}
