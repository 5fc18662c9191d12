import StationCore

/// A facial record of ISO/IEC 19794-5:2005, version 010: fixed fields, big-endian.
///
/// The bounds are those of the data object around it, never those that the record states of itself. Documents of the
/// field state them wrongly: a record length off by one (United Kingdom) and by eight (New Zealand) has been seen, and a
/// block length of zero. So a stated length of the record, and with one face of its block, may be off by
/// `Limits.Portrait.lengthDeviationBytes`, and the image then reaches to the record's end: what may follow an image harms
/// no decoder, a cut one shows nothing. Face image type, image data type, colour space and size are not believed either.
struct FacialRecord {
    /// The first face's encoded image.
    let image: [UInt8]
    /// Width as stated.
    let width: Int
    /// Height as stated.
    let height: Int

    private static let formatIdentifier = Array("FAC\u{0}".utf8)
    private static let version = Array("010\u{0}".utf8)
    /// Facial record header, 5.4.
    private static let headerBytes = 14
    /// Facial information block without the feature points, 5.5, and image information block, 5.7.
    private static let informationBytes = (facial: 20, image: 12)

    /// Whether bytes start like one.
    static func isLikely(_ bytes: [UInt8]) -> Bool { bytes.starts(with: formatIdentifier) }

    /// Throws `portraitAbsent` for a record of no face, `cardDataMalformed` for everything out of bounds.
    init(_ record: [UInt8]) throws(Failure) {
        var fields = FixedFields(record)
        guard try fields.take(4) == Self.formatIdentifier, try fields.take(4) == Self.version else {
            throw FixedFields.malformed("header")
        }
        let length = try fields.number(4)
        let faces = try fields.number(2)
        guard Self.isNear(length, to: record.count) else { throw FixedFields.malformed("length") }
        guard faces > 0 else { throw Failure(.portraitAbsent, "facial record without a face") }
        guard faces <= Limits.Portrait.faces else { throw FixedFields.malformed("number of faces") }
        let stated = try fields.number(4)
        let available = record.count - Self.headerBytes
        let blockLength: Int
        if faces > 1 {
            blockLength = stated
        } else {
            guard stated == 0 || Self.isNear(stated, to: available) else {
                throw FixedFields.malformed("face length")
            }
            blockLength = available
        }
        let points = try fields.number(2)
        // The rest of the facial information block, the feature points, then the image information block.
        _ = try fields.take(14)
        _ = try fields.take(points * 8)
        _ = try fields.take(2)
        width = try fields.number(2)
        height = try fields.number(2)
        _ = try fields.take(6)
        let imageBytes = blockLength - Self.informationBytes.facial - points * 8 - Self.informationBytes.image
        guard imageBytes > 0 else { throw FixedFields.malformed("image length") }
        image = try fields.take(imageBytes)
        // Further faces are not shown, but what is there must be whole.
        for _ in 1..<faces {
            let further = try fields.number(4)
            guard further > Self.informationBytes.facial + Self.informationBytes.image else {
                throw FixedFields.malformed("face length")
            }
            _ = try fields.take(further - 4)
        }
        guard fields.remaining <= Limits.Portrait.lengthDeviationBytes else { throw FixedFields.malformed("length") }
    }

    /// Whether a stated length is right, or wrong by no more than has been seen.
    private static func isNear(_ stated: Int, to length: Int) -> Bool {
        abs(stated - length) <= Limits.Portrait.lengthDeviationBytes
    }
}

/// Fixed-length big-endian fields, never past the end.
private struct FixedFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var remaining: Int { rest.count }

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
