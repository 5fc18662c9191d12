import GRDB
package import StationCore

/// How much there is to do for whoever sends.
package struct Workload: Hashable, Sendable {
    /// Items that may be sent now; counted up to 2, because more make no difference.
    package let due: Int
    /// Corrections among them; counted up to 2.
    package let urgent: Int
    /// Items of unknown fate that may be asked about now; counted up to 2.
    package let unknown: Int
    /// Time until the next delay is over; nil when none runs.
    package let nextDue: Duration?
}

extension Store {
    /// What may be sent and asked now, and when there will be more. Its cost does not grow with the spool.
    package func workload() async throws(Failure) -> Workload {
        let elapsed = Moment(configuration.clock).elapsed
        return try await read { db in
            func count(_ query: String, _ arguments: StatementArguments) throws -> Int {
                guard let row = try db.row(query, arguments) else {
                    throw Failure(.storeDamaged, "the workload cannot be counted")
                }
                return try row.count("items")
            }
            var due = [0, 0]
            var unknown = 0
            var next: Int64?
            for lane in [0, 1] {
                due[lane] = try count(ScheduleQuery.savedExist, ["lane": lane])
                for state in [ItemState.deferred, .unknown] {
                    let arguments: StatementArguments = ["state": state.rawValue, "lane": lane, "elapsed": elapsed]
                    let items = try count(ScheduleQuery.dueExist, arguments)
                    if state == .deferred { due[lane] += items } else { unknown += items }
                    let first = try db.row(ScheduleQuery.nextDue, arguments)?.decode(Int64?.self, forColumn: "due")
                    if let first { next = min(next ?? first, first) }
                }
            }
            return Workload(
                due: min(2, due[0] + due[1]), urgent: min(2, due[0]), unknown: min(2, unknown),
                nextDue: next.map { .milliseconds(max(0, $0 - elapsed)) })
        }
    }

    /// How long until something is due: zero when something is, nil when nothing waits.
    package func timeUntilDue() async throws(Failure) -> Duration? {
        let work = try await workload()
        return work.due > 0 || work.unknown > 0 ? .zero : work.nextDue
    }

    /// Ends every item's own wait: an administrator asked for it. What upstream asked of the whole lane stands.
    package func makeAllDue() async throws(Failure) {
        try await write { db in
            try db.run("UPDATE item SET due_at = 0 WHERE state IN ('deferred', 'unknown') AND due_at > 0")
        }
    }

    /// Gives every delay of an earlier boot a new time: due at once, but spread, so that a market's stations that come up
    /// together do not all call at the same moment. Delays of this boot stand: they outlive the process.
    func adoptDelays(at moment: Moment, _ db: Database) throws {
        let spread = Limits.Uplink.rebootSpread.wholeMilliseconds
        let draw = configuration.random.bytes(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        // A draw for each row, from one for all: rows of one store spread evenly, stores start anywhere.
        try db.run(
            """
            UPDATE item SET due_epoch = :epoch, due_at = :elapsed + abs(sequence * 40503 + :draw) % :spread
            WHERE state IN ('deferred', 'unknown') AND due_epoch IS NOT :epoch AND due_at IS NOT NULL
            """,
            [
                "epoch": configuration.clockEpoch, "elapsed": moment.elapsed, "draw": draw, "spread": spread,
            ])
        try db.run(
            """
            UPDATE item SET due_epoch = :epoch, due_at = 0 WHERE state IN ('deferred', 'unknown') AND due_at IS NULL
            """,
            ["epoch": configuration.clockEpoch])
        try adoptUpstreamWait(at: moment, after: draw % spread, db)
    }
}
