import Crypto
import GRDB
import StationCore

/// Why a payload cannot be sent.
enum PayloadDamage: String, Error {
    /// The row or its payload is not there.
    case missing = "payload-missing"
    /// The row cannot be read, or the payload's digest is not the one that was signed.
    case damaged = "payload-damaged"

    var problem: WireName {
        switch self {
        case .missing: .constant("payload-missing")
        case .damaged: .constant("payload-damaged")
        }
    }
}

extension Store {
    /// The payload of an item, checked: digest, size and identity are those that were saved. Damage costs this item
    /// only; throws where the tree itself is damaged and a rebuilt one may still have it.
    func payload(of row: ItemRow, _ db: Database) throws -> Result<SealedItem, PayloadDamage> {
        do {
            let found = try db.row("SELECT * FROM payload WHERE sequence = ?", [row.sequence]) { found in
                try found.optionalBytes("sealed").map { sealed in
                    SealedItem(
                        metadata: try Self.metadata(found, db), sealed: sealed, sha256: try found.bytes("sha256"),
                        signingKeyId: try found.value("signing_key_id", WireName.init),
                        signature: try found.bytes("signature"))
                }
            }
            guard let item = found ?? nil else { return .failure(.missing) }
            guard Array(SHA256.hash(data: item.sealed)) == item.sha256, item.metadata.itemId == row.itemId,
                item.sealed.count == row.size, item.metadata.revision == row.revision,
                item.metadata.supersedes == row.supersedes, item.metadata.capturedAt == row.capturedAt
            else { return .failure(.damaged) }
            return .success(item)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT && canRebuild {
            throw error
        } catch {
            return .failure(.damaged)
        }
    }

    /// The digest that was signed, read for itself: a payload that cannot be read costs this item only.
    static func payloadDigest(of row: ItemRow, _ db: Database) -> Result<[UInt8], PayloadDamage> {
        do {
            guard let found = try db.row("SELECT sha256 FROM payload WHERE sequence = ?", [row.sequence]) else {
                return .failure(.missing)
            }
            let digest = try found.bytes("sha256")
            return digest.count == SHA256.byteCount ? .success(digest) : .failure(.damaged)
        } catch {
            return .failure(.damaged)
        }
    }

    static func metadata(_ row: Row, _ db: Database) throws -> ItemMetadata {
        let key = try row.integer("sequence")
        return ItemMetadata(
            stationId: try row.value("station_id", StationID.init), itemId: try row.itemId("item_id"),
            sequence: key < 0 ? try origin(key, db).sequence : key, revision: try row.count("revision"),
            supersedes: try row.optionalItemId("supersedes"), keyId: try row.value("key_id", WireName.init),
            suite: try row.value("suite", WireName.init), capturedAt: try row.time("captured_at"),
            clockQuality: try row.value("clock_quality", ClockQuality.init(rawValue:)))
    }
}
