import GRDB
import StationCore

/// The state row of an item inside a transaction.
struct ItemRow {
    let sequence: Int64
    let itemId: ItemID
    var state: ItemState
    let lane: Int64
    let revision: Int
    let supersedes: ItemID?
    let capturedAt: Timestamp
    let size: Int
    var since: Timestamp
    var sinceQuality: ClockQuality
    var attempts: Int
    var wasSent: Bool
    var dueEpoch: Int64?
    var dueAt: Int64?
    var problem: WireName?

    init(_ row: Row) throws {
        sequence = try row.integer("sequence")
        itemId = try row.itemId("item_id")
        state = try row.value("state", ItemState.init(rawValue:))
        lane = try row.integer("lane")
        revision = try row.count("revision")
        supersedes = try row.optionalItemId("supersedes")
        capturedAt = try row.time("captured_at")
        size = try row.count("size")
        since = try row.time("since")
        sinceQuality = try row.value("since_quality", ClockQuality.init(rawValue:))
        attempts = try row.count("attempts")
        wasSent = try row.flag("was_sent")
        dueEpoch = try row.decode(Int64?.self, forColumn: "due_epoch")
        dueAt = try row.decode(Int64?.self, forColumn: "due_at")
        problem = try row.optional("problem", WireName.init)
    }

    /// A row for an item that is being saved. Corrections travel in the first lane.
    init(saving metadata: ItemMetadata, key: Int64, size: Int, at moment: Moment) {
        sequence = key
        itemId = metadata.itemId
        state = .saved
        lane = metadata.supersedes == nil ? 1 : 0
        revision = metadata.revision
        supersedes = metadata.supersedes
        capturedAt = metadata.capturedAt
        self.size = size
        since = moment.now
        sinceQuality = moment.quality
        attempts = 0
        wasSent = false
    }

    /// Whether it may go into a batch now.
    func isDue(at elapsed: Int64) -> Bool {
        switch state {
        case .saved: true
        case .deferred: dueAt.map { $0 <= elapsed } ?? false
        default: false
        }
    }

    static func find(_ id: ItemID, _ db: Database) throws -> ItemRow? {
        try db.row("SELECT * FROM item WHERE item_id = ?", [blob(id.bytes)], as: ItemRow.init)
    }

    func insert(_ db: Database) throws {
        try db.run(
            "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                sequence, blob(itemId.bytes), state.rawValue, lane, revision, supersedes.map { blob($0.bytes) },
                capturedAt.milliseconds, size, since.milliseconds, sinceQuality.rawValue, attempts, wasSent, dueEpoch,
                dueAt, problem?.text,
            ])
    }

    func update(_ db: Database) throws {
        try db.run(
            """
            UPDATE item SET state = ?, since = ?, since_quality = ?, attempts = ?, was_sent = ?, due_epoch = ?,
                due_at = ?, problem = ? WHERE sequence = ?
            """,
            [
                state.rawValue, since.milliseconds, sinceQuality.rawValue, attempts, wasSent, dueEpoch, dueAt,
                problem?.text, sequence,
            ])
    }

    /// Whether a delayed item may be tried now. A delay of another run of the clock is over.
    func isDue(epoch: Int64, elapsed: Int64) -> Bool {
        guard let dueAt, dueEpoch == epoch else { return true }
        return dueAt <= elapsed
    }

    func summary(epoch: Int64, elapsed: Int64) -> ItemSummary {
        var retryIn: Duration?
        if let dueAt, !isDue(epoch: epoch, elapsed: elapsed) { retryIn = .milliseconds(dueAt - elapsed) }
        return ItemSummary(
            itemId: itemId, sequence: sequence, revision: revision, supersedes: supersedes, state: state,
            stateSince: since, capturedAt: capturedAt, size: size, attempts: attempts, retryIn: retryIn,
            problem: problem)
    }

    /// The event's data: `{"itemId","sequence","revision","state","attempts","problem"}`. Every value is of an alphabet
    /// that needs no escaping.
    var eventJSON: [UInt8] {
        let problemText = problem.map { "\"\($0.text)\"" } ?? "null"
        let text =
            "{\"itemId\":\"\(itemId.text)\",\"sequence\":\(sequence),\"revision\":\(revision),"
            + "\"state\":\"\(state.rawValue)\",\"attempts\":\(attempts),\"problem\":\(problemText)}"
        return Array(text.utf8)
    }
}
