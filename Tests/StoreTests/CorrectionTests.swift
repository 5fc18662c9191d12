import StationCore
import Testing

@testable import Store

/// Corrections and withdrawals of applications of which a later revision exists already.
struct CorrectionTests {
    private struct Refused: Error {}

    private func withdraw(_ id: ItemID, _ store: Store, by key: String) async throws -> SavedItem {
        try await store.correct(id, try request(key)) { predecessor, _ -> Result<Correction, Refused> in
            guard !predecessor.hasLeft else { return .failure(Refused()) }
            return .success(.close(reason: name("withdrawn"), actor: name("op-7"), answer: []))
        }.get()
    }

    private func amend(_ id: ItemID, _ fixture: StoreFixture, _ store: Store, by key: String) async throws -> ItemID {
        let record = try #require(try await store.item(id))
        let new = try fixture.item(store, supersedes: record)
        return try await store.correct(id, try request(key)) { _, _ in
            Result<Correction, Refused>.success(.save(new))
        }.get().itemId
    }

    private func state(_ id: ItemID, _ store: Store) async throws -> ItemState? {
        try await store.item(id)?.summary.state
    }

    private func send(_ id: ItemID, _ store: Store) async throws {
        _ = try await store.nextBatch(maxItems: 10, maxBytes: 1_000_000)
        try await store.markSent([id])
    }

    @Test func `A withdrawal before anything left ends every revision`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store).metadata.itemId
        let second = try await amend(first, fixture, store, by: "a")
        let third = try await amend(second, fixture, store, by: "b")
        await expectFailure(.applicationSuperseded) { _ = try await withdraw(first, store, by: "c") }
        #expect(try await withdraw(third, store, by: "d").state == .closed)
        for id in [first, second] { #expect(try await state(id, store) == .closed) }
        #expect(try await store.nextBatch(maxItems: 10, maxBytes: 1_000_000).isEmpty)
    }

    @Test func `Of a correction that has not left, upstream may have what it corrects: a withdrawal is a message`()
        async throws
    {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store).metadata.itemId
        try await send(first, store)
        let second = try await amend(first, fixture, store, by: "a")
        await #expect(throws: Refused.self) { try await withdraw(second, store, by: "b") }
        #expect(try await state(second, store) == .saved)
    }

    /// Consent has ended: what never left is not sent before the message, nothing is corrected behind it, and the citizen is
    /// forgotten.
    @Test func `A correction that has not left is not sent before its withdrawal`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let data = FollowUp(
            personalNumber: Redacted("070123456789"), phone: Redacted("0912345678"), name: Redacted("Điểu Thị Hồng Nhung"),
            hamlet: Redacted(nil), keepUntil: fixture.clock.now.adding(.seconds(1_000_000)))
        let first = try await store.save(try fixture.item(store, followUp: data)).itemId
        try await send(first, store)
        let second = try await amend(first, fixture, store, by: "a")
        let made = try fixture.item(store, supersedes: try await store.item(first))
        let message = NewItem(item: made.item, actor: name("op-7"), remark: name("withdrawn"))
        let saved = try await store.correct(second, try request("b"), withdrawing: true) { predecessor, _ in
            #expect(predecessor.itemId == first && predecessor.hasLeft)
            return Result<Correction, Refused>.success(.message(message))
        }.get()
        #expect(try await state(second, store) == .closed)
        #expect(
            try await store.nextBatch(maxItems: 10, maxBytes: 1_000_000).map(\.metadata.itemId) == [saved.itemId])
        #expect(try await store.followUpCount() == 0)
        await expectFailure(.transitionRefused) { _ = try await amend(saved.itemId, fixture, store, by: "c") }
        await expectFailure(.applicationSuperseded) { _ = try await amend(first, fixture, store, by: "d") }
    }

    @Test func `A withdrawal's message ends what never left of the earlier revisions`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let first = try await fixture.save(store).metadata.itemId
        let second = try await amend(first, fixture, store, by: "a")
        // Corrections go first.
        _ = try await store.chooseBatch(maxItems: 1, maxBytes: 1_000_000, correctionsOnly: true)
        try await store.markSent([second])
        let message = try fixture.item(store, supersedes: try await store.item(second))
        _ = try await store.correct(second, try request("b")) { predecessor, _ in
            Result<Correction, Refused>.success(.message(message))
        }.get()
        #expect(try await state(first, store) == .closed)
        #expect(try await state(second, store) == .sent)
        #expect(
            try await store.nextBatch(maxItems: 10, maxBytes: 1_000_000).map(\.metadata.itemId)
                == [message.item.metadata.itemId])
    }

    @Test func `A correction that was taken back before it left stands in nobody's way`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let until = fixture.clock.now.adding(.seconds(1_000_000))
        let data = FollowUp(
            personalNumber: Redacted("070123456789"), phone: Redacted("0912345678"),
            name: Redacted("Điểu Thị Hồng Nhung"), hamlet: Redacted(nil), keepUntil: until)
        let new = try fixture.item(store, followUp: data)
        let first = try await store.save(new).itemId
        try await send(first, store)
        let wrong = try await amend(first, fixture, store, by: "a")
        try await store.perform(.cancel, on: wrong, actor: name("op-7"), reason: name("operator-mistake"))
        let question = DuplicateQuestion(
            personalNumber: data.personalNumber, phone: Redacted("0912345678"), day: fixture.clock.now.vietnamDay)
        let finding = try await store.read { try store.duplicates(question, $0) }
        guard case .determined(let found) = finding else { return #expect(Bool(false), "locked") }
        #expect(found[.number]?.map(\.itemId) == [first], "the first revision stands")
        let right = try await amend(first, fixture, store, by: "b")
        #expect(try await store.item(right)?.metadata.revision == 2)
        await expectFailure(.applicationSuperseded) { _ = try await amend(first, fixture, store, by: "c") }
    }
}
