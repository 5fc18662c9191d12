import GRDB
import People
import StationCore
import Testing

@testable import Store

/// Accounts and intake sessions on disk.
@Suite struct PeopleStoreTests {
    private let lan = OperatorID("lan")!
    private let hoa = OperatorID("hoa")!

    private func account(_ person: OperatorID) throws -> OperatorAccount {
        OperatorAccount(
            person: person, role: .operator,
            credential: try OperatorCredential(
                salt: [UInt8](repeating: 1, count: 16), roundsLog2: 15, verifier: [UInt8](repeating: 2, count: 32),
                wrappedKey: [UInt8](repeating: 3, count: 60)), mustChangeSecret: true)
    }

    @Test func whatIsEnteredIsThereAfterARestart() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await store.enter(try account(lan), by: .station)
        await expectFailure(.operatorExists) { try await store.enter(try account(lan), by: .station) }
        try await store.change(lan, .suspended, by: .station) { $0.isSuspended = true }
        await expectFailure(.operatorUnknown) { try await store.change(hoa, .suspended, by: .station) { _ in } }
        try await store.close()
        let again = try await fixture.open()
        var expected = try account(lan)
        expected.isSuspended = true
        #expect(try await again.accounts() == [expected])
        #expect(try await again.verifyAudit() == .intact(try await again.auditHead()))
    }

    @Test func wrongSecretsAreCountedOnDisk() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await store.enter(try account(lan), by: .station)
        for _ in 0..<Limits.People.attempts {
            #expect(try await store.lockOutWait(of: lan) == nil)
            try await store.secretWasWrong(lan, by: .station)
        }
        #expect(try await store.lockOutWait(of: lan) == Limits.People.lockOut)
        fixture.clock.advance(Limits.People.lockOut)
        #expect(try await store.lockOutWait(of: lan) == nil)
        try await store.secretWasWrong(hoa, by: .station)
    }

    @Test func thereIsOneOpenSessionAndItsFiguresFollowItsApplications() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        try await fixture.save(store)
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [hoa])
        await expectFailure(.shiftOpen) {
            _ = try await store.openShift(
                .constant("s-2"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [])
        }
        try await fixture.save(store, shift: shift.sequence, actor: lan.actor)
        let other = try await fixture.save(store, shift: shift.sequence, actor: hoa.actor)
        var summary = try await store.summary(of: shift)
        #expect(summary.byState.values.reduce(0, +) == 2 && summary.byPerson == [lan.actor: 1, hoa.actor: 1])
        #expect(summary.transmitted == 0)
        try await store.perform(.cancel, on: other.metadata.itemId, actor: lan.actor, reason: .constant("withdrawn"))
        summary = try await store.summary(of: shift)
        #expect(summary.byState[.cancelled] == 1)
        await expectFailure(.shiftUnknown) { _ = try await store.closeShift(.constant("s-2"), by: lan) }
        let closed = try await store.closeShift(shift.shiftId, by: hoa)
        #expect(closed.closed?.by == hoa)
        #expect(try await store.openShift() == nil)
        // What comes after belongs to the next session.
        let next = try await store.openShift(
            .constant("s-2"), team: "Tổ 1", point: "Chợ", kind: .fixed, by: lan, with: [])
        try await fixture.save(store, shift: next.sequence, actor: lan.actor)
        #expect(try await store.summary(of: closed).byState.values.reduce(0, +) == 2)
        #expect(try await store.summary(of: next).byState.values.reduce(0, +) == 1)
        #expect(try await store.shifts().map(\.sequence) == [2, 1])
        #expect(try await store.people(of: shift) == [hoa, lan])
    }

    /// Whoever hears that an application is saved within a session finds it in that session's figures, whenever it closed.
    @Test func whatIsSavedWhileASessionClosesBelongsToItOrIsRefused() async throws {
        struct NoSession: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [])
        let question = DuplicateQuestion(
            personalNumber: Redacted("070123456789"), phone: Redacted(nil), day: fixture.clock.now.vietnamDay)
        let lan = lan.actor
        let saved = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<40 {
                let key = try request("k-\(index)")
                group.addTask {
                    let outcome = try await store.save(key, asking: question) { ground in
                        Result {
                            guard let open = ground.openShift else { throw NoSession() }
                            return NewItem(
                                item: try fixture.item(store).item, actor: lan, shift: open.sequence)
                        }
                    }
                    return (try? outcome.get()) != nil
                }
                if index == 20 {
                    group.addTask { [hoa] in
                        _ = try await store.closeShift(shift.shiftId, by: hoa)
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let closed = try #require(try await store.shift(shift.shiftId))
        #expect(closed.closed != nil)
        #expect(try await store.summary(of: closed).byState.values.reduce(0, +) == saved)
    }

    @Test func whatNeverReachedTheNetworkIsNotCalledTransmitted() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [])
        let items = [
            try await fixture.save(store, shift: shift.sequence, actor: lan.actor),
            try await fixture.save(store, shift: shift.sequence, actor: lan.actor),
        ].map(\.metadata.itemId)
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        try await store.markSent(items)
        #expect(try await store.summary(of: shift).transmitted == 2)
        try await store.apply([(items[0], .retry(after: .zero, problem: .constant("network-unreachable")))])
        #expect(try await store.summary(of: shift).transmitted == 1)
    }

    /// A rejected application that was corrected is neither lost nor final: how it stands its newest revision says. Whoever
    /// takes one in works in the session.
    @Test func aCorrectedApplicationCountsAsItsNewestRevisionStands() async throws {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: hoa, with: [])
        let first = try await fixture.save(store, shift: shift.sequence, actor: lan.actor).metadata.itemId
        #expect(try await store.people(of: shift) == [hoa, lan])
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        try await store.markSent([first])
        try await store.apply([(first, .quarantined(problem: .constant("item-rejected")))])
        let new = try fixture.item(store, supersedes: try await store.item(first))
        _ = try await store.correct(first, try request("a")) { _, _ in
            Result<Correction, Refused>.success(.save(new))
        }.get()
        #expect(try await store.summary(of: shift).byState == [.saved: 1])
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 100_000)
        try await store.markSent([new.item.metadata.itemId])
        let summary = try await store.summary(of: shift)
        #expect(summary.byState == [.sent: 1] && summary.transmitted == 1 && summary.byPerson == [lan.actor: 1])
    }

    /// Numbers of saves that failed are given out again after a restart.
    @Test func aSessionThatOpensAfterFailedSavesCountsWhatFollowsARestart() async throws {
        let fixture = try StoreFixture()
        var store = try await fixture.open()
        try await fixture.save(store)
        for _ in 0..<3 { _ = try store.reserveSequence() }
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [])
        try await store.close()
        store = try await fixture.open()
        let item = try await fixture.save(store, shift: shift.sequence, actor: lan.actor)
        #expect(item.metadata.sequence == 2)
        #expect(try await store.summary(of: shift).byPerson == [lan.actor: 1])
    }

    /// A rebuilding keeps people and sessions; what cannot be read of them goes, and nothing else.
    @Test func aRebuildingKeepsThem() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for person in [lan, hoa] { try await store.enter(try account(person), by: .station) }
        let shift = try await store.openShift(
            .constant("s-1"), team: "Tổ 1", point: "Chợ", kind: .mobile, by: lan, with: [])
        try await fixture.save(store, shift: shift.sequence, actor: lan.actor)
        try await store.queue.write { db in
            try db.execute(sql: "UPDATE operator SET verifier = x'00' WHERE id = 'hoa'")
        }
        try await store.close()
        let rebuilt = try await fixture.openRebuilding()
        #expect(rebuilt.recovery != nil)
        #expect(try await rebuilt.accounts().map(\.person) == [lan])
        #expect(try await rebuilt.openShift() == shift)
        #expect(try await rebuilt.summary(of: shift).byPerson == [lan.actor: 1])
    }
}
