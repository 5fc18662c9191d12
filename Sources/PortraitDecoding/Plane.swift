import StationCore

/// One component's samples as the decoder gave them, perhaps of lower resolution than the image.
struct Plane {
    let width: Int
    let height: Int
    let depth: Int
    let isSigned: Bool
    let samples: [Int32]

    /// The samples on the image's own grid, 8 bits each.
    func octets(width imageWidth: Int, height imageHeight: Int) -> [UInt8] {
        let offset: Int32 = isSigned ? 1 << (depth - 1) : 0
        let largest: Int32 = 1 << depth - 1
        var result: [UInt8] = []
        result.reserveCapacity(imageWidth * imageHeight)
        for y in 0..<imageHeight {
            let row = min(y * height / imageHeight, height - 1) * width
            for x in 0..<imageWidth {
                let column = min(x * width / imageWidth, width - 1)
                let (sum, overflow) = samples[row + column].addingReportingOverflow(offset)
                let value = overflow ? 0 : min(max(sum, 0), largest)
                result.append(UInt8(truncatingIfNeeded: (value * 255 + largest / 2) / largest))
            }
        }
        return result
    }
}

extension Raster {
    /// Interleaves the planes; alpha planes are left out.
    init(planes: [Plane], header: JPEG2000Header) throws(Failure) {
        let octets = planes.prefix(header.colourSpace == .grey ? 1 : 3)
            .map { $0.octets(width: header.width, height: header.height) }
        width = header.width
        height = header.height
        isColour = header.colourSpace != .grey
        guard isColour else {
            guard let only = octets.first else { throw .undecodable("no components") }
            samples = only
            return
        }
        guard octets.count == 3 else { throw .undecodable("\(octets.count) components in colour") }
        var interleaved: [UInt8] = []
        interleaved.reserveCapacity(width * height * 3)
        for index in 0..<(width * height) {
            let pixel = (octets[0][index], octets[1][index], octets[2][index])
            let (red, green, blue) = header.colourSpace == .luminance ? Self.rgb(pixel) : pixel
            interleaved += [red, green, blue]
        }
        samples = interleaved
    }

    /// ITU-R BT.601, full range, as ISO/IEC 15444-1 means sYCC.
    private static func rgb(_ pixel: (UInt8, UInt8, UInt8)) -> (UInt8, UInt8, UInt8) {
        let (y, blue, red) = (Double(pixel.0), Double(pixel.1) - 128, Double(pixel.2) - 128)
        func octet(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
        return (octet(y + 1.402 * red), octet(y - 0.344136 * blue - 0.714136 * red), octet(y + 1.772 * blue))
    }
}
