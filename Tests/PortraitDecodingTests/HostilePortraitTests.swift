import SeededRandom
import StationCore
import Testing

@testable import PortraitDecoding

/// Headers that promise too much are refused before anything is allocated; mutated files never crash the decoder.
struct HostilePortraitTests {
    /// Offsets inside a bare codestream: ISO/IEC 15444-1, A.5.1, behind SOC and the SIZ marker.
    private enum Field {
        static let width = 8
        static let height = 12
        static let tileWidth = 24
        static let components = 40
    }

    @Test(
        arguments: [
            (Field.width, [0xff, 0xff, 0xff, 0xff]), (Field.height, [0xff, 0xff, 0xff, 0xff]),
            (Field.width, [0, 0, 0x40, 0]), (Field.width, [0, 0, 0, 0]),
            (Field.tileWidth, [0, 0, 0, 0]), (Field.components, [0x40, 0]), (Field.components, [0, 0]),
        ] as [(Int, [UInt8])])
    func `A JPEG 2000 bomb is refused by its header`(offset: Int, bytes: [UInt8]) throws {
        var file = Portraits.codestream
        file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        #expect { try JPEG2000Header(file) } throws: { ($0 as? Failure)?.code == .portraitUndecodable }
    }

    @Test func `One tile per pixel is refused`() {
        var file = Portraits.codestream
        file.replaceSubrange(Field.tileWidth..<Field.tileWidth + 8, with: [0, 0, 0, 1, 0, 0, 0, 1])
        #expect(throws: Failure(.portraitUndecodable, "768 tiles")) { try JPEG2000Header(file) }
    }

    @Test func `A JP2 file with a palette is refused`() {
        let palette: [UInt8] = [0, 0, 0, 8, 0x70, 0x63, 0x6c, 0x72]
        let header: [UInt8] = [0, 0, 0, 16, 0x6a, 0x70, 0x32, 0x68] + palette
        let file = JPEG2000Header.signatureBox + header + [0, 0, 0, 0, 0x6a, 0x70, 0x32, 0x63] + Portraits.codestream
        #expect(throws: Failure(.portraitUndecodable, "JP2 with a palette")) { try JPEG2000Header(file) }
    }

    @Test func `Endless empty boxes end at the limit`() {
        let box: [UInt8] = [0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65]
        let file = JPEG2000Header.signatureBox + (0..<2_000).flatMap { _ in box }
        #expect(throws: Failure(.portraitUndecodable, "JP2 with too many boxes")) { try JPEG2000Header(file) }
    }

    @Test func `A JPEG of 65,535 pixels a side is refused`() throws {
        var file = Portraits.jpeg
        let frame = try #require(file.indices.first { file[$0] == 0xff && file[$0 + 1] == 0xc0 })
        file.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xff, 0xff, 0xff])
        #expect(throws: Failure(.portraitUndecodable, "65535 x 65535 pixels")) {
            try PortraitTranscoder.pageImage(file)
        }
    }

    @Test func `A JPEG with two frames, or a scan before its frame, is refused`() throws {
        let file = Portraits.jpeg
        let frame = try #require(file.indices.first { file[$0] == 0xff && file[$0 + 1] == 0xc0 })
        let length = Int(file[frame + 2]) << 8 | Int(file[frame + 3])
        let twice = file[..<frame] + file[frame..<frame + 2 + length] + file[frame...]
        #expect(throws: Failure(.portraitUndecodable, "JPEG with two frames")) { try JPEGFile(Array(twice)) }
        let without = file[..<frame] + file[(frame + 2 + length)...]
        #expect(throws: Failure(.portraitUndecodable, "JPEG scan before its frame")) { try JPEGFile(Array(without)) }
    }

    @Test(arguments: [Portraits.jp2, Portraits.codestream, Portraits.greyCodestream, Portraits.jpeg])
    func `Mutated portraits fail or decode, and nothing else`(original: [UInt8]) {
        var random = SeededGenerator(seed: 0x706f_7274_7261_6974)
        var decoded = 0
        for _ in 0..<5_000 {
            var file = original
            for _ in 0..<Int(random.next() % 4 + 1) { file = random.mutated(file) }
            do throws(Failure) {
                let image = try PortraitTranscoder.pageImage(file)
                #expect(image.bytes.count <= Limits.Portrait.pageBytes)
                decoded += 1
            } catch {
                #expect(error.code == .portraitUndecodable)
            }
        }
        #expect(decoded > 0, "no mutation got through: the walk is cut short before it reaches the decoder")
    }
}
