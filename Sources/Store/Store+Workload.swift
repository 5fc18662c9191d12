import GRDB
package import StationCore

/// How much there is to do for whoever sends.
package struct Workload: Hashable, Sendable {
    /// Items that may be sent now; counted up to 2, because more make no difference.
    package let due: Int
    /// Items of unknown fate that may be asked about now; counted up to 2.
    package let unknown: Int
    /// Time until the next delay is over; nil when none runs.
    package let nextDue: Duration?
}

extension Store {
    /// What may be sent and asked now, and when there will be more. Its cost does not grow with the spool.
    package func workload() async throws(Failure) -> Workload {
        let moment = Moment(configuration.clock)
        let epoch = configuration.clockEpoch
        return try await read { db in
            let query = """
                SELECT
                    (SELECT count(*) FROM (SELECT 1 FROM item WHERE state = 'saved' LIMIT 2)) AS saved,
                    (SELECT count(*) FROM (
                        SELECT 1 FROM item i WHERE state = 'deferred' AND \(Self.dueCondition) LIMIT 2)) AS deferred,
                    (SELECT count(*) FROM (
                        SELECT 1 FROM item i WHERE state = 'unknown' AND \(Self.dueCondition) LIMIT 2)) AS unknown,
                    (SELECT min(due_at) FROM item i
                        WHERE state IN ('deferred', 'unknown') AND NOT \(Self.dueCondition)) AS next
                """
            guard let row = try db.row(query, ["epoch": epoch, "elapsed": moment.elapsed]) else {
                throw Failure(.storeDamaged, "the workload cannot be counted")
            }
            let next = try row.decode(Int64?.self, forColumn: "next")
            return Workload(
                due: min(2, try row.count("saved") + row.count("deferred")), unknown: try row.count("unknown"),
                nextDue: next.map { .milliseconds(max(0, $0 - moment.elapsed)) })
        }
    }
}
