import Foundation
import GRDB
import StationCore

/// What stands between a damaged file and a daemon that serves: judges the files before SQLite touches them, and builds a
/// new database from the rows of a damaged one (law 3).
///
/// The damaged files are set aside under a name of their own and never deleted by the station.
enum StoreRecovery {
    /// What the files look like before SQLite opens them.
    enum Preflight {
        /// SQLite may open them.
        case sound
        /// SQLite may open them and will drop the log's last transaction, which does not hold together.
        case tail(DamagedFile)
        /// SQLite would lose something that was acknowledged, or a rebuilding was asked for.
        case damaged(Cause, unreadable: Int64)
    }

    /// Why a new database is built; the audit's word for it.
    enum Cause: String {
        /// A person asked for it.
        case requested
        /// The running daemon met a damaged tree.
        case metWhileRunning = "met-while-running"
        /// Acknowledged transactions stand behind a damaged frame of the log.
        case logDamaged = "log-damaged"
        /// The log is shorter than it was made at the opening.
        case logTruncated = "log-truncated"
        /// The file is shorter than its header says.
        case fileTruncated = "file-truncated"
        /// The checks at the start failed.
        case checksFailed = "checks-failed"
        /// The log's last transaction does not hold together.
        case logTail = "log-tail"
    }

    /// Looks at log, header and marks. Its cost does not grow with the spool.
    static func preflight(_ configuration: StoreConfiguration) throws(Failure) -> Preflight {
        let path = configuration.path
        let isUsed = StoreFiles.size(StoreFiles.openMark(path)) != nil
        guard StoreFiles.size(path) ?? 0 > 0 || isUsed || StoreFiles.size(path + "-wal") ?? 0 > 0 else { return .sound }
        if let cause = StoreFiles.requestedRebuild(path) { return .damaged(cause, unreadable: 0) }
        if let opened = StoreFiles.openedLogBytes(path) {
            let lost = opened - (StoreFiles.size(path + "-wal") ?? 0)
            // A save takes four frames at least.
            if lost > 0 { return .damaged(.logTruncated, unreadable: Int64(lost / (4 * StoreSchema.pageBytes) + 1)) }
        }
        let file = try DamagedFile(path: path)
        switch file.log?.verdict ?? .sound {
        case .damaged: return .damaged(.logDamaged, unreadable: 0)
        case .lastTransactionBroken where file.isTailCarriedOver: return .damaged(.logDamaged, unreadable: 0)
        case .lastTransactionBroken: return .tail(file)
        case .sound: return file.lostPages > 0 ? .damaged(.fileTruncated, unreadable: 0) : .sound
        }
    }

    /// Most rows that one lost page may have held.
    private static let rowsOfPage: Int64 = 16

    // MARK: Rebuilding

    /// Builds a new database beside the damaged one and puts it in its place. Throws `storeDamaged` when nothing in the
    /// file is a station's, `diskFull` when there is no room for a second copy; the file is then as it was.
    static func rebuild(
        _ configuration: StoreConfiguration, from known: DamagedFile?, cause: Cause, unreadable: Int64
    ) throws -> RecoveryReport {
        let path = configuration.path
        for suffix in ["", "-wal", "-journal"] { try StoreFiles.remove(path + rebuilding + suffix) }
        let source = try known ?? DamagedFile(path: path)
        var judged: RecoveryReport?
        do {
            let queue = try StoreOpening.makeFresh(path + rebuilding)
            judged = try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                var report: RecoveryReport?
                try db.inTransaction(.immediate) {
                    report = try fill(db, from: source, configuration, cause, unreadable)
                    return .commit
                }
                return report
            }
            try queue.close()
            try StoreFiles.sync(path + rebuilding)
        } catch {
            for suffix in ["", "-wal", "-journal"] { try? StoreFiles.remove(path + rebuilding + suffix) }
            throw error
        }
        guard let judged else { throw Failure(.internalFault, "a rebuilding without a result") }
        try StoreFiles.move(path + rebuilding, to: path + rebuilt)
        let aside = try takePlace(path)
        return RecoveryReport(
            kind: .rebuilt, cause: cause.rawValue, setAside: aside, payloads: judged.payloads,
            restated: judged.restated, missing: judged.missing, auditBreaks: judged.auditBreaks)
    }

    /// Ends what a rebuilding left half-way: a finished file takes its place, an unfinished one goes.
    static func finishInterrupted(_ path: String) throws(Failure) {
        if StoreFiles.size(path + rebuilt) != nil { _ = try takePlace(path) }
        if StoreFiles.size(path + rebuilding) != nil { try StoreFiles.remove(path + rebuilding) }
    }

    private static let rebuilding = ".rebuilding"
    private static let rebuilt = ".rebuilt"

    private static func fill(
        _ db: Database, from source: DamagedFile, _ configuration: StoreConfiguration, _ cause: Cause,
        _ unreadable: Int64
    ) throws -> RecoveryReport {
        var salvage = try Salvage(source, into: db)
        try salvage.all()
        let rows =
            try Int64.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM payload) + (SELECT count(*) FROM audit)") ?? 0
        guard rows > 0 || isOurs(source) else {
            throw Failure(.storeDamaged, "nothing in the file is a station's")
        }
        var judge = RecoveryJudge(
            db, at: Moment(configuration.clock), doubtful: nil, verifies: configuration.verifies)
        let lost = max(unreadable, Int64(source.lostPages) * rowsOfPage, source.endsUnfinished ? 1 : 0)
        try judge.judge(cause: cause.rawValue, unreadable: lost)
        return RecoveryReport(
            kind: .rebuilt, cause: cause.rawValue, setAside: nil, payloads: judge.payloads, restated: judge.restated,
            missing: judge.missing, auditBreaks: judge.auditBreaks)
    }

    private static func isOurs(_ source: DamagedFile) -> Bool {
        guard let first = source.current(1) else { return false }
        if Int64(first.number32(68)) == StoreSchema.applicationId { return true }
        return Data(first).range(of: Data("CREATE TABLE payload".utf8)) != nil
    }

    /// Sets the damaged files aside and gives the rebuilt one their name. May be cut off at any point and begun again.
    private static func takePlace(_ path: String) throws(Failure) -> String? {
        var number = 1
        func aside(_ number: Int) -> String { "\(path).damaged-\(number)" }
        while StoreFiles.size(aside(number)) != nil { number += 1 }
        if StoreFiles.size(path + "-wal") != nil { try StoreFiles.move(path + "-wal", to: aside(number) + "-wal") }
        try StoreFiles.remove(StoreFiles.openMark(path))
        var name: String?
        if StoreFiles.size(path) != nil {
            try StoreFiles.move(path, to: aside(number))
            name = aside(number)
        }
        try StoreFiles.move(path + rebuilt, to: path)
        try StoreFiles.remove(StoreFiles.rebuildMark(path))
        return name
    }

    // MARK: The log's tail

    /// Takes over, row by row, what holds of a last transaction that SQLite drops as a whole, and names what does not.
    static func takeOver(
        _ source: DamagedFile, _ queue: DatabaseQueue, _ configuration: StoreConfiguration
    ) throws -> RecoveryReport {
        try queue.writeWithoutTransaction { db in
            // Nothing may be written to the log before everything was read from it.
            try db.execute(sql: "PRAGMA cache_spill = OFF")
            defer { try? db.execute(sql: "PRAGMA cache_spill = ON") }
            var report: RecoveryReport?
            try db.inTransaction(.immediate) {
                // A transaction whose end is nowhere was most likely never committed: its rows, the answer to a repetition of
                // the request among them, must not come back in part. Its number is named all the same.
                guard !source.endsUnfinished else {
                    let moment = Moment(configuration.clock)
                    let next = try StoreOpening.highestSequence(db) + 1
                    let range = MissingRange(first: next, last: next, reason: .tail, foundAt: moment.now)
                    try Store.name(range, at: moment, db)
                    report = RecoveryReport(
                        kind: .tail, cause: Cause.logTail.rawValue, setAside: nil, payloads: 0, restated: 0,
                        missing: [range], auditBreaks: [])
                    return .commit
                }
                let head = try Store.auditHead(db)
                var salvage = try Salvage(source, into: db)
                try salvage.tail()
                let brokenFrames = source.log?.tail.filter { !$0.holds }.count ?? 0
                // Every transaction writes its audit row: where none is to be read, one more number may be gone.
                let isBlind = try brokenFrames > 1 && Store.auditHead(db) == head
                var judge = RecoveryJudge(
                    db, at: Moment(configuration.clock), doubtful: salvage.sequences, verifies: configuration.verifies)
                try judge.judge(cause: Cause.logTail.rawValue, unreadable: isBlind ? 1 : 0)
                report = RecoveryReport(
                    kind: .tail, cause: Cause.logTail.rawValue, setAside: nil, payloads: judge.payloads,
                    restated: judge.restated, missing: judge.missing, auditBreaks: judge.auditBreaks)
                return .commit
            }
            guard let report else { throw Failure(.internalFault, "a log's tail without a result") }
            return report
        }
    }
}
