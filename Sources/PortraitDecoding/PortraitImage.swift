package import StationCore

/// A portrait in a form that every browser shows: what the page and the socket API hand out.
package struct PortraitImage: Hashable, Sendable {
    /// What the bytes are.
    package enum MediaType: String, Sendable, CaseIterable {
        /// ISO/IEC 15948.
        case png = "image/png"
        /// ISO/IEC 10918-1.
        case jpeg = "image/jpeg"
    }

    /// The image file.
    package let bytes: [UInt8]
    /// What the bytes are.
    package let mediaType: MediaType

    /// Judges bytes of unknown origin by their own structure: a PNG whose header is within the limits, or a whole JPEG.
    /// Throws `portraitUndecodable`.
    package init(checking bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Portrait.pageBytes else { throw .undecodable("image over the limit") }
        if bytes.starts(with: Self.pngSignature) {
            try Self.checkHeader(bytes)
            self.init(png: bytes)
        } else {
            self.init(jpeg: try JPEGFile(bytes))
        }
    }

    init(png bytes: [UInt8]) {
        self.bytes = bytes
        mediaType = .png
    }

    init(jpeg file: JPEGFile) {
        bytes = file.bytes
        mediaType = .jpeg
    }

    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// ISO/IEC 15948, 11.2.2: IHDR comes first, with width and height as its first fields.
    private static func checkHeader(_ bytes: [UInt8]) throws(Failure) {
        var reader = BigEndianReader(bytes, at: pngSignature.count)
        let length = try reader.u32()
        let type = try reader.u32()
        guard length == 13, type == 0x4948_4452 else { throw .undecodable("PNG without a header") }
        try checkDimensions(width: try reader.u32(), height: try reader.u32())
    }
}

/// The one rule of size for every format. Throws `portraitUndecodable`.
func checkDimensions(width: Int, height: Int) throws(Failure) {
    let side = 1...Limits.Portrait.side
    guard side.contains(width), side.contains(height), width * height <= Limits.Portrait.pixels else {
        throw .undecodable("\(width) x \(height) pixels")
    }
}

extension Failure {
    static func undecodable(_ detail: String) -> Failure { Failure(.portraitUndecodable, detail) }
}
