import COpenJPEG
import StationCore

/// Samples of 8 bits, interleaved: one per pixel when grey, three (red, green, blue) when in colour.
struct Raster: Hashable, Sendable {
    let width: Int
    let height: Int
    let isColour: Bool
    let samples: [UInt8]
}

/// Decodes a bounded JPEG 2000 image with OpenJPEG.
///
/// The codec gets the bare codestream: its JP2 box reader, palettes and colour profiles stay out of reach.
enum JPEG2000Decoder {
    /// Throws `portraitUndecodable`. OpenJPEG's messages go nowhere: they would speak of the citizen's image.
    static func raster(_ header: JPEG2000Header) throws(Failure) -> Raster {
        let source = UnsafeMutablePointer<CodestreamSource>.allocate(capacity: 1)
        defer { unsafe source.deallocate() }
        let decoded: Result<Raster, Failure> = unsafe header.codestream.withUnsafeBufferPointer { bytes in
            unsafe source.initialize(to: CodestreamSource(bytes: bytes, offset: 0))
            return Result { () throws(Failure) in unsafe try decode(source, as: header) }
        }
        return try decoded.get()
    }

    private static func decode(
        _ source: UnsafeMutablePointer<CodestreamSource>, as header: JPEG2000Header
    ) throws(Failure) -> Raster {
        guard let codec = unsafe opj_create_decompress(OPJ_CODEC_J2K) else { throw .undecodable("no decoder") }
        defer { unsafe opj_destroy_codec(codec) }
        guard let stream = unsafe opj_stream_create(min(source.pointee.bytes.count, 1 << 16), 1) else {
            throw .undecodable("no stream")
        }
        defer { unsafe opj_stream_destroy(stream) }
        unsafe CodestreamSource.attach(source, to: stream)

        var parameters = opj_dparameters_t()
        unsafe opj_set_default_decoder_parameters(&parameters)
        guard unsafe opj_setup_decoder(codec, &parameters) != 0, unsafe opj_decoder_set_strict_mode(codec, 1) != 0
        else {
            throw .undecodable("decoder set-up")
        }
        var image: UnsafeMutablePointer<opj_image_t>?
        defer { unsafe opj_image_destroy(image) }
        guard unsafe opj_read_header(stream, codec, &image) != 0, let opened = unsafe image else {
            throw .undecodable("JPEG 2000 header")
        }
        guard unsafe Int(opened.pointee.numcomps) == header.components else { throw .undecodable("components differ") }
        guard unsafe opj_decode(codec, stream, opened) != 0, unsafe opj_end_decompress(codec, stream) != 0 else {
            throw .undecodable("JPEG 2000 data")
        }
        return try Raster(planes: try unsafe planes(of: opened, as: header), header: header)
    }

    private static func planes(
        of image: UnsafeMutablePointer<opj_image_t>, as header: JPEG2000Header
    ) throws(Failure) -> [Plane] {
        guard let components = unsafe image.pointee.comps else { throw .undecodable("no components") }
        var planes: [Plane] = []
        for index in 0..<header.components {
            let component = unsafe components[index]
            let (width, height) = unsafe (Int(component.w), Int(component.h))
            guard (1...header.width).contains(width), (1...header.height).contains(height), unsafe component.prec >= 1,
                unsafe component.prec <= 16, let data = unsafe component.data
            else { throw .undecodable("component \(index)") }
            let samples = unsafe Array(UnsafeBufferPointer(start: data, count: width * height))
            planes.append(
                Plane(
                    width: width, height: height, depth: unsafe Int(component.prec),
                    isSigned: unsafe component.sgnd != 0,
                    samples: samples))
        }
        return planes
    }
}

/// The codestream as OpenJPEG reads it; lives on the heap for the duration of one decoding.
@unsafe private struct CodestreamSource {
    let bytes: UnsafeBufferPointer<UInt8>
    var offset: Int

    @unsafe static func attach(
        _ source: UnsafeMutablePointer<CodestreamSource>, to stream: UnsafeMutablePointer<opj_stream_t?>
    ) {
        unsafe opj_stream_set_user_data(stream, source, nil)
        unsafe opj_stream_set_user_data_length(stream, UInt64(source.pointee.bytes.count))
        // size_t imports as Int: -1 is what OpenJPEG means by (OPJ_SIZE_T)-1, the end.
        unsafe opj_stream_set_read_function(stream) { target, count, context in
            guard let target = unsafe target, let source = unsafe CodestreamSource.from(context) else { return -1 }
            let taken = unsafe min(count, source.pointee.bytes.count - source.pointee.offset)
            guard taken > 0, let start = unsafe source.pointee.bytes.baseAddress else { return -1 }
            unsafe target.copyMemory(from: start + source.pointee.offset, byteCount: taken)
            unsafe source.pointee.offset += taken
            return taken
        }
        unsafe opj_stream_set_skip_function(stream) { count, context in
            guard let source = unsafe CodestreamSource.from(context) else { return -1 }
            let distance = unsafe min(max(0, Int(count)), source.pointee.bytes.count - source.pointee.offset)
            guard distance > 0 else { return -1 }
            unsafe source.pointee.offset += distance
            return OPJ_OFF_T(distance)
        }
        unsafe opj_stream_set_seek_function(stream) { position, context in
            guard let source = unsafe CodestreamSource.from(context), position >= 0,
                unsafe Int(position) <= source.pointee.bytes.count
            else { return 0 }
            unsafe source.pointee.offset = Int(position)
            return 1
        }
    }

    @unsafe private static func from(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<CodestreamSource>? {
        unsafe context?.assumingMemoryBound(to: CodestreamSource.self)
    }
}
