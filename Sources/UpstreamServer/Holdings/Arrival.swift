import GRDB
import StationCore
import Uplink

/// An item that may be stored: its bytes have the digest that the manifest names.
struct Arrival: Sendable {
    let item: ManifestItem
    let sealed: [UInt8]
    /// What was inside; nil when upstream already held an item with this id and digest.
    let opened: OpenedItem?
    let receivedAt: Timestamp
}

/// What the store needs to know of an opened item.
struct OpenedItem: Sendable {
    let kind: String
    /// Masked personal number; nil for amendments.
    let maskedNumber: String?
    /// Upstream's own verification of the card evidence.
    let findings: [Finding]
}

/// What stands after a commit.
enum Settlement: Sendable {
    case accepted(ItemID, Receipt)
    case duplicate(ItemID, Receipt)
    case conflict(ItemID, held: ContentDigest)
}

/// An item that was refused.
struct Rejection: Sendable {
    let itemId: ItemID
    let sha256: ContentDigest
    let stationId: StationID
    let senderId: StationID
    let problem: String
    let at: Timestamp
    /// The signed word on it; nil for what was refused before receipts were kept.
    let receipt: Receipt?

    static func all(in database: Database) throws -> [Rejection] {
        try Row.fetchAll(database, sql: "SELECT * FROM rejection ORDER BY at, item_id").map { row in
            guard let itemId = ItemID(row["item_id"]), let sha256 = ContentDigest(row["sha256"] as String),
                let stationId = WireName(row["station_id"]), let senderId = WireName(row["sender_id"]),
                let at = Timestamp(text: row["at"])
            else { throw Failure(.storeDamaged, "rejection") }
            return Rejection(
                itemId: itemId,
                sha256: sha256,
                stationId: stationId,
                senderId: senderId,
                problem: row["problem"],
                at: at,
                receipt: try (row["receipt"] as String?).map(StoredItem.receipt)
            )
        }
    }
}
