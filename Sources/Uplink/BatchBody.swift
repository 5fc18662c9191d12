import Crypto
import StationCore
import Synchronization

/// The body of a batch, framed while it is written: payloads are read from the spool a few at a time, once to compute the
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

    /// Items that are read from the spool together.
    private typealias Slice = ArraySlice<ManifestItem>

    /// The items that are in it.
    let items: [ManifestItem]
    /// The value of the `Content-Type` field.
    let contentType: String
    /// Over the whole body.
    let digest: ContentDigest
    let size: Int
    private let frame: MultipartFrame
    private let root: [UInt8]
    private let slices: [Slice]
    private let spool: any SpoolPort
    private let found = Mutex<Breach?>(nil)

    /// What kept the body from being completed; nil when nothing did.
    var breach: Breach? { found.withLock { $0 } }

    private init(
        items: [ManifestItem], frame: MultipartFrame, root: [UInt8], digest: SHA256.Digest, spool: any SpoolPort
    ) {
        self.items = items
        self.frame = frame
        self.root = root
        slices = Self.slices(items)
        self.digest = ContentDigest(digest)
        self.spool = spool
        contentType = frame.contentType
        size = items.reduce(frame.opening.count + root.count + frame.closing.count) { size, entry in
            size + frame.head(contentID: entry.itemId.text).count + entry.partBytes
        }
    }

    private static func slices(_ items: [ManifestItem]) -> [Slice] {
        var slices: [Slice] = []
        var rest = items[...]
        while !rest.isEmpty {
            var bytes = 0
            let slice = rest.prefix { entry in
                defer { bytes += entry.size }
                return bytes == 0 || bytes + entry.size <= Limits.Uplink.readAheadBytes
            }
            slices.append(slice)
            rest = rest.dropFirst(slice.count)
        }
        return slices
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
            case .whole(let digest):
                return BatchBody(items: items, frame: frame, root: root, digest: digest, spool: spool)
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
        case whole(SHA256.Digest)
        case lost(ItemID)
        case boundaryStands
    }

    private static func survey(
        _ items: [ManifestItem], root: [UInt8], frame: MultipartFrame, spool: any SpoolPort
    ) async throws -> Survey {
        let boundary = BytePattern(Array(frame.boundary.utf8))
        guard boundary.first(in: root) == nil else { return .boundaryStands }
        var hash = SHA256()
        hash.update(data: frame.opening)
        hash.update(data: root)
        for slice in slices(items) {
            try Task.checkCancellation()
            for (entry, sealed) in zip(slice, try await spool.payloads(of: Array(slice))) {
                guard let sealed else { return .lost(entry.itemId) }
                let part = Array(sealed.dropFirst(entry.offset))
                guard boundary.first(in: part) == nil else { return .boundaryStands }
                hash.update(data: frame.head(contentID: entry.itemId.text))
                hash.update(data: part)
            }
        }
        hash.update(data: frame.closing)
        return .whole(hash.finalize())
    }

    func piece(_ index: Int) async throws -> [UInt8]? {
        switch index {
        case 0: return frame.opening
        case 1: return root
        case 2..<2 + slices.count: return try await bytes(of: slices[index - 2])
        case 2 + slices.count: return frame.closing
        default: return nil
        }
    }

    private func bytes(of slice: Slice) async throws -> [UInt8] {
        let payloads: [[UInt8]?]
        do {
            payloads = try await spool.payloads(of: Array(slice))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            found.withLock { $0 = $0 ?? .spoolFailed(error) }
            throw Failure(.itemQuarantined, "the spool failed while a payload was sent")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slice.reduce(0) { $0 + $1.partBytes + frame.head(contentID: $1.itemId.text).count })
        for (entry, sealed) in zip(slice, payloads) {
            guard let sealed else {
                found.withLock { $0 = $0 ?? .payloadLost(entry.itemId) }
                throw Failure(.itemQuarantined, "a payload was lost while it was sent")
            }
            bytes += frame.head(contentID: entry.itemId.text)
            bytes += sealed.dropFirst(entry.offset)
        }
        return bytes
    }
}
