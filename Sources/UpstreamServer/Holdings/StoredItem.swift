import Foundation
import GRDB
import StationCore
import Uplink

/// One application as upstream holds it; its sealed bytes lie in a table of their own.
struct StoredItem: Sendable {
    let item: ManifestItem
    let kind: String
    let maskedNumber: String?
    let findings: [Finding]
    let receivedAt: Timestamp
    let receipt: Receipt
    /// How often each sender delivered it.
    let deliveries: [String: Int]

    var sha256: ContentDigest { item.sha256 }

    static func insert(
        _ item: ManifestItem,
        opened: OpenedItem,
        sealed: [UInt8],
        receipt: Receipt,
        in database: Database
    ) throws {
        let findings = String(decoding: try StrictJSON.encode(opened.findings), as: UTF8.self)
        let receiptText = String(decoding: try StrictJSON.encode(receipt), as: UTF8.self)
        try database.execute(
            sql: """
                INSERT INTO item (item_id, station_id, sequence, revision, supersedes, key_id, captured_at, size, sha256,
                  signing_key_id, signature, kind, masked_number, findings, received_at, receipt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                item.itemId.text, item.stationId.text, item.sequence, item.revision, item.supersedes?.text,
                item.keyId.text, item.capturedAt.text, item.size, item.sha256.text, item.signingKeyId.text,
                Data(item.signature.bytes).base64EncodedString(), opened.kind, opened.maskedNumber, findings,
                receipt.receivedAt.text, receiptText,
            ]
        )
        try database.execute(
            sql: "INSERT INTO sealed (item_id, bytes) VALUES (?, ?)",
            arguments: [item.itemId.text, Data(sealed)]
        )
    }

    static func fetch(_ itemId: ItemID, in database: Database) throws -> StoredItem? {
        try Row.fetchOne(database, sql: "SELECT * FROM item WHERE item_id = ?", arguments: [itemId.text])
            .map { try StoredItem($0, in: database) }
    }

    static func all(in database: Database) throws -> [StoredItem] {
        try Row.fetchAll(database, sql: "SELECT * FROM item ORDER BY received_at, station_id, sequence")
            .map { try StoredItem($0, in: database) }
    }

    static func receipt(_ text: String) throws -> Receipt {
        do {
            return try StrictJSON.decode(Receipt.self, from: Array(text.utf8))
        } catch {
            throw Failure(.storeDamaged, "a receipt cannot be read")
        }
    }

    private init(_ row: Row, in database: Database) throws {
        let name: String = row["item_id"]
        func text(_ column: String) throws -> String {
            guard let value: String = row[column] else { throw Failure(.storeDamaged, "\(name): \(column)") }
            return value
        }
        guard let itemId = ItemID(name), let stationId = WireName(try text("station_id")),
            let keyId = WireName(try text("key_id")), let capturedAt = Timestamp(text: try text("captured_at")),
            let digest = ContentDigest(try text("sha256")), let signingKeyId = WireName(try text("signing_key_id")),
            let signature = strictBase64(try text("signature")).flatMap(Signature.init(bytes:)),
            let receivedAt = Timestamp(text: try text("received_at"))
        else { throw Failure(.storeDamaged, name) }
        let supersedes: String? = row["supersedes"]
        // A manifest entry carries no suite, so any will do here.
        let context = ItemContext(
            suite: .x25519,
            stationId: stationId,
            itemId: itemId,
            sequence: row["sequence"],
            revision: row["revision"],
            supersedes: supersedes.flatMap { ItemID($0) },
            keyId: keyId,
            capturedAt: capturedAt
        )
        item = ManifestItem(
            context: context,
            size: row["size"],
            sha256: digest,
            signingKeyId: signingKeyId,
            signature: signature
        )
        kind = try text("kind")
        maskedNumber = row["masked_number"]
        do {
            findings = try StrictJSON.decode([Finding].self, from: Array(try text("findings").utf8))
        } catch is StrictJSON.Refusal {
            throw Failure(.storeDamaged, "\(name): findings")
        }
        self.receivedAt = receivedAt
        receipt = try Self.receipt(try text("receipt"))
        deliveries = try Dictionary(
            Row.fetchAll(database, sql: "SELECT sender_id, times FROM delivery WHERE item_id = ?", arguments: [name])
                .map { ($0["sender_id"], $0["times"]) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
