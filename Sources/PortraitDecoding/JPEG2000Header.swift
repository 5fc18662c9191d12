package import StationCore

/// What a JPEG 2000 image announces, read and bounded before OpenJPEG sees one byte (ISO/IEC 15444-1).
package struct JPEG2000Header: Hashable, Sendable {
    /// How the components mean colours.
    enum ColourSpace: Hashable, Sendable {
        /// One component, or what the file calls greyscale.
        case grey
        /// Red, green, blue.
        case rgb
        /// Luminance and two chrominances.
        case luminance
    }

    /// The bare codestream, SOC to its end.
    package let codestream: [UInt8]
    let colourSpace: ColourSpace
    /// Width in pixels.
    package let width: Int
    /// Height in pixels.
    package let height: Int
    let components: Int

    static let signatureBox: [UInt8] = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
    static let codestreamStart: [UInt8] = [0xff, 0x4f, 0xff, 0x51]

    static func isLikely(_ file: [UInt8]) -> Bool {
        file.starts(with: signatureBox) || file.starts(with: codestreamStart)
    }

    init(codestream: [UInt8], colourSpace: ColourSpace, width: Int, height: Int, components: Int) {
        self.codestream = codestream
        self.colourSpace = colourSpace
        self.width = width
        self.height = height
        self.components = components
    }

    /// Throws `portraitUndecodable` for what is malformed, over a limit, or a palette image.
    package init(_ file: [UInt8]) throws(Failure) {
        var enumerated: Int?
        if file.starts(with: Self.signatureBox) {
            let contents = try JP2Contents(file)
            codestream = Array(file[contents.codestream])
            enumerated = contents.enumeratedColourSpace
        } else {
            codestream = file
        }
        let size = try ImageSize(codestream)
        width = size.width
        height = size.height
        components = size.components
        switch (size.components, enumerated) {
        case (1, _), (2, _), (_, 17): colourSpace = .grey
        case (_, 18): colourSpace = .luminance
        default: colourSpace = .rgb
        }
    }
}

/// The boxes of a JP2 file that matter here: annex I.
private struct JP2Contents {
    var codestream: Range<Int>
    var enumeratedColourSpace: Int?

    init(_ file: [UInt8]) throws(Failure) {
        var reader = BigEndianReader(file, at: JPEG2000Header.signatureBox.count)
        var colour: Int?
        for _ in 0..<Limits.Portrait.segments {
            var (type, content) = try Self.box(&reader)
            switch type {
            case 0x6a70_3263:  // jp2c, I.5.4
                codestream = content.offset..<content.end
                enumeratedColourSpace = colour
                return
            case 0x6a70_3268:  // jp2h, I.5.3
                colour = try Self.colour(&content)
            default: break
            }
        }
        throw .undecodable("JP2 with too many boxes")
    }

    /// I.4: length, type, and an extended length when the length is 1; a length of 0 reaches to the end.
    private static func box(_ reader: inout BigEndianReader) throws(Failure) -> (type: Int, content: BigEndianReader) {
        let length = try reader.u32()
        let type = try reader.u32()
        switch length {
        case 0: return (type, try reader.part(reader.remaining))
        case 1:
            guard try reader.u32() == 0 else { throw .undecodable("JP2 box over the limit") }
            return (type, try reader.part(try reader.u32() - 16))
        default: return (type, try reader.part(length - 8))
        }
    }

    /// The first colour specification (I.5.3.3); palettes (I.5.3.4) do not occur in portraits and are refused.
    private static func colour(_ header: inout BigEndianReader) throws(Failure) -> Int? {
        var colour: Int?
        for _ in 0..<Limits.Portrait.segments where header.remaining > 0 {
            var (type, content) = try box(&header)
            if type == 0x7063_6c72 { throw .undecodable("JP2 with a palette") }
            guard type == 0x636f_6c72, colour == nil else { continue }
            let method = try content.u8()
            try content.skip(2)
            if method == 1 { colour = try content.u32() }
        }
        return colour
    }
}

/// The SIZ marker segment, A.5.1, which follows SOC at once.
private struct ImageSize {
    let width: Int
    let height: Int
    let components: Int

    init(_ codestream: [UInt8]) throws(Failure) {
        guard codestream.starts(with: JPEG2000Header.codestreamStart) else { throw .undecodable("no SIZ after SOC") }
        var reader = BigEndianReader(codestream, at: JPEG2000Header.codestreamStart.count)
        let length = try reader.u16()
        try reader.skip(2)
        let (right, bottom) = (try reader.u32(), try reader.u32())
        let (left, top) = (try reader.u32(), try reader.u32())
        let (tileWidth, tileHeight) = (try reader.u32(), try reader.u32())
        let (tileLeft, tileTop) = (try reader.u32(), try reader.u32())
        components = try reader.u16()
        width = right - left
        height = bottom - top
        try checkDimensions(width: width, height: height)
        guard (1...Limits.Portrait.components).contains(components), length == 38 + 3 * components else {
            throw .undecodable("\(components) components")
        }
        guard right <= 1 << 16, bottom <= 1 << 16, tileLeft <= left, tileTop <= top, tileWidth > 0, tileHeight > 0
        else { throw .undecodable("tile grid") }
        let columns = (right - tileLeft + tileWidth - 1) / tileWidth
        let rows = (bottom - tileTop + tileHeight - 1) / tileHeight
        guard columns * rows <= Limits.Portrait.tiles else { throw .undecodable("\(columns * rows) tiles") }
        for _ in 0..<components {
            let depth = try reader.u8() & 0x7f + 1
            let separations = 1...4
            guard depth <= 16, separations.contains(try reader.u8()), separations.contains(try reader.u8()) else {
                throw .undecodable("component of \(depth) bits")
            }
        }
    }
}
