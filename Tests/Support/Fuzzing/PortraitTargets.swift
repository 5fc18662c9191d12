import ChipDocument
import PortraitDecoding
import StationCore

extension FuzzTarget {
    /// What is walked before an image is decoded; decoding itself runs in a process of its own.
    static var portraits: [FuzzTarget] {
        [
            FuzzTarget("jpeg2000-header", corpus: { try jpeg2000Seeds() }) { input in
                let header = try JPEG2000Header(input)
                try Violation.unless(
                    (1...Limits.Portrait.side).contains(header.width)
                        && (1...Limits.Portrait.side).contains(header.height)
                        && header.width * header.height <= Limits.Portrait.pixels, "dimensions over the limit")
                try Violation.unless(header.codestream.count <= input.count, "a code stream longer than its file")
            },
            FuzzTarget("page-image", corpus: { [jpeg, png] }) { input in
                let image = try PortraitImage(checking: input)
                try Violation.unless(input.starts(with: image.bytes), "an image that is not its file")
            },
        ]
    }

    private static func jpeg2000Seeds() throws -> [[UInt8]] {
        let whole = try FaceImage(dataGroup2: FuzzCard.shared().file(.dg2)).bytes
        let stream = Array(try JPEG2000Header(whole).codestream.prefix(200))
        // The header stands in front; what follows only costs time. A box of length 0 reaches to the end of its file.
        let boxes = whole.prefix(upTo: whole.count - (try JPEG2000Header(whole).codestream.count) - 8)
        let file: [[UInt8]] = [Array(boxes), [0, 0, 0, 0], Array("jp2c".utf8), stream]
        return [file.flatMap(\.self), stream]
    }

    /// SOI, APP0, DQT, SOF0 of 24 by 32 pixels in one component, DHT, SOS, data, EOI.
    private static let jpeg: [UInt8] =
        [0xff, 0xd8, 0xff, 0xe0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xdb, 0, 4, 1, 2]
        + [0xff, 0xc0, 0, 11, 8, 0, 32, 0, 24, 1, 1, 0x11, 0, 0xff, 0xc4, 0, 5, 0, 1, 2]
        + [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]

    private static let png: [UInt8] =
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 0, 24, 0, 0, 0, 32, 8, 2, 0, 0, 0, 1, 2, 3, 4]
}
