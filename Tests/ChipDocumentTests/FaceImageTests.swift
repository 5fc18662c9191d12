import ChipDocument
import SeededRandom
import StationCore
import Testing

/// ISO/IEC 19794-5 in DG2.
@Suite struct FaceImageTests {
    static let jpeg: [UInt8] = [0xff, 0xd8, 0xff, 0xe0] + [UInt8](repeating: 5, count: 60)

    /// What a record says of itself against the truth.
    struct Lies {
        var record = 0
        var block = 0
        var faces: Int?
        var imageType: UInt8 = 1
        var dataType: UInt8 = 1
    }

    static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func face(_ image: [UInt8], points: Int = 1, lies: Lies = Lies()) -> [UInt8] {
        let length = 20 + points * 8 + 12 + image.count
        return number(length + lies.block, 4) + number(points, 2) + [UInt8](repeating: 0, count: 14)
            + [UInt8](repeating: 1, count: points * 8)
            + [lies.imageType, lies.dataType, 0x01, 0x2c, 0x01, 0x90, 1, 2, 0, 0, 0, 0] + image
    }

    static func record(_ faces: [[UInt8]], lies: Lies = Lies()) -> [UInt8] {
        let body = faces.flatMap { $0 }
        return Array("FAC\u{0}010\u{0}".utf8) + number(14 + body.count + lies.record, 4)
            + number(lies.faces ?? faces.count, 2) + body
    }

    static func file(_ block: TLV, templates: Int = 1) -> [UInt8] {
        let template = TLV(0x7f60, [TLV(0xa1, [TLV(0x80, [1, 1])]), block])
        let all = [TLV(.integer, [UInt8(templates)])] + [TLV](repeating: template, count: templates)
        return TLV(0x75, [TLV(0x7f61, all)]).encoded
    }

    static func file(_ image: [UInt8], points: Int = 1, lies: Lies = Lies()) -> [UInt8] {
        file(TLV(0x5f2e, record([face(image, points: points, lies: lies)], lies: lies)))
    }

    @Test(arguments: [
        ("FFD8FFE000104A46", FaceImage.Format.jpeg), ("0000000C6A5020200D0A870A00000014", .jp2),
        ("FF4FFF51002F", .j2k),
    ])
    func `images are told by their first bytes`(image: String, format: FaceImage.Format) throws {
        for points in [0, 1, 5] {
            let face = try FaceImage(dataGroup2: Self.file(hex(image), points: points))
            #expect(face.bytes == (try hex(image)) && face.format == format)
            #expect(face.width == 300 && face.height == 400)
        }
    }

    @Test func `absent and ill-formed portraits are told apart`() async throws {
        await expectFailure(.portraitAbsent) { _ = try FaceImage(dataGroup2: TLV(0x75, [UInt8]()).encoded) }
        await expectFailure(.portraitAbsent) {
            _ = try FaceImage(dataGroup2: TLV(0x75, [TLV(0x7f61, [TLV(.integer, [0])])]).encoded)
        }
        await expectFailure(.portraitAbsent) {
            _ = try FaceImage(dataGroup2: Self.file(Self.jpeg, lies: Lies(faces: 0)))
        }
        await expectFailure(.cardDataMalformed) { _ = try FaceImage(dataGroup2: Self.file(hex("474946383961"))) }
        await expectFailure(.cardDataMalformed) { _ = try FaceImage(dataGroup2: Self.file([])) }
    }

    /// United Kingdom off by one, New Zealand by eight, others a block of length zero: all of them show their holder.
    @Test(arguments: [-8, -1, 1, 8])
    func `a record that is slightly wrong about its own length shows the whole image`(lie: Int) throws {
        for lies in [Lies(record: lie), Lies(block: lie), Lies(record: lie, block: lie)] {
            #expect(try FaceImage(dataGroup2: Self.file(Self.jpeg, lies: lies)).bytes == Self.jpeg)
        }
        let block = 20 + 8 + 12 + Self.jpeg.count
        #expect(try FaceImage(dataGroup2: Self.file(Self.jpeg, lies: Lies(block: -block))).bytes == Self.jpeg)
    }

    @Test(arguments: [-9, 9, 60_000])
    func `a record that is further off is refused`(lie: Int) async {
        for lies in [Lies(record: lie), Lies(block: lie)] {
            await expectFailure(.cardDataMalformed) { _ = try FaceImage(dataGroup2: Self.file(Self.jpeg, lies: lies)) }
        }
    }

    @Test func `wrong image and data types do not matter: the bytes say what they are`() throws {
        for type: UInt8 in [0, 1, 2, 3, 0x80, 0xff] {
            let face = try FaceImage(dataGroup2: Self.file(Self.jpeg, lies: Lies(imageType: type, dataType: type)))
            #expect(face.format == .jpeg && face.bytes == Self.jpeg)
        }
    }

    @Test func `of several faces and templates the first is shown`() throws {
        let other = Self.face([0xff, 0x4f, 0xff, 0x51, 1])
        let record = Self.record([Self.face(Self.jpeg), other, other])
        #expect(try FaceImage(dataGroup2: Self.file(TLV(0x5f2e, record))).bytes == Self.jpeg)
        #expect(
            try FaceImage(dataGroup2: Self.file(TLV(0x5f2e, Self.record([Self.face(Self.jpeg)])), templates: 2)).bytes
                == Self.jpeg)
    }

    @Test func `several faces that overlap, end early, run over or are too many are refused`() async {
        let face = Self.face(Self.jpeg)
        let over = Self.face(Self.jpeg, lies: Lies(block: 60_000))
        let none = Self.number(0, 4) + face.dropFirst(4)
        let records = [
            Self.record([face, over]), Self.record([over, face]), Self.record([face, none]),
            Self.record([face, face], lies: Lies(faces: 3)), Self.record([face, face, face], lies: Lies(faces: 2)),
            Self.record([face], lies: Lies(faces: 2)),
            Self.record([[UInt8]](repeating: face, count: Limits.Portrait.faces + 1)),
        ]
        for record in records {
            await expectFailure(.cardDataMalformed) { _ = try FaceImage(record: record) }
        }
    }

    @Test func `another version, and feature points past the end, are refused`() async {
        var record = Self.record([Self.face(Self.jpeg)])
        record[5] = UInt8(ascii: "3")
        let foreign = record
        await expectFailure(.cardDataMalformed) { _ = try FaceImage(record: foreign) }
        record[5] = UInt8(ascii: "1")
        record.replaceSubrange(18..<20, with: [0xff, 0xff])
        let pointed = record
        await expectFailure(.cardDataMalformed) { _ = try FaceImage(record: pointed) }
    }

    @Test func `a 19794-5 record under the constructed tag is read`() throws {
        let file = Self.file(TLV(0x7f2e, Self.record([Self.face(Self.jpeg)])))
        #expect(try FaceImage(dataGroup2: file).bytes == Self.jpeg)
    }

    @Test func `mutations never crash and never invent bytes`() throws {
        let seeds = [
            Self.file([0xff, 0xd8, 0xff] + [UInt8](repeating: 5, count: 100)),
            Self.file(TLV(0x5f2e, Self.record([Self.face(Self.jpeg), Self.face(Self.jpeg, points: 3)]))),
        ]
        var mutator = SeededGenerator(seed: 77)
        for round in 0..<20_000 {
            let mutated = mutator.mutated(seeds[round % 2])
            if let face = try? FaceImage(dataGroup2: mutated) { #expect(face.bytes.count < mutated.count) }
        }
        // Inside the record, past the lengths around it.
        let record = Self.record([Self.face(Self.jpeg), Self.face(Self.jpeg)])
        for _ in 0..<20_000 {
            let mutated = mutator.mutated(record)
            if let face = try? FaceImage(record: mutated) { #expect(face.bytes.count < mutated.count) }
        }
    }
}

/// ISO/IEC 39794-5 in DG2, ICAO's application profile.
@Suite struct FaceImageDataBlockTests {
    static let image: [UInt8] = [0xff, 0x4f, 0xff, 0x51] + [UInt8](repeating: 7, count: 200)

    /// The members, each replaceable, from the outside in.
    struct Parts {
        var version = [TLV(0x80, [3]), TLV(0x81, [0x07, 0xe3])]
        var choice: TLVTag = 0xa0
        var format = TLV(0xa0, [TLV(0x80, [3])])
        var size: [TLV] = [TLV(0xa7, [TLV(0x80, [0x01, 0x2c]), TLV(0x81, [0x01, 0x90])])]
        var afterImage: [TLV] = []
        var inRepresentation: [TLV] = []
        var inBlock: [TLV] = []
        var representations = 1
        var image = FaceImageDataBlockTests.image

        func file(tag: TLVTag = 0x7f2e) -> [UInt8] {
            let information = TLV(0xa1, [format] + size)
            let plane = TLV(0xa0, [TLV(0x80, image), information] + afterImage)
            let one = TLV(.sequence, [TLV(0x80, [0]), TLV(0xa1, [TLV(choice, [plane])])] + inRepresentation)
            let block = TLV(
                0x65,
                [TLV(0xa0, version), TLV(0xa1, [TLV](repeating: one, count: representations))] + inBlock)
            return FaceImageTests.file(TLV(tag, [TLV(0xa1, [block])]))
        }
    }

    @Test func `image, format and size are found`() throws {
        let face = try FaceImage(dataGroup2: Parts().file())
        #expect(face.bytes == Self.image && face.format == .j2k && face.width == 300 && face.height == 400)
        let plain = try FaceImage(dataGroup2: Parts(size: []).file())
        #expect(plain.bytes == Self.image && plain.width == 0 && plain.height == 0)
    }

    /// The bytes by hand, so that reader and test do not agree with each other only.
    /// The bytes made apart from this program, so that reader and test do not agree with each other only.
    @Test func `the structure byte by byte`() async throws {
        let whole =
            "75347f61310201017f602ba1007f2e26a1246522a007800103810207e3a1173015800100a110a00ea00c8003ffd8ffa105a003800102"
        let face = try FaceImage(dataGroup2: hex(whole))
        #expect(face.bytes == [0xff, 0xd8, 0xff] && face.format == .jpeg)
        // Without the mandatory image information the block is none.
        let cut = "752d7f612a0201017f6024a1007f2e1fa11d651ba007800103810207e3a110300e800100a109a007a0058003ffd8ff"
        await expectFailure(.cardDataMalformed) { _ = try FaceImage(dataGroup2: hex(cut)) }
    }

    @Test func `optional and future members are passed over`() throws {
        let parts = Parts(
            size: [TLV(0xa1, [TLV(0xa1, [UInt8]())]), TLV(0xa7, [TLV(0x80, [1]), TLV(0x81, [2])]), TLV(0x9e, [1])],
            afterImage: [TLV(0xa2, [UInt8]()), TLV(0x95, [1])],
            inRepresentation: [TLV(0xa2, [UInt8]()), TLV(0xa8, [TLV(0xa0, [UInt8]())]), TLV(0x9a, [9])],
            inBlock: [TLV(0x82, [1])], representations: 2)
        #expect(try FaceImage(dataGroup2: parts.file()).bytes == Self.image)
        // A later edition's year is no obstacle, the declared format no truth.
        let later = Parts(version: [TLV(0x80, [3]), TLV(0x81, [0x07, 0xf0])], format: TLV(0xa0, [TLV(0x80, [2])]))
        #expect(try FaceImage(dataGroup2: later.file()).format == .j2k)
    }

    @Test func `what is not the profile has its own answer`() async {
        func expect(_ code: FailureCode, _ parts: Parts, tag: TLVTag = 0x7f2e) async {
            await expectFailure(code) { _ = try FaceImage(dataGroup2: parts.file(tag: tag)) }
        }
        await expect(.portraitAbsent, Parts(representations: 0))
        await expect(.cardUnsupported, Parts(version: [TLV(0x80, [4]), TLV(0x81, [0x07, 0xe3])]))
        await expect(.cardUnsupported, Parts(choice: 0xa1))
        await expect(.cardUnsupported, Parts(format: TLV(0xa0, [TLV(0xa1, [UInt8]())])))
        await expect(.cardDataMalformed, Parts(version: [TLV(0x80, [3])]))
        await expect(.cardDataMalformed, Parts(version: [TLV(0x81, [0x07, 0xe3]), TLV(0x80, [3])]))
        await expect(.cardDataMalformed, Parts(choice: 0xa2))
        await expect(.cardDataMalformed, Parts(size: [TLV(0xa7, [TLV(0x80, [1])])]))
        await expect(.cardDataMalformed, Parts(size: [TLV(0xa7, [TLV(0x80, [1, 0, 0]), TLV(0x81, [1])])]))
        await expect(.cardDataMalformed, Parts(afterImage: [TLV(0xa1, [UInt8]())]))
        await expect(.cardDataMalformed, Parts(afterImage: [TLV(.integer, [1])]))
        await expect(.cardDataMalformed, Parts(image: []))
        await expect(.cardDataMalformed, Parts(image: Array("GIF89a".utf8)))
        await expect(.cardDataMalformed, Parts(), tag: 0x5f2e)
        await expect(.cardDataMalformed, Parts(), tag: 0x7f2d)
    }

    @Test func `mutations never crash and never invent bytes`() {
        let seed = Parts(inRepresentation: [TLV(0xa8, [TLV(0xa0, [UInt8]())])]).file()
        var mutator = SeededGenerator(seed: 39_794)
        var read = 0
        for _ in 0..<20_000 {
            // Most changes aim at the structure around the image.
            var mutated = seed
            for _ in 0...mutator.next(2) { mutated[mutator.next(70)] = UInt8(mutator.next(256)) }
            if mutator.next(2) == 0 { mutated = mutator.mutated(mutated) }
            if let face = try? FaceImage(dataGroup2: mutated) {
                read += 1
                #expect(face.bytes.count < mutated.count)
            }
        }
        #expect(read > 100 && read < 19_000)
    }
}
