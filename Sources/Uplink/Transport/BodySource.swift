/// A request's body that is never whole in memory: the transport asks for one piece after another as the link takes them.
package protocol BodySource: Sendable {
    /// Bytes of all pieces, known before the first is read.
    var size: Int { get }

    /// A piece by its place from 0; nil behind the last. A piece is little beside a batch. Throws when the body cannot be
    /// completed: the request is then cut, never completed with other bytes.
    func piece(_ index: Int) async throws -> [UInt8]?
}

extension BodySource {
    /// The whole body; for whoever has the room, such as an upstream in memory.
    package func bytes() async throws -> [UInt8] {
        var whole: [UInt8] = []
        var index = 0
        while let piece = try await piece(index) {
            whole += piece
            index += 1
        }
        return whole
    }
}

/// A body in memory.
package struct ChunkBody: BodySource {
    private let chunks: [[UInt8]]
    /// Bytes of all chunks.
    package let size: Int

    /// Takes the body's bytes in order.
    package init(chunks: [[UInt8]]) {
        self.chunks = chunks
        size = chunks.reduce(0) { $0 + $1.count }
    }

    /// A chunk.
    package func piece(_ index: Int) -> [UInt8]? { index < chunks.count ? chunks[index] : nil }
}
