import CPNG
import StationCore

/// Writes a raster as PNG (ISO/IEC 15948) with libpng's simplified interface, which needs no long jumps.
enum PNGEncoder {
    /// Throws `portraitUndecodable` when the file would be larger than a page may get.
    static func file(_ raster: Raster) throws(Failure) -> [UInt8] {
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        unsafe image.width = png_uint_32(raster.width)
        unsafe image.height = png_uint_32(raster.height)
        unsafe image.format = raster.isColour ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
        let file = unsafe [UInt8](unsafeUninitializedCapacity: Limits.Portrait.pageBytes) { target, count in
            var size = png_alloc_size_t(Limits.Portrait.pageBytes)
            let written = unsafe raster.samples.withUnsafeBytes { samples in
                unsafe png_image_write_to_memory(&image, target.baseAddress, &size, 0, samples.baseAddress, 0, nil)
            }
            count = written == 1 ? Int(size) : 0
        }
        unsafe png_image_free(&image)
        guard !file.isEmpty else { throw .undecodable("PNG over the limit") }
        return file
    }
}
