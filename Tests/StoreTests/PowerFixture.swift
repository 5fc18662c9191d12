import CPowerLossVFS
import Foundation
import GRDB
import StationCore

@testable import Store

/// A disk of its own whose power can be cut, as a SQLite VFS with a name of its own.
final class Power: @unchecked Sendable {  // The pointer never changes, and the VFS locks every call itself.
    let name: String
    private let vfs: OpaquePointer

    init() {
        name = "power-\(UUID().uuidString)"
        vfs = power_loss_create(name)!
    }

    deinit { power_loss_destroy(vfs) }

    static let changes = UInt32(POWER_LOSS_CHANGES.rawValue)
    static let writes = UInt32(POWER_LOSS_WRITE.rawValue)
    static let syncs = UInt32(POWER_LOSS_SYNC.rawValue)
    static let truncations = UInt32(POWER_LOSS_TRUNCATE.rawValue)

    func cut(at nth: UInt64, of mask: UInt32 = changes, seed: UInt64) { power_loss_cut_at(vfs, mask, nth, seed) }
    func cut(seed: UInt64) { power_loss_cut(vfs, seed) }
    func restore() { power_loss_restore(vfs) }
    func fail(at nth: UInt64, of mask: UInt32, error: CInt, lasting: Bool) {
        power_loss_fail_at(vfs, mask, nth, error, lasting)
    }
    func heal() { power_loss_heal(vfs) }
    var isDown: Bool { power_loss_is_down(vfs) }
    var hasFailed: Bool { power_loss_has_failed(vfs) }
    var lostWrites: UInt64 { power_loss_lost_writes(vfs) }
    func count(_ mask: UInt32 = changes) -> UInt64 { power_loss_count(vfs, mask) }
}

/// What the station was told: the oracle of every power and fault test.
final class Acknowledged {
    private(set) var items: [SealedItem] = []
    private(set) var answers: [String: [UInt8]] = [:]
    private(set) var states: [ItemID: ItemState] = [:]

    func saved(_ new: NewItem, key: String) {
        items.append(new.item)
        answers[key] = new.answer
    }

    func reached(_ newStates: [ItemID: ItemState]) { states.merge(newStates) { $1 } }

    /// Everything that was acknowledged and is not there; empty when the promise was kept. An error in opening or
    /// reading is a broken promise too.
    func broken(in store: Store) async throws -> [String] {
        var problems: [String] = []
        for item in items {
            guard let record = try await store.item(item.metadata.itemId) else {
                problems.append("item \(item.metadata.sequence) is lost")
                continue
            }
            if record.metadata != item.metadata || record.sha256 != item.sha256 || record.signature != item.signature {
                problems.append("item \(item.metadata.sequence) is another")
            }
            if record.history.first?.note.action.text != "item.saved" {
                problems.append("item \(item.metadata.sequence) has lost its audit row")
            }
            if let state = states[item.metadata.itemId], record.summary.state != state {
                problems.append("item \(item.metadata.sequence) fell from \(state) to \(record.summary.state)")
            }
            let sequence = item.metadata.sequence
            let sealed = try await store.read { db in
                try db.row("SELECT sealed FROM payload WHERE sequence = ?", [sequence])?.optionalBytes("sealed")
            }
            if sealed != item.sealed { problems.append("payload \(sequence) is not what was saved") }
        }
        for (key, answer) in answers {
            let found = try await store.answer(to: try request(key))
            if found?.answer != answer { problems.append("the answer to \(key) is lost") }
        }
        let head = try await store.auditHead()
        if try await store.verifyAudit() != .intact(head) { problems.append("the audit chain is broken") }
        let integrity = try await store.read { try $0.row("PRAGMA integrity_check")?.value("integrity_check") { $0 } }
        if integrity != "ok" { problems.append("integrity: \(integrity ?? "nothing")") }
        return problems
    }
}

/// A short working day of a station: saves, a batch, answers, a checkpoint, closing. Ends at the first failure.
func workingDay(
    _ fixture: StoreFixture, _ configuration: StoreConfiguration, _ acknowledged: Acknowledged, day: Int = 0
) async throws {
    let store = try await Store.open(configuration)
    func save(_ index: Int) async throws {
        let new = try fixture.item(store, sealed: fixture.random.bytes(500 + 4_000 * (index % 3)))
        let key = "day-\(day)-\(index)"
        _ = try await store.save(new, answering: try request(key))
        acknowledged.saved(new, key: key)
    }
    for index in 0..<3 { try await save(index) }
    let batch = try await store.nextBatch(maxItems: 2, maxBytes: 1_000_000)
    let ids = batch.map(\.metadata.itemId)
    try await store.markSent(ids)
    let answers = zip(ids, batch).map { ($0, ItemOutcome.accepted(receipt($1))) }
    acknowledged.reached(try await store.apply(answers))
    try await store.checkpointIfQuiet()
    for index in 3..<6 { try await save(index) }
    try await store.close()
}
