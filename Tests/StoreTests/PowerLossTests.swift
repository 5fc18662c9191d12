import StationCore
import Testing

@testable import Store

/// SIGKILL keeps the page cache and so proves nothing about power; this disk forgets what was not synced.
struct PowerLossTests {
    @Test(arguments: [UInt64(1), 2])
    func `A cut before any write, sync, truncation or deletion of a day loses nothing acknowledged`(
        seed: UInt64
    ) async throws {
        let operations = try await { () async throws -> UInt64 in
            let power = Power()
            let fixture = try StoreFixture(seed: seed)
            let acknowledged = Acknowledged()
            try await workingDay(fixture, fixture.configuration(vfs: power.name), acknowledged)
            #expect(acknowledged.items.count == 6)
            return power.count()
        }()
        #expect(operations > 60)
        var cuts = 0
        var lost: UInt64 = 0
        for nth in 1...operations {
            let power = Power()
            let fixture = try StoreFixture(seed: seed)
            let acknowledged = Acknowledged()
            power.cut(at: nth, seed: seed &* 1_000_003 &+ nth)
            // Closing says nothing of a cut, so the last operations' cuts go by in silence.
            try? await workingDay(fixture, fixture.configuration(vfs: power.name), acknowledged)
            #expect(power.isDown)
            cuts += power.isDown ? 1 : 0
            lost += power.lostWrites
            power.restore()
            let store = try await fixture.open(vfs: power.name)
            let problems = try await acknowledged.broken(in: store)
            #expect(problems.isEmpty, "cut \(nth), seed \(seed)")
            try await store.close()
        }
        print("power loss, seed \(seed): \(cuts) cuts, each before another operation; \(lost) writes lost or torn")
        // A disk that loses nothing proves nothing.
        #expect(lost > UInt64(cuts))
    }

    @Test func `A station whose power is cut again and again keeps everything`() async throws {
        let power = Power()
        let fixture = try StoreFixture(seed: 3)
        let acknowledged = Acknowledged()
        let seeds = SeededRandom(99)
        for day in 0..<60 {
            power.cut(at: 1 + UInt64(seeds.next(below: 260)), seed: seeds.next())
            try? await workingDay(fixture, fixture.configuration(vfs: power.name), acknowledged, day: day)
            power.cut(seed: seeds.next())
            power.restore()
        }
        let store = try await fixture.open(vfs: power.name)
        #expect(try await acknowledged.broken(in: store).isEmpty)
        #expect(acknowledged.items.count > 100)
        let sequences = acknowledged.items.map(\.metadata.sequence)
        #expect(Set(sequences).count == sequences.count)
        print("power loss: \(acknowledged.items.count) acknowledged over 60 cuts, lost 0")
        try await store.close()
    }

    @Test(arguments: ["NORMAL", "OFF"])
    func `A control without FULL loses what it acknowledged`(synchronous: String) async throws {
        // Nothing is acknowledged before the store is open, however many migrations that takes.
        let opening = try await { () async throws -> UInt64 in
            let power = Power()
            let store = try await StoreFixture().open(vfs: power.name)
            let count = power.count()
            try await store.close()
            return count
        }()
        var losses = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: seed)
            let acknowledged = Acknowledged()
            var configuration = fixture.configuration(vfs: power.name)
            configuration.controlSynchronous = synchronous
            power.cut(at: opening + seed * 8, seed: seed)
            try? await workingDay(fixture, configuration, acknowledged)
            power.cut(seed: seed)
            power.restore()
            do {
                let store = try await fixture.open(vfs: power.name)
                losses += try await acknowledged.broken(in: store).isEmpty ? 0 : 1
                try await store.close()
            } catch {
                losses += acknowledged.items.isEmpty ? 0 : 1
            }
        }
        print("power loss, control \(synchronous), opened after \(opening): \(losses) of 20 runs lost something acknowledged")
        #expect(losses > 0)
    }
}
