import Foundation
import GRDB
import StationCore
import Testing

@testable import Store

/// A spool of at least 50 applications with a log, and every byte of it changed (a sample, or all of them with
/// `EVERY_BYTE=1`), and cut off anywhere: the store opens, nothing wrong is sent, and what is gone is named and no more
/// than the damaged page held.
struct CorruptionTests {
    @Test func `A changed byte anywhere costs at most what its page held, and that is named`() async throws {
        let spool = try await DamagedSpool.make(seed: 21)
        var tally = Tally()
        for (file, size) in [("", spool.database.count), ("-wal", spool.log.count)] {
            let offsets = try spool.offsets(file, size)
            // Two at a time: a trial waits for the disk as often as for the processor.
            for half in stride(from: 0, to: offsets.count, by: 2) {
                let pair = offsets[half..<min(half + 2, offsets.count)]
                let outcomes = try await withThrowingTaskGroup(of: (Int, DamagedSpool.Outcome).self) { group in
                    for offset in pair { group.addTask { (offset, try await spool.trial(file, at: offset)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for (offset, outcome) in outcomes {
                    tally.add(outcome)
                    let place = "\(file.isEmpty ? "database" : "log") byte \(offset)"
                    #expect(outcome.problems.isEmpty, "\(place): \(outcome.problems)")
                }
            }
        }
        print("bytes: database \(spool.database.count), log in use \(spool.usedLog)")
        print("changed bytes: \(tally.text)")
        #expect(tally.whole > 0 && tally.rebuilt > 0 && tally.named > 0)
    }

    @Test func `A file cut off anywhere opens, and everything that is gone is named`() async throws {
        let spool = try await DamagedSpool.make(seed: 22)
        var tally = Tally()
        for (file, size) in [("", spool.database.count), ("-wal", spool.log.count)] {
            for length in spool.lengths(size) {
                let outcome = try await spool.cut(file, to: length)
                tally.add(outcome)
                #expect(
                    outcome.problems.isEmpty, "\(file.isEmpty ? "database" : "log") of \(length): \(outcome.problems)")
            }
        }
        print("truncations: \(tally.text)")
        #expect(tally.rebuilt > 0 && tally.named > 0)
    }

    /// The schema's own pages hold its words: a column by another name leaves a schema that SQLite takes.
    @Test(arguments: [("payload", "sealed BLOB", "sfaled BLOB"), ("item", "due_at INTEGER", "dve_at INTEGER")])
    func `A changed word of the schema costs nothing`(_ table: String, _ word: String, _ changed: String) async throws {
        var spool = try await DamagedSpool.make(seed: 24)
        let place = try #require(spool.database.range(of: Data(word.utf8)), "\(table)")
        #expect(changed.utf8.count == word.utf8.count)
        spool.database.replaceSubrange(place, with: Data(changed.utf8))
        let outcome = try await spool.untouched()
        #expect(outcome.problems.isEmpty && outcome.named.isEmpty && outcome.recoveries == 1, "\(outcome)")
    }

    @Test func `A control that drops what it cannot read fails the same oracle`() async throws {
        let spool = try await DamagedSpool.make(seed: 23)
        let outcome = try await spool.trial("", at: spool.payloadByte) { store in
            try await store.write { db in try db.execute(sql: "DELETE FROM missing") }
        }
        #expect(!outcome.problems.isEmpty)
    }
}

/// What all trials came to.
struct Tally {
    var trials = 0
    var whole = 0
    var rebuilt = 0
    var named = 0

    mutating func add(_ outcome: DamagedSpool.Outcome) {
        trials += 1
        whole += outcome.named.isEmpty && outcome.recoveries == 0 ? 1 : 0
        rebuilt += outcome.recoveries > 0 ? 1 : 0
        named += outcome.named.isEmpty ? 0 : 1
    }

    var text: String {
        "\(trials) trials: \(whole) whole, \(rebuilt) recovered, \(named) with numbers named; lost in silence 0"
    }
}
