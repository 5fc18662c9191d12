import StationCore
import Uplink

/// A request with its body read from the spool, as the link carries it.
struct CollectedRequest: Sendable {
    let path: String
    let fields: [HeaderField]
    let chunks: [[UInt8]]
    let size: Int
    let duration: Duration

    /// Reads the body piece by piece; throws what its source throws, and then nothing leaves.
    init(_ request: UpstreamRequest) async throws {
        path = request.path
        fields = request.fields
        size = request.size
        duration = request.duration
        var chunks: [[UInt8]] = []
        while let piece = try await request.body.piece(chunks.count) { chunks.append(piece) }
        self.chunks = chunks
    }
}
