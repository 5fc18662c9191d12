import Glibc
import StationCore
import Testing

@testable import Store

/// Full and failing disks, at every write and sync of a few saves.
struct DiskFaultTests {
    /// Saves until `count` are acknowledged or a save fails; returns the failure.
    private func saves(
        _ count: Int, _ fixture: StoreFixture, _ store: Store, _ acknowledged: Acknowledged
    ) async throws -> Failure? {
        for _ in 0..<count {
            let new = try fixture.item(store, sealed: fixture.random.bytes(6_000))
            do {
                let key = new.item.metadata.itemId.text
                _ = try await store.save(new, answering: try request(key))
                acknowledged.saved(new, key: key)
            } catch let failure as Failure {
                return failure
            }
        }
        return nil
    }

    @Test(arguments: [true, false])
    func `A full disk refuses by its name, loses nothing, and recovers when there is space`(
        lasting: Bool
    ) async throws {
        var refusals = 0
        for nth in 1...40 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            let acknowledged = Acknowledged()
            let store = try await fixture.open(vfs: power.name)
            power.fail(at: nth, of: Power.writes, error: ENOSPC, lasting: lasting)
            let failure = try await saves(5, fixture, store, acknowledged)
            if power.hasFailed {
                refusals += 1
                #expect(failure?.code == .diskFull, "write \(nth): \(failure as Any)")
                #expect(store.poison == nil)
                if lasting {
                    #expect(try await saves(1, fixture, store, acknowledged)?.code == .diskFull)
                }
            }
            power.heal()
            #expect(try await saves(3, fixture, store, acknowledged) == nil, "write \(nth)")
            power.cut(seed: nth)
            power.restore()
            let again = try await fixture.open(vfs: power.name)
            let problems = try await acknowledged.broken(in: again)
            #expect(problems.isEmpty, "write \(nth)")
            // Nothing that was refused is there either.
            #expect(try await again.summary().counts[.saved] == acknowledged.items.count)
            try await again.close()
        }
        #expect(refusals > 20)
    }

    @Test(arguments: [true, false], [EIO, ENOSPC])
    func `A failed sync stops the store for good and is never tried again`(lasting: Bool, error: CInt) async throws {
        for nth in 1...5 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            let acknowledged = Acknowledged()
            let store = try await fixture.open(vfs: power.name)
            power.fail(at: nth, of: Power.syncs, error: error, lasting: lasting)
            let failure = try await saves(10, fixture, store, acknowledged)
            #expect(power.hasFailed)
            #expect(failure?.code == .diskWriteFailed)
            #expect(store.poison?.code == .diskWriteFailed)
            power.heal()
            let operations = power.count()
            #expect(try await saves(1, fixture, store, acknowledged)?.code == .diskWriteFailed)
            await expectFailure(.diskWriteFailed) { try await store.checkpointIfQuiet() }
            await expectFailure(.diskWriteFailed) { try await store.appendEvent(kind: name("x"), json: []) }
            try await store.close()
            #expect(power.count() == operations, "a poisoned store touched the disk")
            power.cut(seed: nth)
            power.restore()
            let again = try await fixture.open(vfs: power.name)
            let problems = try await acknowledged.broken(in: again)
            #expect(problems.isEmpty, "sync \(nth)")
            #expect(try await saves(2, fixture, again, acknowledged) == nil)
            try await again.close()
        }
    }

    @Test func `A failed write stops the store, and what was acknowledged is there afterwards`() async throws {
        var stops = 0
        for nth in 1...40 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            let acknowledged = Acknowledged()
            let store = try await fixture.open(vfs: power.name)
            power.fail(at: nth, of: Power.writes, error: EIO, lasting: false)
            let failure = try await saves(5, fixture, store, acknowledged)
            if power.hasFailed {
                stops += 1
                #expect(failure?.code == .diskWriteFailed)
                #expect(store.poison != nil)
                #expect(try await saves(1, fixture, store, acknowledged)?.code == .diskWriteFailed)
            }
            power.cut(seed: nth)
            power.restore()
            let again = try await fixture.open(vfs: power.name)
            let problems = try await acknowledged.broken(in: again)
            #expect(problems.isEmpty, "write \(nth)")
            try await again.close()
        }
        #expect(stops > 20)
    }

    @Test(arguments: [true, false])
    func `A checkpoint that meets a failing disk takes nothing back`(full: Bool) async throws {
        for nth in 1...6 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            let acknowledged = Acknowledged()
            let store = try await fixture.open(vfs: power.name)
            #expect(try await saves(4, fixture, store, acknowledged) == nil)
            power.fail(at: nth, of: Power.writes | Power.syncs, error: full ? ENOSPC : EIO, lasting: false)
            await #expect(throws: Failure.self) { try await store.checkpointIfQuiet() }
            #expect(power.hasFailed)
            if store.poison == nil { #expect(try await saves(2, fixture, store, acknowledged) == nil) }
            power.cut(seed: nth)
            power.restore()
            let again = try await fixture.open(vfs: power.name)
            let problems = try await acknowledged.broken(in: again)
            #expect(problems.isEmpty, "operation \(nth)")
            try await again.close()
        }
    }

    @Test func `A disk that is full when the store is created is named, and creation succeeds later`() async throws {
        for nth in 1...30 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            power.fail(at: nth, of: Power.writes, error: ENOSPC, lasting: true)
            do {
                let store = try await fixture.open(vfs: power.name)
                try await store.close()
            } catch {
                #expect((error as? Failure)?.code == .diskFull, "write \(nth): \(error)")
            }
            power.heal()
            let store = try await fixture.open(vfs: power.name)
            try await fixture.save(store)
            try await store.close()
        }
    }

    /// A station that starts on a disk without a byte serves and sends what it holds; the repair waits for room.
    @Test func `A disk that is full at the start keeps nobody from opening what is there`() async throws {
        var unsettled = 0
        for nth in 1...12 as ClosedRange<UInt64> {
            let power = Power()
            let fixture = try StoreFixture(seed: nth)
            var first = fixture.configuration(vfs: power.name)
            first.clockEpoch = 1
            let store = try await Store.open(first)
            let item = try await fixture.save(store)
            _ = try await store.chooseBatch(maxItems: 1, maxBytes: 1 << 20)
            try await store.close()
            power.fail(at: nth, of: Power.writes, error: ENOSPC, lasting: true)
            var second = first
            second.clockEpoch = 2
            let again = try await Store.open(second)
            if !again.isSettled {
                unsettled += 1
                let refused = await #expect(throws: Failure.self) { try await again.settle() }
                #expect(refused?.code == .diskFull)
            }
            power.heal()
            try await again.settle()
            #expect(again.isSettled)
            #expect(try await again.item(item.metadata.itemId)?.summary.state == .saved)
            try await again.close()
        }
        #expect(unsettled > 3)
    }
}
