import StationCore

/// The face image data block of ISO/IEC 39794-5:2019 in ICAO's application profile: ASN.1 with automatic tags, every
/// SEQUENCE extensible.
///
/// ```
/// 65 { A0 { 80 generation, 81 year }, A1 { 30 { 80 id, A1 { A0 { A0 { 80 image, A1 { A0 { 80 format },
///      A7 { 80 width, 81 height } } } } } } } }
/// ```
struct FaceImageDataBlock {
    /// The first representation's encoded image.
    let image: [UInt8]
    /// Width as stated; 0 when it is not.
    let width: Int
    /// Height as stated; 0 when it is not.
    let height: Int

    /// The generation of biometric data interchange formats that 39794 is (ISO/IEC 39794-1, `VersionBlock`).
    private static let generation = 3

    /// Throws `portraitAbsent` for a block without representation, `cardUnsupported` for another generation and for a
    /// CHOICE that ICAO's profile leaves to extensions, `cardDataMalformed`.
    init(_ bytes: [UInt8]) throws(Failure) {
        let block = try Members(try TLV(parsing: bytes, tag: 0x65, rules: .ber).value)
        let version = try Members(try block.constructed(0))
        guard try version.number(0) == Self.generation, try version.number(1) > 0 else {
            throw Failure(.cardUnsupported, "DG2: version of the face image")
        }
        var representations = TLVReader(try block.constructed(1), rules: .ber)
        guard !representations.isAtEnd else { throw Failure(.portraitAbsent, "face image without a representation") }
        let representation = try Members(try representations.next(.sequence).value)
        // ICAO's profile has exactly one; more are passed over as long as they are whole.
        while !representations.isAtEnd { _ = try Members(try representations.next(.sequence).value) }
        _ = try representation.number(0)
        let base = try Members(try Self.base(try representation.constructed(1)))
        let plane = try Members(try base.constructed(0))
        image = try plane.primitive(0)
        guard !image.isEmpty else { throw Members.malformed("image") }
        let information = try Members(try plane.constructed(1))
        // The format is believed of the image itself, but its place must hold one.
        _ = try Members(try Self.base(try information.constructed(0), isConstructed: false)).number(0)
        guard information.has(7) else {
            (width, height) = (0, 0)
            return
        }
        let size = try Members(try information.constructed(7))
        width = try size.number(0)
        height = try size.number(1)
        guard width <= 0xffff, height <= 0xffff else { throw Members.malformed("image size") }
    }

    /// The content of a CHOICE between `base [0]` or `code [0]`, and `extensionBlock [1]`.
    private static func base(_ bytes: [UInt8], isConstructed: Bool = true) throws(Failure) -> [UInt8] {
        let choice = try TLV(parsing: bytes, rules: .ber)
        switch choice.tag {
        case 0xa0 where isConstructed: return choice.value
        case 0x80 where !isConstructed: return bytes
        case 0xa1: throw Failure(.cardUnsupported, "DG2: extension of the face image")
        default: throw Members.malformed("choice \(choice.tag)")
        }
    }
}

/// The members of an extensible SEQUENCE under automatic tags: context-specific, each at most once, in ascending order
/// (X.680, 25.7; X.690, 8.9.2). Numbers not asked for are extensions and left alone.
private struct Members {
    private var objects: [UInt32: TLV] = [:]

    init(_ bytes: [UInt8]) throws(Failure) {
        var reader = TLVReader(bytes, rules: .ber)
        var next: UInt32 = 0
        while !reader.isAtEnd {
            let object = try reader.next()
            let tag = object.tag.rawValue
            guard (0x80...0xbf).contains(tag), tag & 0x1f >= next else { throw Self.malformed("tag \(object.tag)") }
            objects[tag & 0x1f] = object
            next = tag & 0x1f + 1
        }
    }

    func has(_ number: UInt32) -> Bool { objects[number] != nil }

    func constructed(_ number: UInt32) throws(Failure) -> [UInt8] { try value(number, constructed: true) }

    func primitive(_ number: UInt32) throws(Failure) -> [UInt8] { try value(number, constructed: false) }

    func number(_ number: UInt32) throws(Failure) -> Int {
        guard let value = TLV(.integer, try primitive(number)).smallInteger else { throw Self.malformed("[\(number)]") }
        return value
    }

    private func value(_ number: UInt32, constructed: Bool) throws(Failure) -> [UInt8] {
        guard let object = objects[number], object.tag.isConstructed == constructed else {
            throw Self.malformed("[\(number)] missing")
        }
        return object.value
    }

    static func malformed(_ detail: String) -> Failure { Failure(.cardDataMalformed, "DG2: face image \(detail)") }
}
