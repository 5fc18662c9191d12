import ApplicationForm
import Foundation
package import StationCore
package import Uplink

/// What an upstream holds, for people and tests; reads beside a running server.
package struct UpstreamHoldings: Sendable {
    /// One held item.
    package struct Held: Codable, Sendable {
        /// Its identity.
        package let itemId: ItemID
        /// The capturing station.
        package let stationId: StationID
        /// The station's number.
        package let sequence: Int64
        /// 1, or one more for each correction.
        package let revision: Int
        /// The item that this one corrects.
        package let supersedes: ItemID?
        /// `application` or `amendment`.
        package let kind: String
        /// By the station's clock.
        package let capturedAt: Timestamp
        /// By upstream's clock.
        package let receivedAt: Timestamp
        /// Bytes.
        package let size: Int
        /// Digest of those bytes.
        package let sha256: ContentDigest
        /// The receipt, as it was answered.
        package let receipt: Receipt
        /// Masked personal number; nil for amendments.
        package let maskedNumber: String?
        /// Upstream's own verification of the card evidence.
        package let findings: [Finding]
        /// Their sum.
        package let cardVerdict: Verdict
        /// How often each sender delivered it.
        package let deliveries: [String: Int]
    }

    /// One refused item.
    package struct Refused: Codable, Sendable {
        /// Its identity.
        package let itemId: ItemID
        /// The capturing station.
        package let stationId: StationID
        /// Who delivered it.
        package let senderId: StationID
        /// Digest of those bytes.
        package let sha256: ContentDigest
        /// The problem's name.
        package let problem: String
        /// When last, by upstream's clock.
        package let at: Timestamp
    }

    /// Everything.
    package struct Listing: Codable, Sendable {
        /// Held, oldest first.
        package let items: [Held]
        /// Refused, oldest first.
        package let rejections: [Refused]
        /// Audit chains that contradict what was seen before.
        package let auditAlarms: [AuditAlarm]
    }

    /// A further part of an opened item.
    package struct File: Codable, Sendable {
        /// Its content id.
        package let name: String
        /// Bytes.
        package let size: Int
        /// Digest of those bytes.
        package let sha256: ContentDigest
    }

    private let directory: UpstreamDirectory

    /// Names the holdings of a directory.
    package init(_ directory: UpstreamDirectory) { self.directory = directory }

    /// Everything held and refused, oldest first. Throws `storeDamaged`, `storeNewer`.
    package func list() throws -> Listing {
        guard FileManager.default.fileExists(atPath: directory.databasePath) else {
            return Listing(items: [], rejections: [], auditAlarms: [])
        }
        let store = try UpstreamStore(readingFrom: directory.databasePath)
        let refused = try store.rejections().map {
            Refused(
                itemId: $0.itemId,
                stationId: $0.stationId,
                senderId: $0.senderId,
                sha256: $0.sha256,
                problem: $0.problem,
                at: $0.at
            )
        }
        return try Listing(items: store.list().map(Self.held), rejections: refused, auditAlarms: store.auditAlarms())
    }

    /// One item with its opened content as JSON, or nil. It shows personal data: for people with the right to see it.
    package func show(_ itemId: ItemID) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: directory.databasePath),
            let (stored, sealed) = try UpstreamStore(readingFrom: directory.databasePath).item(itemId)
        else { return nil }
        guard let key = try directory.keys().recipient(stored.item.keyId),
            let plaintext = try? ItemSealer.open(sealed, context: stored.item.context(suite: key.suite), with: key),
            let content = try? OpenedContent(plaintext, of: stored.item)
        else { throw Failure(.storeDamaged, "\(itemId.text) does not open") }
        let files = content.files.sorted { $0.key < $1.key }
            .map { File(name: $0.key, size: $0.value.count, sha256: ContentDigest(of: $0.value)) }
        return try StrictJSON.encode(Shown(item: Self.held(stored), document: content.document, files: files))
    }

    private struct Shown: Encodable {
        let item: Held
        let document: ApplicationDocument
        let files: [File]
    }

    private static func held(_ stored: StoredItem) -> Held {
        let item = stored.item
        return Held(
            itemId: item.itemId,
            stationId: item.stationId,
            sequence: item.sequence,
            revision: item.revision,
            supersedes: item.supersedes,
            kind: stored.kind,
            capturedAt: item.capturedAt,
            receivedAt: stored.receivedAt,
            size: item.size,
            sha256: item.sha256,
            receipt: stored.receipt,
            maskedNumber: stored.maskedNumber,
            findings: stored.findings,
            cardVerdict: stored.findings.combined,
            deliveries: stored.deliveries
        )
    }
}
