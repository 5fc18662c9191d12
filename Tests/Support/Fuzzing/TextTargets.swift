import CitizenCard
import Foundation
import PCSCReaders
import StationAPI
import StationCore
import Uplink

extension FuzzTarget {
    /// What scanners, browsers, upstream and the card service send.
    static var texts: [FuzzTarget] {
        [
            FuzzTarget("qr", tokens: textTokens, corpus: { codes }) { input in
                guard let text = String(validating: input, as: UTF8.self) else { throw Failure(.credentialInvalid) }
                let code = try CitizenQRCode(parsing: text)
                try Violation.unless(!code.fullName.isEmpty, "a QR code without a name")
                try Violation.unless(code.number.digits.utf8.count == 12, "a number of another length")
            },
            FuzzTarget("json", tokens: jsonTokens, corpus: { try documents() }) { input in
                let request = try StrictJSON.decode(ReadRequest.self, from: input)
                let again = try StrictJSON.decode(ReadRequest.self, from: try StrictJSON.encode(request))
                try Violation.unless(again == request, "a document changes when it is written again")
            },
            FuzzTarget("decision-page", tokens: jsonTokens, corpus: { [Array(decisions.utf8)] }) { input in
                let page = try StrictJSON.decode(DecisionPage.self, from: input)
                let sizes = page.items.map(\.label.utf8.count)
                try Violation.unless(
                    sizes.allSatisfy { (1...Limits.Uplink.labelBytes).contains($0) }, "a label of no length or too long")
            },
            FuzzTarget("multipart", tokens: framingTokens, corpus: { bodies }) { try parseBody($0) },
            FuzzTarget("sealed-content", tokens: framingTokens, corpus: { contents }) { input in
                let content = try SealedContent(parsing: input)
                let again = try SealedContent(parsing: content.encode(random: SeededSource(seed: 4)))
                try Violation.unless(again == content, "content changes when it is framed again")
            },
            FuzzTarget("event-stream", tokens: eventTokens, corpus: { streams }) { try parseEvents($0) },
            FuzzTarget("reader-features", corpus: { features }) { input in
                _ = ReaderFeatures.propertiesControlCode(features: input)
                guard let size = ReaderFeatures.maximumDataBytes(properties: input) else {
                    throw Failure(.readerFault)
                }
                try Violation.unless((0...0xffff_ffff).contains(size), "size of a reader's data")
            },
            FuzzTarget("reader-names", tokens: [[0], [0, 0]], corpus: { names }) { input in
                guard let names = ReaderNames.parse(input) else { throw Failure(.readerFault) }
                try Violation.unless(names.count <= Limits.Card.readers, "too many readers")
            },
        ]
    }

    // Both layouts; nobody of these names and numbers exists.
    private static let decisions = """
        {"items":[{"itemId":"019577a0-0000-7000-8000-000000000001","label":"Hồ sơ được cấp",\
        "at":"2026-11-25T00:00:00.000Z"}],"next":"1","more":false}
        """

    private static let codes = [
        "070099001234|280012345|Điểu Thị Bưởi|01041999|Nữ|Ấp 1, Tân Khai, Hớn Quản, Bình Phước|09052021",
        "070099001234||Nguyễn Văn A|1999|Nam||09052021\r\n",
        "070099001234|Nguyễn Văn A|Nam|01041999|Ấp 1|09052024|280012345|||",
    ].map { Array($0.utf8) }

    private static let jsonTokens = [
        "{", "}", "[", "]", "\"", ":", ",", "null", "1e309", "-0", "\\u0061", "\\ud800", "\"can\"", "\\", " ", "0.1",
    ].map { Array($0.utf8) }

    private static func documents() throws -> [[UInt8]] {
        let credentials: [ReadRequest.Credential] = [
            .init(can: "001234"), .init(qr: "a|b|\"\\\u{7}Đ"),
            .init(documentNumber: "099001234", birth: "1999-04-01", expiry: "none"),
        ]
        return try credentials.map { try StrictJSON.encode(ReadRequest(credential: $0)) } + [
            Array(#"{"credential":{"can":null},"x":[1,2.5e-3,{"y":[[[[]]]]},true,"\u0110\ud83d\ude00"]}"#.utf8)
        ]
    }

    private static let boundary = "0123456789abcdef0123456789abcdef"
    private static let framingTokens =
        ["\r\n", "\r\n\r\n", "--\(boundary)", "\r\n--\(boundary)--", "Content-ID: <x>", "Content-Type: a/b", "\"", ";"]
        .map { Array($0.utf8) }
    private static let bodies = [
        "--\(boundary)\r\nContent-Type: application/json\r\n\r\n{}\r\n--\(boundary)\r\nContent-Type: "
            + "application/octet-stream\r\nContent-ID: <DG1>\r\n\r\nbytes\r\n--\(boundary)--\r\n",
        "--\(boundary)\r\nContent-Type: application/json\r\n\r\n\r\n--\(boundary)--",
    ].map { Array($0.utf8) }
    private static let contents = bodies.map {
        Array("Content-Type: multipart/related; type=\"application/json\"; boundary=\(boundary)\r\n\r\n".utf8) + $0
    }

    private static let bounds = MultipartParser.Bounds(rootBytes: 200, partBytes: 100, parts: 3)

    /// Parts and end must not depend on how the bytes arrive.
    private static func parseBody(_ input: [UInt8]) throws {
        func outcome(_ pieces: [ArraySlice<UInt8>]) -> (parts: [MultipartPart], fault: MultipartFault?) {
            var parser = MultipartParser(boundary: boundary, bounds: bounds)
            var parts: [MultipartPart] = []
            do throws(MultipartFault) {
                for piece in pieces { parts += try parser.push(piece) }
                try parser.finish()
                return (parts, nil)
            } catch { return (parts, error) }
        }
        let whole = outcome([input[...]])
        let cut = Int(Mutator.fingerprint(input) % UInt64(input.count + 1))
        let pieces = outcome([input[..<cut], input[cut...]])
        try Violation.unless(whole.parts == pieces.parts, "parts depend on how they arrive")
        try Violation.unless((whole.fault == nil) == (pieces.fault == nil), "the end depends on how it arrives")
        if let fault = whole.fault { throw fault }
    }

    private static let eventTokens = ["\n", "\r\n", "data: ", "id: ", "event:", ":", "\n\n", "\u{301}"]
        .map { Array($0.utf8) }
    private static let streams = [
        "id: 41\nevent: snapshot\ndata: {\"a\":1}\ndata: {}\n\n:\n\ndata: x\n\n", "event: read\r\ndata: Đ\r\n\r\n",
    ].map { Array($0.utf8) }

    private static func parseEvents(_ input: [UInt8]) throws {
        var whole = ServerSentEventParser()
        let events = try whole.push(input)
        var pieces = ServerSentEventParser()
        let cut = Int(Mutator.fingerprint(input) % UInt64(input.count + 1))
        let parted = try pieces.push(Array(input[..<cut])) + pieces.push(Array(input[cut...]))
        try Violation.unless(events == parted, "events depend on how they arrive")
        // A carriage return inside a line belongs to its end when the line is written again.
        for event in events where !input.contains(0x0d) {
            var parser = ServerSentEventParser()
            try Violation.unless(
                parser.push(Array(event.wire.utf8)) == [event], "an event changes when it is written again")
        }
        if events.isEmpty { throw Failure(.requestMalformed) }
    }

    private static let features: [[UInt8]] = [
        [10, 4, 0, 0, 1, 0, 11, 1, 7], [0x06, 4, 0x42, 0x33, 0, 6, 0x12, 4, 0x42, 0x33, 0, 0x12],
    ]
    private static let names = [
        Array("Reader A 00 00".utf8) + [0] + Array("Đầu đọc 00 01".utf8) + [0, 0], [0], Array("A".utf8) + [0, 0],
    ]
}
