public import StationCore

/// The portrait of DG2 (ICAO 9303-10, 4.7.2): the encoded image, not decoded here. Both records that ICAO knows are read:
/// ISO/IEC 19794-5 (`FacialRecord`) and its successor ISO/IEC 39794-5 (`FaceImageDataBlock`).
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
    /// `cardDataMalformed` when there is one that cannot be read, `cardUnsupported` when it is a 39794-5 record of a
    /// kind that ICAO does not use, `cardDataTooLarge`.
    public init(dataGroup2 file: [UInt8]) throws(Failure) {
        guard !file.isEmpty else { throw Failure(.portraitAbsent, "DG2 has no bytes") }
        let content = try TLV(parsing: file, tag: 0x75, rules: .ber).value
        guard !content.isEmpty else { throw Failure(.portraitAbsent, "DG2 is empty") }
        var groups = TLVReader(try TLV(parsing: content, tag: 0x7f61, rules: .ber).value, rules: .ber)
        guard let count = try groups.next(.integer).smallInteger else {
            throw Failure(.cardDataMalformed, "DG2: number of templates")
        }
        guard count > 0 else { throw Failure(.portraitAbsent, "DG2 holds no template") }
        var template = TLVReader(try groups.next(0x7f60).value, rules: .ber)
        // The biometric header; its format owner and type only repeat what the data block itself shows.
        _ = try template.next(0xa1)
        let block = try template.next()
        switch block.tag {
        case 0x5f2e: try self.init(record: block.value)
        case 0x7f2e:
            // Older editions of 9303-10 allowed this tag for a 19794-5 record, too.
            if FacialRecord.isLikely(block.value) {
                try self.init(record: block.value)
            } else {
                let face = try FaceImageDataBlock(try TLV(parsing: block.value, tag: 0xa1, rules: .ber).value)
                try self.init(face.image, width: face.width, height: face.height)
            }
        default: throw Failure(.cardDataMalformed, "DG2: biometric data block")
        }
    }

    /// Takes the first face of a facial record of ISO/IEC 19794-5:2005.
    public init(record: [UInt8]) throws(Failure) {
        let face = try FacialRecord(record)
        try self.init(face.image, width: face.width, height: face.height)
    }

    private init(_ image: [UInt8], width: Int, height: Int) throws(Failure) {
        guard image.count <= Limits.Portrait.encodedBytes else { throw Failure(.cardDataTooLarge, "DG2: portrait") }
        guard let format = Format(sniffing: image) else { throw Failure(.cardDataMalformed, "DG2: image format") }
        bytes = image
        self.format = format
        self.width = width
        self.height = height
    }
}
