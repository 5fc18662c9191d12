package import StationCore

/// Turns an encoded portrait, as DG2 carries it, into a page image, in this very process.
///
/// OpenJPEG has had memory errors before: outside of tests this runs only in `intake-portrait`, behind `ProcessWalls`.
package enum PortraitTranscoder {
    /// JPEG is walked and passed on, JPEG 2000 (JP2 file or bare codestream) becomes PNG.
    /// Throws `portraitUndecodable`.
    package static func pageImage(_ encoded: [UInt8]) throws(Failure) -> PortraitImage {
        guard encoded.count <= Limits.Portrait.encodedBytes else { throw .undecodable("portrait over the limit") }
        if JPEGFile.isLikely(encoded) { return PortraitImage(jpeg: try JPEGFile(encoded)) }
        guard JPEG2000Header.isLikely(encoded) else { throw .undecodable("neither JPEG nor JPEG 2000") }
        let header = try JPEG2000Header(encoded)
        return PortraitImage(png: try PNGEncoder.file(try JPEG2000Decoder.raster(header)))
    }
}
