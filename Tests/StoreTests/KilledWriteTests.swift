import Foundation
import StationCore
import Testing

@testable import Store

/// SIGKILL in the middle of the writing of a transaction, at any byte, again and again on the same files: what was
/// acknowledged is whole, and nothing of what was not comes back in part. The page cache survives a kill, so a killed process
/// leaves what it had written so far, in the order in which SQLite writes it, over what stood there before.
@Suite struct KilledWriteTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func whatWasAcknowledgedIsWholeWhereverTheKillFalls(_ seed: UInt64) async throws {
        var life = try Life(seed: seed)
        for _ in 0..<(ProcessInfo.processInfo.environment["KILLED_WRITES"].flatMap(Int.init) ?? 25) {
            try await life.round()
        }
        #expect(life.torn > 10, "seed \(seed)")
    }

    private struct Life {
        private let random: SeededRandom
        private let seed: UInt64
        private var fixture: StoreFixture
        private var acknowledged: [ItemID: SealedItem] = [:]
        private(set) var torn = 0
        private var number = 0
        private var place = 0
        private var span = 0..<0

        init(seed: UInt64) throws {
            self.seed = seed
            random = SeededRandom(seed)
            fixture = try StoreFixture(seed: seed)
        }

        private struct Files {
            let database: Data
            let log: Data
            let mark: Data

            init(_ path: String) throws {
                func contents(_ suffix: String) throws -> Data {
                    try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                }
                database = try contents("")
                log = try contents("-wal")
                mark = try contents("-open")
            }

            func write(to path: String) throws {
                for (suffix, data) in [("", database), ("-wal", log), ("-open", mark)] {
                    try data.write(to: URL(fileURLWithPath: path + suffix))
                }
            }
        }

        mutating func round() async throws {
            number += 1
            let store = try await fixture.open()
            try await check(store)
            for _ in 0..<random.next(below: 4) { try await act(store, isLast: false) }
            let before = try Files(fixture.path)
            try await act(store, isLast: true)
            let after = try Files(fixture.path)
            let next = try StoreFixture(seed: seed &* 1_000 &+ UInt64(number))
            next.clock.advance(fixture.clock.elapsed + .seconds(3_600))
            try cut(before, after, next.path)
            store.abandon()
            fixture = next
        }

        /// The log as far as the killed process came with it.
        private mutating func cut(_ before: Files, _ after: Files, _ path: String) throws {
            let isOnlyLog = before.database == after.database && before.log.count <= after.log.count
            guard isOnlyLog, before.log != after.log else { return try before.write(to: path) }
            let old = [UInt8](before.log)
            let new = [UInt8](after.log)
            let changed = new.indices.filter { $0 >= old.count || old[$0] != new[$0] }
            guard let first = changed.first, let last = changed.last else { return try before.write(to: path) }
            // The ends of frames and of their heads are where a write may stop; and any byte besides.
            place = first + random.next(below: last - first + 1)
            let frame = 32 + (place - 32) / 4_120 * 4_120
            switch random.next(below: 4) {
            case 0: place = max(first, frame)
            case 1: place = max(first, frame + 24)
            default: break
            }
            span = first..<last
            torn += 1
            let log = Data(new[..<place]) + (place < old.count ? Data(old[place...]) : Data())
            try after.database.write(to: URL(fileURLWithPath: path))
            try log.write(to: URL(fileURLWithPath: path + "-wal"))
            try after.mark.write(to: URL(fileURLWithPath: path + "-open"))
        }

        private mutating func act(_ store: Store, isLast: Bool) async throws {
            switch random.next(below: 7) {
            case 0, 1, 2:
                let item = try await fixture.save(store, sealed: random.bytes(3_000 + random.next(below: 40_000)))
                if !isLast { acknowledged[item.metadata.itemId] = item }
            case 3, 4:
                let batch = try await store.chooseBatch(maxItems: 3, maxBytes: 1_000_000)
                guard !batch.isEmpty else { return }
                let ids = batch.map(\.metadata.itemId)
                try await store.markSent(ids)
                try await store.apply(
                    batch.map { item in
                        (
                            item.metadata.itemId,
                            .accepted(
                                VerifiedReceipt(
                                    receiptId: name("r-\(item.metadata.sequence)"), sha256: item.sha256, json: [0x7b, 0x7d]))
                        )
                    })
            case 5:
                _ = try await store.purge(olderThan: .zero)
                _ = try await store.shrink()
            default: _ = try await store.checkpointIfQuiet()
            }
        }

        private func check(_ store: Store) async throws {
            let place = "seed \(seed), round \(number), cut at \(place) of \(span)"
            #expect(store.recovery?.kind != .rebuilt, "\(place): \(store.recovery?.text ?? "")")
            var seen: Set<ItemID> = []
            var after: Int64 = 0
            while true {
                let page = try await store.items(after: after)
                guard let last = page.last else { break }
                for summary in page {
                    seen.insert(summary.itemId)
                    #expect(summary.state != .quarantined, "\(place): \(summary.sequence)")
                    let record = try await store.item(summary.itemId)
                    #expect(record?.sha256.count == 32, "\(place): \(summary.sequence)")
                    guard summary.state != .purged else { continue }
                    let payload = try await store.payloads(of: [summary.itemId])[0]
                    #expect(payload != nil, "\(place): payload of \(summary.sequence)")
                    if let known = acknowledged[summary.itemId] { #expect(payload == known.sealed, "\(place)") }
                }
                after = last.sequence
            }
            #expect(Set(acknowledged.keys).isSubset(of: seen), "\(place): lost")
            let lost = try await store.missing().filter { range in
                acknowledged.values.contains { (range.first...range.last).contains($0.metadata.sequence) }
            }
            #expect(lost.isEmpty, "\(place): \(lost)")
        }
    }
}
