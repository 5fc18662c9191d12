import Foundation
import StationCore
import Testing

@testable import Store

struct FollowUpTests {
    private func followUp(
        number: String = "070123456789", phone: String = "0912345678", keepUntil: Timestamp
    ) -> FollowUp {
        FollowUp(
            personalNumber: Redacted(number), phone: Redacted(phone), name: Redacted("Điểu Thị Hồng Nhung"),
            hamlet: Redacted("Thôn Bù Xiết"), keepUntil: keepUntil)
    }

    private func duplicates(_ store: Store, of data: FollowUp, day: CivilDate) async throws -> DuplicateFinding {
        let question = DuplicateQuestion(
            personalNumber: data.personalNumber, phone: Redacted(data.phone.unredacted), day: day)
        return try await store.read { try store.duplicates(question, $0) }
    }

    /// Which items a finding names; nil for one that is not determined.
    private func ids(_ finding: DuplicateFinding) -> [DuplicateKind: [ItemID]]? {
        guard case .determined(let found) = finding else { return nil }
        return found.mapValues { $0.map(\.itemId) }
    }

    private struct Unexpected: Error {}
    private struct Repeats: Error {}

    /// Saves unless one of the given kinds repeats.
    private func save(
        _ new: NewItem, into store: Store, refusing kinds: Set<DuplicateKind>, except: ItemID? = nil
    ) async throws -> SavedItem {
        guard case .new(let data)? = new.followUp else { throw Unexpected() }
        let question = DuplicateQuestion(
            personalNumber: data.personalNumber, phone: Redacted(data.phone.unredacted),
            day: new.item.metadata.capturedAt.vietnamDay, except: except)
        let key = try request(new.item.metadata.itemId.text)
        return try await store.save(key, asking: question) { ground -> Result<NewItem, Repeats> in
            guard case .determined(let found) = ground.duplicates, !kinds.isDisjoint(with: found.keys) else {
                return .success(new)
            }
            return .failure(Repeats())
        }.get()
    }

    @Test func `Follow-up data is read back masked, and the reading is audited`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let until = fixture.clock.now.adding(.seconds(60))
        let new = try fixture.item(store, followUp: followUp(keepUntil: until))
        #expect(try await store.save(new).followUpKept)
        let id = new.item.metadata.itemId
        let view = try #require(try await store.followUp(of: id, actor: name("op-3")))
        #expect(view.maskedNumber.unredacted == "070*****6789")
        #expect(view.phone.unredacted == "0912345678")
        #expect(view.name.unredacted == "Điểu Thị Hồng Nhung")
        #expect(view.hamlet.unredacted == "Thôn Bù Xiết")
        let last = try #require(try await store.item(id)?.history.last)
        #expect(last.note.action == name("followup.read") && last.note.actor == name("op-3"))
        #expect("\(view)".contains("Nhung") == false)
    }

    @Test func `A locked station saves, keeps no follow-up data and cannot say about duplicates`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(60)))
        let new = try fixture.item(store, followUp: data)
        #expect(try await save(new, into: store, refusing: [.number, .phone]).followUpKept == false)
        #expect(try await duplicates(store, of: data, day: fixture.clock.now.vietnamDay) == .notDetermined)
        await expectFailure(.stationLocked) {
            _ = try await store.followUp(of: new.item.metadata.itemId, actor: name("op-3"))
        }
        store.unlock(try dataKey())
        #expect(try await store.followUp(of: new.item.metadata.itemId, actor: name("op-3")) == nil)
    }

    @Test func `Who asks to be forgotten is forgotten in every revision`() async throws {
        struct Refused: Error {}
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let until = fixture.clock.now.adding(.seconds(60))
        let first = try fixture.item(store, followUp: followUp(keepUntil: until))
        _ = try await store.save(first)
        let id = first.item.metadata.itemId
        let record = try #require(try await store.item(id))
        let second = try fixture.item(store, supersedes: record, followUp: followUp(keepUntil: until))
        _ = try await store.correct(id, try request("a")) { _, _ in
            Result<Correction, Refused>.success(.save(second))
        }.get()
        let other = try fixture.item(store, followUp: followUp(number: "070987654321", keepUntil: until))
        _ = try await store.save(other)
        // The citizen's receipt has the first one's number.
        let question = DuplicateQuestion(
            personalNumber: Redacted("070123456789"), phone: Redacted(nil), day: fixture.clock.now.vietnamDay)
        guard case .determined(let found) = try await store.read({ try store.duplicates(question, $0) }) else {
            throw Unexpected()
        }
        #expect(found[.number]?.map(\.itemId) == [second.item.metadata.itemId])
        #expect(found[.number]?.map(\.sequence) == [first.item.metadata.sequence])
        #expect(try await store.followUpCount() == 3)
        try await store.eraseFollowUp(of: id, actor: name("op-3"))
        #expect(try await store.followUpCount() == 1)
        await expectFailure(.applicationUnknown) {
            try await store.eraseFollowUp(of: second.item.metadata.itemId, actor: name("op-3"))
        }
    }

    /// A machine that was given another key says that it cannot know, until what it cannot read is gone.
    @Test func `Another key opens nothing, and nobody is said not to be there`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey(1))
        let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(60)))
        let new = try fixture.item(store, followUp: data)
        _ = try await store.save(new)
        #expect(try await store.summary().isOfFormerKey == false)
        store.unlock(try dataKey(2))
        #expect(try await store.summary().isOfFormerKey)
        await expectFailure(.keyInvalid) {
            _ = try await store.followUp(of: new.item.metadata.itemId, actor: name("op-3"))
        }
        let search = PersonSearch.personalNumber(data.personalNumber)
        await expectFailure(.keyInvalid) { _ = try await store.find(search, actor: name("op-3")) }
        let day = fixture.clock.now.vietnamDay
        #expect(try await duplicates(store, of: data, day: day) == .notDetermined)
        let question = DuplicateQuestion(
            personalNumber: data.personalNumber, phone: Redacted(data.phone.unredacted), day: day)
        let isOfAnother = try await store.read { db in
            try store.isOfAnother(try #require(try ItemRow.find(new.item.metadata.itemId, db)), question, db)
        }
        #expect(!isOfAnother)
        // Who comes now is kept under the present key, and a correction does not wait for what cannot be read.
        let later = followUp(number: "070987654321", keepUntil: fixture.clock.now.adding(.seconds(90_000)))
        #expect(try await store.save(try fixture.item(store, followUp: later)).followUpKept)
        #expect(
            try await store.find(.personalNumber(later.personalNumber), actor: name("op-3")).count == 1)
        fixture.clock.advance(.seconds(61))
        _ = try await store.purgeFollowUps()
        #expect(try await store.summary().isOfFormerKey == false)
        #expect(try await duplicates(store, of: data, day: day) != .notDetermined)
        #expect(throws: Failure.self) { try StationDataKey(bytes: Redacted([1, 2, 3])) }
    }

    @Test func `The same number on the same legal day is refused inside the transaction when asked`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let until = fixture.clock.now.adding(.seconds(1_000_000))
        let first = try fixture.item(store, followUp: followUp(keepUntil: until))
        _ = try await store.save(first)
        let other = followUp(phone: "0987654321", keepUntil: until)
        let again = try fixture.item(store, followUp: other)
        await #expect(throws: Repeats.self) { try await save(again, into: store, refusing: [.number]) }
        let finding = try await duplicates(store, of: other, day: fixture.clock.now.vietnamDay)
        #expect(ids(finding) == [.number: [first.item.metadata.itemId]])
        // The operator's reason overrides.
        _ = try await save(again, into: store, refusing: [])
    }

    @Test func `An application of an earlier day counts as long as it stands`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(10 * 86_400)))
        let first = try fixture.item(store, followUp: data)
        let id = first.item.metadata.itemId
        let taken = fixture.clock.now
        _ = try await store.save(first)
        fixture.clock.advance(.seconds(86_400))
        let tomorrow = fixture.clock.now.vietnamDay
        #expect(tomorrow > taken.vietnamDay)
        let again = try fixture.item(store, followUp: data)
        await #expect(throws: Repeats.self) { try await save(again, into: store, refusing: [.number]) }
        guard case .determined(let found) = try await duplicates(store, of: data, day: tomorrow) else {
            throw Unexpected()
        }
        let told = try #require(found[.number]?.first)
        #expect(told.itemId == id && told.sequence == first.item.metadata.sequence && told.capturedAt == taken)
        #expect(told.state == .saved && told.point == nil)
        // Somebody else's is nobody's repetition.
        let other = followUp(number: "070999999999", phone: "0987654321", keepUntil: data.keepUntil)
        #expect(ids(try await duplicates(store, of: other, day: tomorrow)) == [:])
        // What is not kept any more is not found.
        fixture.clock.advance(.seconds(10 * 86_400))
        #expect(try await store.purgeFollowUps() == 1)
        #expect(ids(try await duplicates(store, of: data, day: fixture.clock.now.vietnamDay)) == [:])
    }

    @Test func `What ended does not stand the next day; a rejected one counts within its own`() async throws {
        for (end, counts) in [
            ("rejected", [true, false]), ("cancelled", [false, false]), ("closed", [false, false]),
            ("purged", [false, false]), ("accepted", [true, true]), ("held", [true, true]),
        ] {
            let fixture = try StoreFixture()
            let store = try await fixture.open(key: try dataKey())
            let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(10 * 86_400)))
            let first = try fixture.item(store, followUp: data)
            _ = try await store.save(first)
            let query = "UPDATE item SET state = '\(end)' WHERE sequence = \(first.item.metadata.sequence)"
            try await store.write { db in try db.run(query) }
            for isCounted in counts {
                let finding = try await duplicates(store, of: data, day: fixture.clock.now.vietnamDay)
                let expected = [first.item.metadata.itemId]
                #expect(ids(finding)?[.number] == (isCounted ? expected : nil), "\(end)")
                fixture.clock.advance(.seconds(86_400))
            }
        }
    }

    @Test func `The same phone is refused when asked; cancelled and corrected items do not count`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let until = fixture.clock.now.adding(.seconds(1_000_000))
        let first = try fixture.item(store, followUp: followUp(keepUntil: until))
        _ = try await store.save(first)
        let mother = followUp(number: "070999999999", keepUntil: until)
        let second = try fixture.item(store, followUp: mother)
        await #expect(throws: Repeats.self) { try await save(second, into: store, refusing: [.phone]) }
        // A correction may repeat what it corrects, and afterwards only the correction counts.
        let record = try #require(try await store.item(first.item.metadata.itemId))
        let correction = try fixture.item(
            store, supersedes: record, followUp: followUp(keepUntil: until))
        _ = try await save(
            correction, into: store, refusing: [.phone, .number], except: first.item.metadata.itemId)
        let day = fixture.clock.now.vietnamDay
        let data = followUp(keepUntil: until)
        let id = correction.item.metadata.itemId
        #expect(ids(try await duplicates(store, of: data, day: day)) == [.number: [id], .phone: [id]])
        let actor = name("op-7")
        try await store.perform(.cancel, on: id, actor: actor, reason: actor)
        // A correction that was taken back leaves what it corrected.
        let old = first.item.metadata.itemId
        #expect(ids(try await duplicates(store, of: data, day: day)) == [.number: [old], .phone: [old]])
        try await store.perform(.cancel, on: old, actor: actor, reason: actor)
        #expect(try await duplicates(store, of: data, day: day) == .determined([:]))
    }

    @Test func `Two submissions at once cannot both pass as the first`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(60)))
        let items = try (0..<8).map { _ in try fixture.item(store, followUp: data) }
        let saved = await withTaskGroup(of: Bool.self) { group in
            for item in items {
                group.addTask { (try? await save(item, into: store, refusing: [.number])) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(saved == 1)
    }

    @Test func `Follow-up data ends with its own retention, not while the clock is suspect`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open(key: try dataKey())
        let data = followUp(keepUntil: fixture.clock.now.adding(.seconds(60)))
        let new = try fixture.item(store, followUp: data)
        _ = try await store.save(new)
        #expect(try await store.purgeFollowUps() == 0)
        fixture.clock.advance(.seconds(60))
        #expect(try await store.purgeFollowUps() == 1)
        #expect(try await store.followUp(of: new.item.metadata.itemId, actor: name("op-3")) == nil)
        #expect(try await store.item(new.item.metadata.itemId)?.summary.state == .saved)
        _ = try await store.save(try fixture.item(store, followUp: data))
        fixture.clock.doubt()
        #expect(try await store.purgeFollowUps() == 0)
    }
}
