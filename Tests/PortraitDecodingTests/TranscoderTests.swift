import StationCore
import Testing

@testable import PortraitDecoding

/// The decoding itself, in this process.
struct TranscoderTests {
    @Test(arguments: [Portraits.jp2, Portraits.codestream])
    func `JPEG 2000 in colour becomes a PNG of the same picture`(encoded: [UInt8]) throws {
        let image = try PortraitTranscoder.pageImage(encoded)
        #expect(image.mediaType == .png)
        #expect(image.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        let raster = try JPEG2000Decoder.raster(try JPEG2000Header(encoded))
        #expect((raster.width, raster.height) == (24, 32))
        #expect(raster.isColour)
        let nose = Array(raster.samples[((15 * 24 + 12) * 3)...].prefix(3)).map(Int.init)
        for (sample, drawn) in zip(nose, [214, 170, 140]) { #expect(abs(sample - drawn) < 12) }
    }

    @Test func `A grey codestream decodes to its very samples`() throws {
        let raster = try JPEG2000Decoder.raster(try JPEG2000Header(Portraits.greyCodestream))
        #expect(!raster.isColour)
        #expect(raster.samples.count == 24 * 32)
        #expect(raster.samples[15 * 24 + 12] == 214)
        #expect(raster.samples[0] == 225)
    }

    @Test func `JPEG is passed on byte by byte, without what follows its end`() throws {
        #expect(try PortraitTranscoder.pageImage(Portraits.jpeg).bytes == Portraits.jpeg)
        let image = try PortraitTranscoder.pageImage(Portraits.jpeg + Array("<script>".utf8))
        #expect(image.bytes == Portraits.jpeg)
        #expect(image.mediaType == .jpeg)
    }

    @Test(arguments: [Portraits.jp2, Portraits.codestream, Portraits.greyCodestream, Portraits.jpeg])
    func `No truncated portrait is shown`(encoded: [UInt8]) {
        for count in stride(from: 0, to: encoded.count - 4, by: 7) {
            #expect(throws: Failure.self) { try PortraitTranscoder.pageImage(Array(encoded.prefix(count))) }
        }
    }

    @Test func `Other formats and oversized files are refused`() {
        let others: [[UInt8]] = [
            [], [0], Array("GIF89a".utf8), Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8),
            [0xff, 0xd8, 0xff] + [UInt8](repeating: 0, count: Limits.Portrait.encodedBytes),
        ]
        for file in others {
            #expect(throws: Failure.self) { try PortraitTranscoder.pageImage(file) }
        }
    }

    /// sYCC (enumerated colour space 18) of a mid-grey with full red difference is a red.
    @Test func `Luminance and chrominance become red, green and blue`() throws {
        let header = try JPEG2000Header(Portraits.codestream, with: .luminance)
        let planes = [76, 85, 255].map { value in
            Plane(width: 12, height: 16, depth: 8, isSigned: false, samples: [Int32](repeating: value, count: 192))
        }
        let raster = try Raster(planes: planes, header: header)
        #expect(Array(raster.samples.prefix(3)) == [254, 0, 0])
        #expect(raster.samples.count == 24 * 32 * 3)
    }

    @Test(arguments: [
        (1, false, 1, 255), (4, false, 15, 255), (12, false, 4_095, 255), (8, true, -128, 0), (8, true, 127, 255),
        (16, false, 99_999, 255),
    ])
    func `Every depth is scaled to eight bits`(depth: Int, isSigned: Bool, sample: Int32, expected: UInt8) {
        let plane = Plane(width: 1, height: 1, depth: depth, isSigned: isSigned, samples: [sample])
        #expect(plane.octets(width: 1, height: 1) == [expected])
    }
}

extension JPEG2000Header {
    fileprivate init(_ file: [UInt8], with space: ColourSpace) throws(Failure) {
        let plain = try JPEG2000Header(file)
        self.init(
            codestream: plain.codestream, colourSpace: space, width: plain.width, height: plain.height,
            components: plain.components)
    }
}
