import Foundation
package import StationAPI
import StationCore

/// `intakectl reads show` for people: what was said to the card, command by command, and how it was answered.
package struct ReadRecordText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// For each attempt its conditions, then a row for each command.
    package func text(_ record: ReadRecord) -> String {
        let attempts = language.pick("\(record.attempts.count) lần thử", "\(record.attempts.count) attempts")
        let head = [
            "\(record.id)  \(record.reader)  \(record.startedAt.text)  (intaked \(record.software))",
            "  " + (record.problem.map { "\(attempts), [\($0)]" } ?? attempts),
        ]
        return (head + record.attempts.enumerated().flatMap { lines($0.offset + 1, $0.element) })
            .joined(separator: "\n")
    }

    private func lines(_ number: Int, _ attempt: ReadRecord.Attempt) -> [String] {
        var table = Table([
            "#", "MS", language.pick("GIAI ĐOẠN", "PHASE"), language.pick("LỆNH", "COMMAND"),
            language.pick("GỬI ĐI", "ON WIRE"), "LC", "LE", language.pick("GỬI", "SENT"),
            language.pick("NHẬN", "GOT"), "SW", language.pick("MẤT MS", "TOOK MS"),
        ])
        for (number, entry) in attempt.entries.enumerated() {
            table.add([
                "\(number + 1)", decimal(entry.at), entry.phase, entry.command, entry.wire, "\(entry.lc)",
                entry.le.map(String.init) ?? "-", "\(entry.sent)", "\(entry.received)",
                entry.status ?? entry.failure ?? "-", decimal(entry.milliseconds),
            ])
        }
        var lines = [
            "", language.pick("Lần \(number): ", "Attempt \(number): ") + words(attempt.conditions), table.text,
        ]
        if attempt.omitted > 0 {
            lines.append(
                language.pick("và \(attempt.omitted) lệnh không được giữ", "and \(attempt.omitted) commands not kept"))
        }
        return lines
    }

    private func words(_ conditions: ReadRecord.Conditions) -> String {
        let lengths =
            conditions.extendedLength
            ? language.pick("độ dài mở rộng", "extended length") : language.pick("độ dài ngắn", "short length")
        return [
            conditions.profile, conditions.credential.uppercased(), lengths,
            "\(conditions.maximumCommandBytes)/\(conditions.maximumResponseBytes) B",
            conditions.files.joined(separator: " "),
        ].joined(separator: ", ")
    }

    private func decimal(_ milliseconds: Double) -> String { String(format: "%.1f", milliseconds) }
}
