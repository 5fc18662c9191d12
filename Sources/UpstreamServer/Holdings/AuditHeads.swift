import GRDB
package import StationCore
import Uplink

/// The head of a sender's audit chain as a manifest carried it.
struct AuditSighting: Sendable {
    let senderId: StationID
    let head: AuditHead
    /// Whether a registered key of the sender signed it.
    let isSigned: Bool
    /// Whether it came by stick: then a lower number than one seen before only says that the stick took its time.
    let isLate: Bool
    let at: Timestamp
}

/// A head that contradicts what was seen before.
package struct AuditAlarm: Codable, Sendable {
    /// The station whose chain it is.
    package let stationId: StationID
    /// Number of the entry.
    package let sequence: Int64
    /// `unsigned`, `rewritten` (another hash under a number seen before) or `rewound` (a lower number than before).
    package let alarm: String
    /// When it was first seen.
    package let at: Timestamp
}

/// Remembers every head: a chain that was rewritten at the station is noticed here.
enum AuditHeads {
    static func record(_ sighting: AuditSighting, in database: Database) throws {
        let station = sighting.senderId.text
        let head = sighting.head
        let isKnown =
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM audit_head WHERE station_id = ? AND sequence = ? AND head = ?)",
                arguments: [station, head.sequence, head.head.text]
            ) ?? false
        guard !isKnown else { return }
        let isRewritten =
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM audit_head WHERE station_id = ? AND sequence = ?)",
                arguments: [station, head.sequence]
            ) ?? false
        let newest =
            try Int64.fetchOne(
                database,
                sql: "SELECT max(sequence) FROM audit_head WHERE station_id = ? AND alarm IS NULL",
                arguments: [station]
            ) ?? 0
        let alarm: String? =
            if !sighting.isSigned { "unsigned" } else if isRewritten {
                "rewritten"
            } else if head.sequence < newest, !sighting.isLate {
                "rewound"
            } else { nil }
        try database.execute(
            sql: "INSERT INTO audit_head (station_id, sequence, head, first_at, alarm) VALUES (?, ?, ?, ?, ?)",
            arguments: [station, head.sequence, head.head.text, sighting.at.text, alarm]
        )
    }

    static func alarms(in database: Database) throws -> [AuditAlarm] {
        try Row.fetchAll(database, sql: "SELECT * FROM audit_head WHERE alarm IS NOT NULL ORDER BY first_at")
            .compactMap { row in
                guard let station = WireName(row["station_id"]), let at = Timestamp(text: row["first_at"]) else {
                    throw Failure(.storeDamaged, "audit_head")
                }
                return AuditAlarm(stationId: station, sequence: row["sequence"], alarm: row["alarm"], at: at)
            }
    }
}
