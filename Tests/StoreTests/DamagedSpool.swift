import Foundation
import GRDB
import StationCore
import Testing

@testable import Store

/// A spool as a killed process leaves it, database and log, with everything that was acknowledged; and what became of it
/// when something of it was damaged.
struct DamagedSpool {
    struct Outcome {
        /// Broken promises.
        var problems: [String] = []
        /// Numbers that the station named.
        var named: [Int64] = []
        var recoveries = 0
    }

    var database: Data
    let log: Data
    let openMark: Data
    /// Everything acknowledged, by sequence number.
    let items: [Int64: SealedItem]
    /// The states that were acknowledged to a person or proven by a receipt.
    let settled: [Int64: ItemState]
    /// Most numbers that a page of the database may cost, by its number; pages that cost none are absent.
    let cost: [Int: Int]
    /// The page of each frame of the log.
    let framePages: [Int]
    /// A byte in the middle of a payload.
    let payloadByte: Int

    /// 57 applications: some accepted, one purged, some held, closed, cancelled; then a checkpoint; then more.
    static func make(seed: UInt64) async throws -> DamagedSpool {
        let fixture = try StoreFixture(seed: seed)
        let store = try await fixture.open(key: try dataKey())
        var items: [Int64: SealedItem] = [:]
        func save(_ index: Int) async throws {
            let followUp = FollowUp(
                personalNumber: Redacted("0010990000\(10 + index)"), phone: Redacted("09123456\(10 + index)"),
                name: Redacted("A"), hamlet: Redacted(nil), keepUntil: fixture.clock.now.adding(.seconds(86_400)))
            let new = try fixture.item(
                store, sealed: fixture.random.bytes(index % 7 == 0 ? 6_000 : 400), followUp: followUp)
            _ = try await store.save(new, answering: try request("key-\(index)"))
            items[new.item.metadata.sequence] = new.item
        }
        for index in 0..<10 { try await save(index) }
        let sent = try await store.nextBatch(maxItems: 10, maxBytes: 10_000_000)
            .sorted { $0.metadata.sequence < $1.metadata.sequence }
        for index in 10..<50 { try await save(index) }
        try await store.markSent(sent.map(\.metadata.itemId))
        let accepted = sent.prefix(6).map { ($0.metadata.itemId, ItemOutcome.accepted(receipt($0))) }
        _ = try await store.apply(Array(accepted))
        func act(_ verb: OperatorVerb, _ sequence: Int64) async throws {
            let id = try #require(items[sequence]).metadata.itemId
            try await store.perform(verb, on: id, actor: name("op-7"), reason: name("asked"))
        }
        try await act(.hold, 12)
        try await act(.cancel, 13)
        try await act(.close, 14)
        fixture.clock.advance(.seconds(30 * 86_400))
        while try await !store.purge(olderThan: .seconds(20 * 86_400)).purged.isEmpty {}
        try await store.checkpointIfQuiet()
        for index in 50..<56 { try await save(index) }
        try await act(.hold, 16)
        try await act(.cancel, 17)
        try await save(56)
        let settled: [Int64: ItemState] = [12: .held, 13: .purged, 14: .purged, 16: .held, 17: .cancelled]
        let purged = (1...6).map { (Int64($0), ItemState.purged) }
        let pages = try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT pageno, pagetype, ncell FROM dbstat WHERE name = 'payload'").map {
                (number: try $0.count("pageno"), kind: try $0.value("pagetype") { $0 }, cells: try $0.count("ncell"))
            }
        }
        var cost: [Int: Int] = [:]
        for page in pages { cost[page.number] = ["leaf": page.cells, "overflow": 1][page.kind] ?? 0 }
        let database = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-wal"))
        let mark = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-open"))
        let scan = try #require(try LogScan(path: fixture.path + "-wal"))
        #expect(scan.verdict == .sound)
        let frames = scan.applied.map { Int($0.page) }
        let payloadPage = pages.first { $0.kind == "overflow" && !frames.contains($0.number) }?.number ?? 0
        try await store.close()
        return DamagedSpool(
            database: database, log: whole, openMark: mark, items: items,
            settled: settled.merging(purged) { one, _ in one }, cost: cost, framePages: frames,
            payloadByte: (payloadPage - 1) * 4_096 + 2_000)
    }

    /// Bytes of the log that hold frames of its present generation.
    var usedLog: Int { 32 + framePages.count * 4_120 }

    /// The bytes to change: all of them, or a sample with the ends and heads of pages among them.
    func offsets(_ file: String, _ size: Int) throws -> [Int] {
        let used = file.isEmpty ? size : 32 + framePages.count * 4_120
        // 1: every byte; n: every nth.
        if let step = ProcessInfo.processInfo.environment["EVERY_BYTE"].flatMap(Int.init) {
            return Array(stride(from: 0, to: used, by: step))
        }
        let random = SeededRandom(UInt64(size))
        return (0..<90).map { _ in random.next(below: used) }
            + (0..<60).map { 4_096 * ($0 % (used / 4_096)) + $0 % 12 }
            + Array(used - 4..<used) + (file.isEmpty ? [16, 18, 20, 28, 56, 68, 100, 103] : Array(0..<32))
    }

    /// The lengths to cut to.
    func lengths(_ size: Int) -> [Int] {
        let random = SeededRandom(UInt64(size) + 1)
        let used = size == log.count ? 32 + framePages.count * 4_120 : size
        let count = ProcessInfo.processInfo.environment["EVERY_BYTE"] == nil ? 12 : 400
        return [0, 32, 4_096, used - 1, used - 4_120] + (0..<count).map { _ in random.next(below: used) }
    }

    /// Changes one byte and looks what becomes of it.
    func trial(
        _ file: String, at offset: Int, after: (Store) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        var bytes = file.isEmpty ? database : log
        bytes[offset] ^= UInt8(truncatingIfNeeded: 1 + offset * 37 % 255)
        let page: Int
        if file.isEmpty {
            page = offset / 4_096 + 1
        } else {
            page = offset < 32 ? 0 : framePages[min((offset - 32) / 4_120, framePages.count - 1)]
        }
        return try await look(
            file.isEmpty ? bytes : database, file.isEmpty ? log : bytes, most: cost[page] ?? 0, after: after)
    }

    /// Looks at the spool as it is.
    func untouched() async throws -> Outcome { try await look(database, log, most: 0) }

    /// Cuts a file off.
    func cut(_ file: String, to length: Int) async throws -> Outcome {
        // What a person decided in the part of the log that is gone is gone with it.
        try await look(
            file.isEmpty ? database.prefix(length) : database, file.isEmpty ? log : log.prefix(length), most: .max,
            forgetting: file.isEmpty ? [] : [16, 17])
    }

    private func look(
        _ database: Data, _ log: Data, most: Int, forgetting: Set<Int64> = [],
        after: (Store) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let fixture = try StoreFixture(seed: 5)
        try Data(database).write(to: URL(fileURLWithPath: fixture.path))
        // The log as long as it was, its unused end sparse.
        try Data(log.prefix(usedLog)).write(to: URL(fileURLWithPath: fixture.path + "-wal"))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.path + "-wal"))
        try handle.truncate(atOffset: UInt64(log.count))
        try handle.close()
        try openMark.write(to: URL(fileURLWithPath: fixture.path + "-open"))
        fixture.clock.advance(.seconds(40 * 86_400))
        var outcome = Outcome()
        do {
            try await drain(fixture, settled.filter { !forgetting.contains($0.key) }, &outcome, after)
        } catch {
            outcome.problems.append("\(error)")
        }
        // What was named besides what the damaged page held.
        let acknowledged = outcome.named.filter { items[$0] != nil }
        if acknowledged.count > most { outcome.problems.append("\(acknowledged) named, at most \(most) were hit") }
        return outcome
    }

    /// Opens, sends everything, looks at everything; when the store asks for a new start, starts anew.
    private func drain(
        _ fixture: StoreFixture, _ settled: [Int64: ItemState], _ outcome: inout Outcome,
        _ after: (Store) async throws -> Void
    ) async throws {
        for _ in 0..<4 {
            var configuration = fixture.configuration(key: try dataKey())
            let known = items
            configuration.verifies = { item in
                known[item.metadata.sequence] == nil || known[item.metadata.sequence] == item
            }
            let store = try await Store.open(configuration)
            outcome.recoveries += store.recovery == nil ? 0 : 1
            do {
                while true {
                    let batch = try await store.nextBatch(maxItems: 100, maxBytes: 50_000_000)
                    if batch.isEmpty { break }
                    for item in batch { check(item, settled, &outcome) }
                    // What was sent in this trial is not what the damage left.
                    try await store.apply(batch.map { ($0.metadata.itemId, .quarantined(problem: name("seen"))) })
                }
                var progress = CheckProgress()
                while progress.rounds == 0 { progress = try await store.check(progress) }
                try await after(store)
                try await look(at: store, settled, &outcome)
                // It goes on taking in.
                let new = try fixture.item(store)
                _ = try await store.save(new)
                if items[new.item.metadata.sequence] != nil { outcome.problems.append("a number was given out twice") }
                try await store.close()
                return
            } catch let failure as Failure where failure.code == .storeDamaged && store.poison != nil {
                continue  // The daemon ends, and the next start rebuilds.
            }
        }
        outcome.problems.append("no end of damage")
    }

    private func check(_ item: SealedItem, _ settled: [Int64: ItemState], _ outcome: inout Outcome) {
        guard let right = items[item.metadata.sequence] else {
            return outcome.problems.append("sent \(item.metadata.sequence), which nobody saved")
        }
        if item.sealed != right.sealed || item.metadata.itemId != right.metadata.itemId {
            outcome.problems.append("a wrong payload of \(item.metadata.sequence) was sent")
        }
        if let state = settled[item.metadata.sequence] {
            outcome.problems.append("sent \(item.metadata.sequence), which is \(state)")
        }
    }

    /// Acknowledged = present and whole, or a tombstone, or named.
    private func look(at store: Store, _ settled: [Int64: ItemState], _ outcome: inout Outcome) async throws {
        let missing = try await store.missing()
        for range in missing { outcome.named += Array(range.first...range.last) }
        let named = Set(outcome.named)
        let rows = try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT sequence, item_id, state FROM item").map {
                (try $0.integer("sequence"), try $0.itemId("item_id"), try $0.value("state", ItemState.init(rawValue:)))
            }
        }
        let states = Dictionary(rows.map { ($0.0, ($0.1, $0.2)) }) { one, _ in one }
        for (sequence, item) in items where !named.contains(sequence) {
            guard let (id, state) = states[sequence] else {
                outcome.problems.append("\(sequence) is gone in silence")
                continue
            }
            if id != item.metadata.itemId { outcome.problems.append("\(sequence) is another") }
            if let right = settled[sequence], state != right {
                outcome.problems.append("\(sequence) was \(right) and is \(state)")
            }
            let sealed = try await store.read { db in
                try db.row("SELECT sealed FROM payload WHERE sequence = ?", [sequence])?.optionalBytes("sealed")
            }
            if state != .purged, sealed != item.sealed { outcome.problems.append("\(sequence) is not whole, unnamed") }
        }
        if case .broken(let row) = try await store.verifyAudit() { outcome.problems.append("audit broken at \(row)") }
    }
}
