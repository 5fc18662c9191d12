import StationCore
import Synchronization
import Uplink

/// The first bytes of parts that a cut hit, so that they need not come again. In memory only: nobody is promised them,
/// and a part is stored only when all its bytes together have the manifest's digest.
final class BegunParts: Sendable {
    private struct Part {
        let sender: StationID
        let itemId: ItemID
        let sha256: ContentDigest
        let bytes: [UInt8]
    }

    /// Oldest first.
    private let parts = Mutex<[Part]>([])

    /// Keeps what came of a part, behind what was kept of it before; the oldest gives way where there are too many.
    func keep(_ body: [UInt8], of item: ManifestItem, from sender: StationID) {
        parts.withLock { parts in
            guard item.size > 0, let begun = Self.take(item, of: sender, from: &parts) else { return }
            // A part that lacks only its end still waits for at least one byte.
            let bytes = Array((begun + body).prefix(min(item.size - 1, Limits.Uplink.itemBytes)))
            guard !bytes.isEmpty else { return }
            parts.append(Part(sender: sender, itemId: item.itemId, sha256: item.sha256, bytes: bytes))
            let own = parts.indices.filter { parts[$0].sender == sender }
            if own.count > Limits.Upstream.begunPartsOfStation { parts.remove(at: own[0]) }
            if parts.count > Limits.Upstream.begunParts { parts.removeFirst() }
        }
    }

    /// The whole part: what was kept, and the body that goes on behind it. Nil when that much is not kept, or the two do
    /// not fit: that is no word on the item, which comes again from its beginning.
    func complete(_ body: [UInt8], of item: ManifestItem, from sender: StationID) -> [UInt8]? {
        guard let begun = parts.withLock({ Self.take(item, of: sender, from: &$0) }) else { return nil }
        guard item.offset > 0 else { return body }
        let whole = begun + body
        return ContentDigest(of: whole) == item.sha256 ? whole : nil
    }

    /// What is kept of these items for a station.
    func kept(of items: [ItemID], for sender: StationID) -> [BegunPart] {
        let asked = Set(items)
        return parts.withLock { parts in
            parts.filter { $0.sender == sender && asked.contains($0.itemId) }
                .map { BegunPart(itemId: $0.itemId, bytes: $0.bytes.count) }
        }
    }

    /// Takes out what is kept of an item, up to where this request goes on; nil when that much is not kept.
    private static func take(_ item: ManifestItem, of sender: StationID, from parts: inout [Part]) -> [UInt8]? {
        guard let index = parts.firstIndex(where: { $0.sender == sender && $0.itemId == item.itemId }) else {
            return item.offset == 0 ? [] : nil
        }
        let part = parts.remove(at: index)
        guard part.sha256 == item.sha256 || item.offset == 0, part.bytes.count >= item.offset else { return nil }
        return Array(part.bytes.prefix(item.offset))
    }
}
