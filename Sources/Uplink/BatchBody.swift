import Crypto
import StationCore
import Synchronization

/// The body of a batch, framed while it is written: payloads are read from the spool one at a time, once to compute the
/// digest that the request's head carries and once to send them, so that memory does not grow with the batch.
///
/// A payload that turns out damaged in between cuts the request: no wrong payload is ever sent.
final class BatchBody: BodySource {
    /// Why the body could not be completed.
    enum Breach: Sendable {
        /// This payload cannot be vouched for any more; the item is quarantined.
        case payloadLost(ItemID)
        /// The spool failed.
        case spoolFailed(any Error)
    }

    private enum Piece: Sendable {
        case bytes([UInt8])
        case payload(ManifestItem)
    }

    /// The items that are in it.
    let items: [ManifestItem]
    /// The value of the `Content-Type` field.
    let contentType: String
    /// Over the whole body.
    let digest: ContentDigest
    let size: Int
    private let pieces: [Piece]
    private let spool: any SpoolPort
    private let found = Mutex<Breach?>(nil)

    /// What kept the body from being completed; nil when nothing did.
    var breach: Breach? { found.withLock { $0 } }

    private init(
        items: [ManifestItem], frame: MultipartFrame, pieces: [Piece], digest: SHA256.Digest, spool: any SpoolPort
    ) {
        self.items = items
        contentType = frame.contentType
        self.pieces = pieces
        self.digest = ContentDigest(digest)
        self.spool = spool
        size = pieces.reduce(0) { total, piece in
            switch piece {
            case .bytes(let bytes): total + bytes.count
            case .payload(let entry): total + entry.size - entry.offset
            }
        }
    }

    /// Reads every payload once. What cannot be vouched for is left out; nil when nothing remains. Throws what the spool
    /// throws, and `internalFault` when the source of randomness gives nothing but boundaries that stand in a part.
    static func prepare(
        _ chosen: [ManifestItem], spool: any SpoolPort, random: any RandomSource,
        manifest: ([ManifestItem]) throws -> [UInt8]
    ) async throws -> BatchBody? {
        var items = chosen
        var attempts = 0
        while !items.isEmpty {
            let frame = MultipartFrame(boundary: Hex.text(random.bytes(16)))
            let root = try manifest(items)
            switch try await survey(items, root: root, frame: frame, spool: spool) {
            case .whole(let pieces, let digest):
                return BatchBody(items: items, frame: frame, pieces: pieces, digest: digest, spool: spool)
            case .lost(let id): items.removeAll { $0.itemId == id }
            case .boundaryStands:
                attempts += 1
                guard attempts < Limits.Uplink.boundaryAttempts else {
                    throw Failure(.internalFault, "every boundary drawn stands in a part")
                }
            }
        }
        return nil
    }

    private enum Survey {
        case whole([Piece], SHA256.Digest)
        case lost(ItemID)
        case boundaryStands
    }

    private static func survey(
        _ items: [ManifestItem], root: [UInt8], frame: MultipartFrame, spool: any SpoolPort
    ) async throws -> Survey {
        let boundary = BytePattern(Array(frame.boundary.utf8))
        guard boundary.first(in: root) == nil else { return .boundaryStands }
        var pieces: [Piece] = [.bytes(frame.opening), .bytes(root)]
        var hash = SHA256()
        hash.update(data: frame.opening)
        hash.update(data: root)
        for entry in items {
            try Task.checkCancellation()
            guard let sealed = try await spool.payload(of: entry) else { return .lost(entry.itemId) }
            let part = sealed.dropFirst(entry.offset)
            guard boundary.first(in: Array(part)) == nil else { return .boundaryStands }
            let head = frame.head(contentID: entry.itemId.text)
            hash.update(data: head)
            hash.update(data: part)
            pieces += [.bytes(head), .payload(entry)]
        }
        hash.update(data: frame.closing)
        pieces.append(.bytes(frame.closing))
        return .whole(pieces, hash.finalize())
    }

    func piece(_ index: Int) async throws -> [UInt8]? {
        guard index < pieces.count else { return nil }
        switch pieces[index] {
        case .bytes(let bytes): return bytes
        case .payload(let entry):
            do {
                if let sealed = try await spool.payload(of: entry) { return Array(sealed.dropFirst(entry.offset)) }
                found.withLock { $0 = $0 ?? .payloadLost(entry.itemId) }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                found.withLock { $0 = $0 ?? .spoolFailed(error) }
            }
            throw Failure(.itemQuarantined, "a payload was lost while it was sent")
        }
    }
}
