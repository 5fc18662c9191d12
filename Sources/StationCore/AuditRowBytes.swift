/// The canonical bytes that the hash of an audit row covers: UTF-8 lines, each ended by a line feed except the last,
///
///     intake-station/audit-row/v1
///     {sequence, decimal}
///     {at, YYYY-MM-DDTHH:MM:SS.sssZ}
///     {clock quality}
///     {actor}
///     {action}
///     {object, or -}
///     {item sequence, decimal, or -}
///     {detail, or -}
///     {hash of the row before, lower-case hex; 64 zeros before the first row}
///
/// No field can hold a line feed, so no two rows share their bytes. A single `-` as object or detail equals its absence.
package enum AuditRowBytes {
    /// - Parameter previous: the hash of the row before as hexadecimal.
    package static func canonical(
        sequence: Int64, at: Timestamp, clockQuality: ClockQuality, actor: WireName, action: WireName,
        object: WireName?, itemSequence: Int64?, detail: WireName?, previous: String
    ) -> [UInt8] {
        let lines = [
            "intake-station/audit-row/v1", String(sequence), at.text, clockQuality.rawValue, actor.text, action.text,
            object?.text ?? "-", itemSequence.map(String.init) ?? "-", detail?.text ?? "-", previous,
        ]
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// The bytes that the station signs over the chain's end: `intake-station/audit-head/v1\n{stationId}\n{sequence}\n{hash
    /// as hexadecimal}`.
    package static func head(stationId: WireName, sequence: Int64, hash: String) -> [UInt8] {
        Array("intake-station/audit-head/v1\n\(stationId.text)\n\(sequence)\n\(hash)".utf8)
    }
}
