import Crypto
import StationCore
import Store

/// What was promised and seen: the oracle of a run. It follows the store's durable events, each of which must be a step
/// of the transition table, and holds every later state of the disk against what was seen before.
final class Ledger: @unchecked Sendable {  // Sendable: touched by the timeline's one thread only; others are reported.
    struct Entry {
        var state = ItemState.saved
        var wasSent = false
        /// The state before the payload was deleted.
        var purgedFrom: ItemState?
    }

    private(set) var entries: [ItemID: Entry] = [:]
    /// Items in the order in which they were saved.
    private(set) var order: [ItemID] = []
    /// Cases whose citizen holds a receipt number, and under which id.
    private(set) var acknowledged: [(number: Int, item: ItemID?)] = []
    private var newestEvent: (sequence: Int64, json: [UInt8])?
    private var audited = (sequence: Int64(0), hash: [UInt8](repeating: 0, count: 32))

    func acknowledge(_ number: Int, _ item: ItemID?) { acknowledged.append((number, item)) }

    /// Reads what has happened in the store since the last time.
    func follow(_ life: Life, in world: World) async {
        do {
            while true {
                let page = try await life.store.events(after: newestEvent?.sequence ?? 0)
                guard life.isUp, !world.isOver else { return }
                for event in page.events where event.sequence > newestEvent?.sequence ?? 0 { take(event, in: world) }
                // A page without news is one that another follower took meanwhile: what is behind it is not known yet.
                guard !page.events.isEmpty, page.newest > newestEvent?.sequence ?? 0 else { return }
            }
        } catch {
            world.note("events cannot be read: \(error.code.rawValue)")
        }
    }

    private func take(_ event: StoreEvent, in world: World) {
        if let last = newestEvent, event.sequence != last.sequence + 1 {
            world.violate("event \(event.sequence) follows \(last.sequence)")
        }
        newestEvent = (event.sequence, event.json)
        guard event.kind.text == "item", let id = event.itemId else { return }
        guard let state = Self.state(in: event.json) else { return world.violate("event without state") }
        guard var entry = entries[id] else {
            if state != .saved { world.violate("item \(id) begins as \(state)") }
            entries[id] = Entry()
            order.append(id)
            return
        }
        // Something else of it has changed: upstream's decision, or when it is due.
        if state == entry.state { return }
        let steps = ItemTransition.allCases.filter {
            $0.target == state && $0.target(from: entry.state, wasSent: entry.wasSent) != nil
        }
        if steps.isEmpty { world.violate("item \(id) went from \(entry.state) to \(state)") }
        if entry.state == .accepted, state != .purged { world.violate("accepted item \(id) went back to \(state)") }
        switch state {
        case .accepted:
            world.count(.accepted)
            if !world.upstream.holds(id) { world.violate("item \(id) counts as accepted, upstream has nothing") }
        case .purged:
            world.count(.purged)
            entry.purgedFrom = entry.state
            if entry.state == .accepted, !world.upstream.holds(id) { world.violate("item \(id) purged without proof") }
        case .sent, .exported: entry.wasSent = true
        default: break
        }
        entry.state = state
        entries[id] = entry
    }

    private static let stateMark = Array("\"state\":\"".utf8)

    private static func state(in json: [UInt8]) -> ItemState? {
        guard let end = json.indices.first(where: { json[$0...].starts(with: stateMark) }) else { return nil }
        let word = json[(end + stateMark.count)...].prefix { $0 != UInt8(ascii: "\"") }
        return ItemState(rawValue: String(decoding: word, as: UTF8.self))
    }

    /// A process has begun: what was seen before must be there still, and follow from it whatever is there now.
    func checkAfterStart(_ life: Life, in world: World) async throws {
        if let last = newestEvent {
            let page = try await life.store.events(after: last.sequence - 1, limit: 1)
            if page.events.first?.json != last.json { world.violate("event \(last.sequence) is lost") }
        }
        await follow(life, in: world)
        try await checkItems(life, in: world)
        if audited.sequence > 0 {
            let entry = try await life.store.auditEntries(after: audited.sequence - 1, limit: 1).first
            if entry?.hash != audited.hash { world.violate("audit row \(audited.sequence) is lost") }
        }
        try await checkAudit(life, in: world)
    }

    /// Every item that was ever seen is there, in the state that was seen last.
    func checkItems(_ life: Life, in world: World) async throws {
        await follow(life, in: world)
        var found: [ItemID: ItemState] = [:]
        var after: Int64 = 0
        while true {
            let page = try await life.store.items(after: after)
            guard life.isUp else { return }
            for item in page { found[item.itemId] = item.state }
            guard let last = page.last else { break }
            after = last.sequence
        }
        await follow(life, in: world)
        guard life.isUp else { return }
        for id in order {
            guard let state = found[id] else {
                world.violate("item \(id) is lost")
                continue
            }
            // What changed while the pages were read was seen by the events.
            if state != entries[id]?.state, !life.isServing {
                world.violate("item \(id) is \(state), \(String(describing: entries[id]?.state)) was seen")
            }
        }
    }

    /// The audit since the last look: no gap, every hash follows from its row and the one before.
    func checkAudit(_ life: Life, in world: World) async throws {
        while true {
            let rows = try await life.store.auditEntries(after: audited.sequence, limit: Limits.Store.pageRows)
            guard !rows.isEmpty, life.isUp else { return }
            for row in rows where row.sequence > audited.sequence {
                let note = row.note
                let bytes = AuditRowBytes.canonical(
                    sequence: audited.sequence + 1, at: row.at, clockQuality: row.clockQuality, actor: note.actor,
                    action: note.action, object: note.object, itemSequence: note.itemSequence, detail: note.detail,
                    previous: Hex.text(audited.hash))
                guard row.sequence == audited.sequence + 1, Array(SHA256.hash(data: bytes)) == row.hash else {
                    return world.violate("the audit chain breaks at row \(row.sequence)")
                }
                audited = (row.sequence, row.hash)
            }
        }
    }

    /// Whether every item has come to its end.
    var isSettled: Bool {
        order.allSatisfy { id in
            switch entries[id]?.state {
            case .accepted, .cancelled, .closed, .purged: true
            default: false
            }
        }
    }

    /// The end of a run in which everything was repaired: what was promised is upstream, once.
    func checkEnd(in world: World) {
        for id in order {
            guard let entry = entries[id] else { continue }
            let end = entry.purgedFrom ?? entry.state
            switch end {
            case .accepted:
                if !world.upstream.holds(id) { world.violate("accepted item \(id) is not upstream") }
            case .cancelled:
                if world.upstream.holds(id) { world.violate("cancelled item \(id) is upstream") }
            case .closed: break
            default: world.violate("item \(id) is still \(entry.state)")
            }
        }
        for (number, item) in acknowledged {
            let held = world.upstream.items(ofCase: number)
            let isEndedByPerson = item.flatMap { entries[$0] }.map { entry in
                [.cancelled, .closed].contains(entry.purgedFrom ?? entry.state)
            }
            if let item, entries[item] == nil { world.violate("case \(number): item \(item) was never seen") }
            if held.count > 1 { world.violate("case \(number) is upstream \(held.count) times") }
            if held.isEmpty, isEndedByPerson != true { world.violate("case \(number) is lost") }
            if let item, let first = held.first, first != item {
                world.violate("case \(number) is upstream as another")
            }
        }
        for id in world.upstream.order where entries[id] == nil { world.violate("upstream has \(id), nobody saved it") }
    }
}
