import StationCore
import Testing

@testable import Uplink

@Suite struct FramingTests {
    private static let boundary = "00112233445566778899aabbccddeeff"

    private struct FixedRandom: RandomSource {
        func bytes(_ count: Int) -> [UInt8] { Hex.bytes(FramingTests.boundary)! }
    }

    @Test func `a batch body is framed to the byte`() throws {
        let body = try MultipartRelated.encode(
            root: Array("{}".utf8), parts: [("id-1", [1, 2]), ("id-2", [])], random: FixedRandom())
        #expect(
            body.contentType
                == #"multipart/related; type="application/json"; boundary=00112233445566778899aabbccddeeff"#)
        let expected =
            "--\(Self.boundary)\r\nContent-Type: application/json\r\n\r\n{}\r\n"
            + "--\(Self.boundary)\r\nContent-Type: application/octet-stream\r\nContent-ID: <id-1>\r\n\r\n\u{1}\u{2}\r\n"
            + "--\(Self.boundary)\r\nContent-Type: application/octet-stream\r\nContent-ID: <id-2>\r\n\r\n\r\n"
            + "--\(Self.boundary)--"
        #expect(String(decoding: body.chunks.joined(), as: UTF8.self) == expected)
        #expect(body.size == expected.utf8.count)
    }

    @Test func `a boundary that stands in a part is not used`() throws {
        let first = SeededRandom(1).bytes(16)
        let body = try MultipartRelated.encode(
            root: Array("{}".utf8), parts: [("a", Array("..\(Hex.text(first))..".utf8))], random: SeededRandom(1))
        let boundary = try #require(MultipartRelated.boundary(ofContentType: body.contentType))
        #expect(boundary != Hex.text(first))
        #expect(throws: Failure.self) {
            try MultipartRelated.encode(
                root: Array(Self.boundary.utf8), parts: [], random: FixedRandom())
        }
    }

    static let sample: (boundary: String, bytes: [UInt8], parts: [MultipartPart]) = {
        let parts: [(contentID: String, bytes: [UInt8])] = [
            ("one", [0x0d, 0x0a, 0x2d, 0x2d, 0x30]), ("two", []),
            ("three", SeededRandom(3).bytes(3_000)), ("four", Array("\r\n--\(String(boundary.dropLast()))".utf8)),
        ]
        let root = Array(#"{"a":1}"#.utf8)
        let body = try! MultipartRelated.encode(root: root, parts: parts, random: FixedRandom())
        return (
            boundary, Array(body.chunks.joined()),
            [MultipartPart(contentType: "application/json", contentID: nil, body: root)]
                + parts.map {
                    MultipartPart(contentType: "application/octet-stream", contentID: $0.contentID, body: $0.bytes)
                }
        )
    }()

    private static let bounds = MultipartParser.Bounds(rootBytes: 100, partBytes: 3_000, parts: 5)

    @Test(arguments: [1, 2, 3, 7, 64, 500, 100_000])
    func `parts come out whole whatever the pieces`(_ size: Int) throws {
        var parser = MultipartParser(boundary: Self.sample.boundary, bounds: Self.bounds)
        var parts: [MultipartPart] = []
        var rest = Self.sample.bytes[...]
        while !rest.isEmpty {
            parts += try parser.push(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(parts == Self.sample.parts)
        #expect(parser.isClosed)
        try parser.finish()
    }

    @Test func `a body cut anywhere still gives the parts that were whole`() throws {
        for length in stride(from: 0, to: Self.sample.bytes.count, by: 1) {
            var parser = MultipartParser(boundary: Self.sample.boundary, bounds: Self.bounds)
            let parts = try parser.push(Self.sample.bytes.prefix(length))
            #expect(parts == Array(Self.sample.parts.prefix(parts.count)))
            #expect(throws: MultipartFault.self) { try parser.finish() }
        }
    }

    @Test func `one empty line after the end is borne, more is not`() throws {
        for (tail, fault) in [
            ("\r\n", nil), ("\r\n\r\n", MultipartFault.bytesAfterEnd), ("x", .bytesAfterEnd), ("\n", .bytesAfterEnd),
            ("\r", .bytesAfterEnd),
        ] as [(String, MultipartFault?)] {
            #expect(Self.fault(of: Self.sample.bytes + tail.utf8) == fault, "\(Array(tail.utf8))")
        }
    }

    private static func fault(
        of bytes: [UInt8], piece: Int = .max, bounds: MultipartParser.Bounds = FramingTests.bounds
    ) -> MultipartFault? {
        var parser = MultipartParser(boundary: boundary, bounds: bounds)
        do throws(MultipartFault) {
            var rest = bytes[...]
            while !rest.isEmpty {
                _ = try parser.push(rest.prefix(piece))
                rest = rest.dropFirst(min(piece, rest.count))
            }
            try parser.finish()
            return nil
        } catch {
            return error
        }
    }

    private static func body(_ head: String, close: String = "--") -> [UInt8] {
        Array("--\(boundary)\r\n\(head)\r\n\r\nx\r\n--\(boundary)\(close)".utf8)
    }

    @Test(arguments: [
        "Content-Type: a/b\nContent-ID: <x>", "Content-Type : a/b", " Content-Type: a/b",
        "Content-Type: a/b\r\n folded",
        "Content-ID: <x>", "Content-Type: a/b\r\nContent-Type: a/b", "Content-Type: a/b\r\nX-Other: 1",
        "Content-Type: a/b\r\nContent-ID: x", "Content-Type: a/b\r\nContent-ID: <>",
        "Content-Type: a/b\r\nContent-ID: <a<b>", "Content-Type: a/b\r\nContent-ID: <a b>", "Content-Type: a/\u{1}b",
    ]) func `a part's head of another form is refused`(_ head: String) {
        #expect(Self.fault(of: Self.body(head)) == .headMalformed)
    }

    @Test func `names of fields may have any case`() {
        #expect(Self.fault(of: Self.body("content-type: a/b\r\nCONTENT-ID:<x>")) == nil)
    }

    @Test func `each bound and each form has its fault`() {
        let good = Self.sample.bytes
        #expect(Self.fault(of: Array("preamble\r\n".utf8) + good) == .notOpened)
        #expect(Self.fault(of: []) == .notOpened)
        #expect(Self.fault(of: Array("--\(Self.boundary)--".utf8)) == .notOpened)
        #expect(Self.fault(of: Array(good.dropLast(2))) == .truncated)
        #expect(Self.fault(of: Self.body("Content-Type: a/b", close: "x-")) == .delimiterMalformed)
        #expect(Self.fault(of: Self.body("Content-Type: \(String(repeating: "a", count: 600))")) == .headTooLong)
        for piece in [1, 50, Int.max] {
            let few = MultipartParser.Bounds(rootBytes: 100, partBytes: 3_000, parts: 4)
            #expect(Self.fault(of: good, piece: piece, bounds: few) == .tooManyParts)
            let small = MultipartParser.Bounds(rootBytes: 100, partBytes: 2_999, parts: 5)
            #expect(Self.fault(of: good, piece: piece, bounds: small) == .partTooLarge)
            let root = MultipartParser.Bounds(rootBytes: 6, partBytes: 3_000, parts: 5)
            #expect(Self.fault(of: good, piece: piece, bounds: root) == .partTooLarge)
        }
    }

    @Test func `an endless part is refused before it is held`() {
        var parser = MultipartParser(boundary: Self.boundary, bounds: Self.bounds)
        _ = try? parser.push(Array("--\(Self.boundary)\r\nContent-Type: a/b\r\n\r\n".utf8))
        #expect(throws: MultipartFault.partTooLarge) {
            for _ in 0..<100 { _ = try parser.push([UInt8](repeating: 0x61, count: 100)) }
        }
    }

    @Test func `20,000 mutated bodies never crash the parser, whatever the pieces`() {
        let random = SeededRandom(4_711)
        let short = Array(
            try! MultipartRelated.encode(
                root: Array("{}".utf8), parts: [("a", [1, 2, 3]), ("b", random.bytes(40))], random: FixedRandom()
            ).chunks.joined())
        var whole = 0
        for _ in 0..<20_000 {
            let bytes = mutated(short, random)
            let atOnce = Self.parts(of: bytes, piece: .max)
            let inPieces = Self.parts(of: bytes, piece: 1 + random.below(30))
            #expect(atOnce.parts == inPieces.parts)
            #expect((atOnce.fault == nil) == (inPieces.fault == nil))
            if atOnce.fault == nil { whole += 1 }
        }
        #expect(whole > 100 && whole < 15_000)
    }

    private static func parts(of bytes: [UInt8], piece: Int) -> (parts: [MultipartPart], fault: MultipartFault?) {
        var parser = MultipartParser(boundary: boundary, bounds: bounds)
        var parts: [MultipartPart] = []
        do throws(MultipartFault) {
            var rest = bytes[...]
            while !rest.isEmpty {
                parts += try parser.push(rest.prefix(piece))
                rest = rest.dropFirst(min(piece, rest.count))
            }
            try parser.finish()
            return (parts, nil)
        } catch {
            return (parts, error)
        }
    }

    @Test(arguments: [
        ("multipart/related; type=\"application/json\"; boundary=\(boundary)", true),
        ("Multipart/Related;boundary=\"\(boundary)\";type=\"application/json\"", true),
        ("multipart/related; type=\"application/json\"; boundary=short", false),
        ("multipart/related; boundary=\(boundary)", false),
        ("multipart/mixed; type=\"application/json\"; boundary=\(boundary)", false),
        ("multipart/related; type=\"application/json\"; boundary=\(boundary); boundary=\(boundary)", false),
        ("multipart/related; type=\"application/json\"; boundary=\"\(boundary) x\"", false),
        ("multipart/related; type=\"application/json\"; boundary=", false),
    ]) func `the boundary is read from the media type`(_ text: String, _ good: Bool) {
        #expect(MultipartRelated.boundary(ofContentType: text) == (good ? Self.boundary : nil))
    }

    @Test(
        arguments: [
            ("application/json", "application/json"), ("Application/JSON; charset=utf-8", "application/json"),
            ("application/json ;charset=\"utf\\-8\"", "application/json"), ("application/json;", "application/json"),
            ("application", nil), ("application/", nil), ("application/json charset", nil), ("", nil),
            ("application/json; charset", nil), ("application/json, text/html", nil),
            ("application/json; a=\"", nil),
        ] as [(String, String?)]) func `media types are read`(_ text: String, _ essence: String?)
    {
        #expect(MediaType(text)?.essence == essence)
    }

    @Test func `a pattern is found where it stands and nowhere else`() {
        let random = SeededRandom(99)
        for _ in 0..<2_000 {
            let content = random.bytes(60).map { $0 & 1 }
            let pattern = random.bytes(1 + random.below(6)).map { $0 & 1 }
            let naive = (0...(content.count - pattern.count)).first { content[$0...].starts(with: pattern) }
            #expect(BytePattern(pattern).first(in: content) == naive)
        }
        #expect(BytePattern([1]).first(in: []) == nil)
    }
}
