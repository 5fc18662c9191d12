import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Somebody who has the disk, and writes with `sqlite3` into the audit of a station that is off: `intakectl audit verify`
/// names the row. What an exported file gives away is in `AuditedDayTests`.
@Suite(.serialized) struct TamperedAuditTests {
    /// Of two rows in a row the first one's place holds the second one, and the other way round; the numbers stay in order.
    private static let contents = "at, clock_quality, actor, action, object, item_sequence, detail, hash"

    @Test func verifyNamesTheRowThatIsGoneChangedOrOutOfOrder() async throws {
        try await withDaemon { station in
            try await station.enter(.lan)
            try await station.enter(.hoa)
            let rows = try await station.auditRows()
            let row = try #require(rows.firstIndex { $0.hasSuffix("operator.secret-changed op:lan") }) + 1
            let whole = try await verified(station)
            #expect(whole.status == .exited(0) && whole.report.intact && whole.report.rows > rows.count)
            await station.stopDaemon()
            let kept = station.layout.root + "/kept"
            try FileManager.default.copyItem(atPath: station.layout.state, toPath: kept)

            for (name, statements, broken) in [
                ("removed", ["DELETE FROM audit WHERE sequence = \(row)"], row),
                ("changed who", ["UPDATE audit SET actor = 'op:hoa' WHERE sequence = \(row)"], row),
                ("changed when", ["UPDATE audit SET at = at + 1 WHERE sequence = \(row)"], row),
                ("changed its hash", ["UPDATE audit SET hash = zeroblob(32) WHERE sequence = \(row)"], row),
                (
                    "reordered",
                    [
                        "CREATE TEMP TABLE one AS SELECT * FROM audit WHERE sequence = \(row)",
                        "CREATE TEMP TABLE two AS SELECT * FROM audit WHERE sequence = \(row + 1)",
                        "UPDATE audit SET (\(Self.contents)) = (SELECT \(Self.contents) FROM two) WHERE sequence = \(row)",
                        "UPDATE audit SET (\(Self.contents)) = (SELECT \(Self.contents) FROM one) WHERE sequence = \(row + 1)",
                    ], row
                ),
            ] {
                try FileManager.default.removeItem(atPath: station.layout.state)
                try FileManager.default.copyItem(atPath: kept, toPath: station.layout.state)
                try await station.alterStore(statements.joined(separator: "; "))
                try await station.startDaemon(mans: false)
                let found = try await verified(station)
                #expect(found.status == .exited(4), "\(name)")
                #expect(!found.report.intact && found.report.brokenAt == Int64(broken), "\(name): \(found.report)")
                await station.stopDaemon()
            }
        }
    }

    private func verified(_ station: BenchStation) async throws -> (
        status: StationBench.ExitStatus, report: AuditReport
    ) {
        let output = try await station.administer(["audit", "verify", "--json"])
        return (output.status, try StrictJSON.decode(AuditReport.self, from: Array(output.output.joined().utf8)))
    }
}
