public import StationCore

/// The portrait of DG2 (ICAO 9303-10, 4.7.2; ISO/IEC 19794-5): the encoded image, not decoded here.
public struct FaceImage: Hashable, Sendable {
    /// How the image is encoded, by its own first bytes: what the record's header says is often wrong.
    public enum Format: String, Codable, Sendable {
        /// JPEG (ISO/IEC 10918-1).
        case jpeg
        /// JPEG 2000 in its box format (ISO/IEC 15444-1, annex I).
        case jp2
        /// A bare JPEG 2000 code stream.
        case j2k

        /// The format that bytes start like; nil when it is none of them.
        public init?(sniffing bytes: [UInt8]) {
            if bytes.starts(with: [0xff, 0xd8, 0xff]) {
                self = .jpeg
            } else if bytes.starts(with: [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]) {
                self = .jp2
            } else if bytes.starts(with: [0xff, 0x4f, 0xff, 0x51]) {
                self = .j2k
            } else {
                return nil
            }
        }
    }

    /// The encoded image.
    public let bytes: [UInt8]
    /// Its encoding.
    public let format: Format
    /// Width in pixels as the record says; 0 when it does not say.
    public let width: Int
    /// Height in pixels as the record says; 0 when it does not say.
    public let height: Int

    /// Takes the first face of DG2. Throws `portraitAbsent` when there is no template (cards of young children),
    /// `cardDataMalformed` when there is one that cannot be read.
    public init(dataGroup2 file: [UInt8]) throws(Failure) {
        let content = try TLV(parsing: file, tag: 0x75, rules: .ber).value
        guard !content.isEmpty else { throw Failure(.portraitAbsent, "DG2 is empty") }
        var groups = TLVReader(try TLV(parsing: content, tag: 0x7f61, rules: .ber).value, rules: .ber)
        guard let count = try groups.next(.integer).smallInteger else {
            throw Failure(.cardDataMalformed, "DG2: number of templates")
        }
        guard count > 0 else { throw Failure(.portraitAbsent, "DG2 holds no template") }
        var template = TLVReader(try groups.next(0x7f60).value, rules: .ber)
        _ = try template.next(0xa1)
        let block = try template.next()
        guard block.tag == 0x5f2e || block.tag == 0x7f2e else {
            throw Failure(.cardDataMalformed, "DG2: biometric data block")
        }
        try self.init(record: block.value)
    }

    /// Parses a facial record of ISO/IEC 19794-5:2005, version 010.
    public init(record: [UInt8]) throws(Failure) {
        var fields = FixedFields(record)
        guard try fields.take(8) == Array("FAC\u{0}010\u{0}".utf8) else { throw FixedFields.malformed("header") }
        let length = try fields.number(4)
        let faces = try fields.number(2)
        guard length == record.count else { throw FixedFields.malformed("length") }
        guard faces > 0 else { throw Failure(.portraitAbsent, "facial record without a face") }
        let blockLength = try fields.number(4)
        let points = try fields.number(2)
        // The rest of the facial information block, the feature points, then the image information block.
        _ = try fields.take(14)
        _ = try fields.take(points * 8)
        _ = try fields.take(2)
        width = try fields.number(2)
        height = try fields.number(2)
        _ = try fields.take(6)
        let imageBytes = blockLength - 20 - points * 8 - 12
        guard imageBytes > 0 else { throw FixedFields.malformed("image length") }
        bytes = try fields.take(imageBytes)
        guard bytes.count <= Limits.Portrait.encodedBytes else { throw Failure(.cardDataTooLarge, "portrait") }
        guard let format = Format(sniffing: bytes) else { throw FixedFields.malformed("image format") }
        self.format = format
    }
}

/// Fixed-length big-endian fields, never past the end.
private struct FixedFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
        guard count >= 0, count <= rest.count else { throw Self.malformed("cut") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func number(_ count: Int) throws(Failure) -> Int {
        try take(count).reduce(0) { $0 << 8 | Int($1) }
    }

    static func malformed(_ detail: String) -> Failure { Failure(.cardDataMalformed, "DG2: facial record \(detail)") }
}
