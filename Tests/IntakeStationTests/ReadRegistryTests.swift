import ApplicationForm
import ChipDocument
import StationAPI
import StationCore
import Synchronization
import Testing

@testable import IntakeStation

@Suite struct ReadRegistryTests {
    /// A clock whose time the test owns.
    private final class OwnedClock: StationClock {
        private let time = Mutex(Duration.zero)
        var now: Timestamp { Timestamp(milliseconds: 1_790_000_000_000) }
        var elapsed: Duration { time.withLock { $0 } }
        var quality: ClockQuality { .synchronized }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
        func sleep(for duration: Duration) async throws {}
    }

    private let clock = OwnedClock()
    private var registry: ReadRegistry { ReadRegistry(clock: clock, random: SystemRandomSource(), hub: EventHub()) }

    private func person() -> CitizenReport {
        CitizenReport(
            number: "070099001234", name: "Điểu Thị Bưởi", birth: "1999", sex: "female", nationality: "Việt Nam",
            residence: "", issued: nil, expires: nil)
    }

    private func finished(_ registry: ReadRegistry, on reader: String) async throws -> ReadReport {
        let read = try await registry.begin(reader: reader, for: .lan)
        await registry.update(read.id) { [person = person()] progress in
            progress.citizen = person
            progress.state = .finished
        }
        return read
    }

    @Test func oneReadAtATimeOnAReader() async throws {
        let registry = registry
        _ = try await registry.begin(reader: "a", for: .lan)
        await #expect(throws: Failure(.readerBusy)) { try await registry.begin(reader: "a", for: .lan) }
        _ = try await registry.begin(reader: "b", for: .lan)
    }

    @Test func theNextCardForgetsThePersonOnThatReaderOnly() async throws {
        let registry = registry
        let first = try await finished(registry, on: "a")
        let other = try await finished(registry, on: "b")
        await registry.nextCard(on: "a")
        let forgotten = try await registry.report(first.id, to: .lan)
        #expect(forgotten.state == .discarded && forgotten.citizen == nil && forgotten.findings.isEmpty)
        #expect(try await registry.report(other.id, to: .lan).citizen == person())
    }

    @Test func aFinishedReadIsForgottenWhenItsTimeIsOver() async throws {
        let registry = registry
        let read = try await finished(registry, on: "a")
        clock.advance(Limits.Card.finishedReadDuration)
        await registry.expire()
        #expect(try await registry.report(read.id, to: .lan).citizen != nil)
        clock.advance(.seconds(1))
        await registry.expire()
        #expect(try await registry.report(read.id, to: .lan).citizen == nil)
        await #expect(throws: Failure(.readUnknown)) { try await registry.claim(read.id, by: .lan) }
    }

    @Test func aReadIsSavedOnceEvenByTwoRequestsAtATime() async throws {
        let registry = registry
        let read = try await registry.begin(reader: "a", for: .lan)
        let day = try #require(CivilDate(text: "1999-01-01"))
        await registry.keep(
            FinishedRead(
                id: read.id,
                citizen: CitizenSnapshot(
                    personalNumber: "070099001234", fullName: "Điểu Thị Bưởi", birthDate: PartialDate(day),
                    sex: .female, nationality: "VNM", residence: nil, issueDate: nil, expiry: .unlimited),
                card: CardFacts(readMethod: .chip, readAt: clock.now, accessProtocol: .pace, findings: []),
                files: [], isWhole: true))
        await registry.update(read.id) { $0.state = .finished }
        await #expect(throws: Failure(.readOfAnother)) { try await registry.claim(read.id, by: .hoa) }
        #expect(try await registry.claim(read.id, by: .lan).id == read.id)
        await #expect(throws: Failure(.readInUse)) { try await registry.claim(read.id, by: .lan) }
        #expect(try await registry.finished(read.id, by: .lan).id == read.id, "a question stands in nobody's way")
        await #expect(throws: Failure(.readOfAnother)) { try await registry.finished(read.id, by: .hoa) }
        await registry.release(read.id)
        #expect(try await registry.claim(read.id, by: .lan).id == read.id, "nothing was saved: it can be tried again")
        await registry.forget(read.id, as: .saved)
        await #expect(throws: Failure(.readUnknown)) { try await registry.claim(read.id, by: .lan) }
    }

    @Test func ofAReadWhosePersonSignsOutWhileItRunsNothingIsKept() async throws {
        let registry = registry
        let read = try await registry.begin(reader: "a", for: .lan)
        await registry.forgetAll(of: .lan)
        #expect(await registry.current(of: .lan).isEmpty)
        await registry.update(read.id) { [person = person()] progress in
            progress.citizen = person
            progress.state = .finished
        }
        #expect(try await registry.report(read.id, to: .lan).citizen == nil)
        #expect(try await registry.report(read.id, to: .lan).state == .discarded)
        await #expect(throws: Failure(.readUnknown)) { try await registry.claim(read.id, by: .lan) }
    }

    @Test func aFailedReadSaysWhyToWhoeverWantsToSaveIt() async throws {
        let registry = registry
        let read = try await registry.begin(reader: "a", for: .lan)
        await #expect(throws: Failure(.readUnfinished)) { try await registry.claim(read.id, by: .lan) }
        await registry.update(read.id) { progress in
            progress.failure = Failure(.cardRemoved)
            progress.state = .failed
        }
        await #expect(throws: Failure(.cardRemoved)) { try await registry.claim(read.id, by: .lan) }
    }

    @Test func theRecordOfAReadOutlivesThePersonAndSaysWhyItFailed() async throws {
        let registry = registry
        let read = try await registry.begin(reader: "a", for: .lan)
        await #expect(throws: Failure(.readUnfinished)) { try await registry.record(of: read.id, to: .lan) }
        await #expect(throws: Failure(.readUnknown)) { try await registry.record(of: "other", to: .lan) }
        await registry.keepRecord(
            FlightRecord(conditions: .init(plan: ReadPlan(files: [.dg1]), credential: .can, capabilities: .short)),
            of: read.id)
        await registry.update(read.id) { progress in
            progress.failure = Failure(.cardRemoved)
            progress.state = .failed
        }
        let record = try await registry.record(of: read.id, to: .lan)
        #expect(
            record.problem == "card-removed" && record.attempts.map(\.conditions.files) == [["DG1"]]
                && record.reader == "a")
        await registry.nextCard(on: "a")
        #expect(try await registry.record(of: read.id, to: .lan) == record)
        let other = try await finished(registry, on: "a")
        #expect(try await registry.record(of: other.id, to: .lan).attempts.isEmpty, "no command was sent")
    }

    @Test func onlyTheNewestAttemptsOfAReadAreKept() async throws {
        let registry = registry
        let read = try await registry.begin(reader: "a", for: .lan)
        for index in 0..<Limits.Card.recordAttempts + 2 {
            let file = try #require(FileIdentifier(dataGroup: index % 16 + 1))
            await registry.keepRecord(
                FlightRecord(conditions: .init(plan: ReadPlan(files: [file]), credential: .can, capabilities: .short)),
                of: read.id)
        }
        await registry.update(read.id) { $0.state = .finished }
        let attempts = try await registry.record(of: read.id, to: .lan).attempts
        #expect(attempts.count == Limits.Card.recordAttempts && attempts.first?.conditions.files == ["DG3"])
    }

    @Test func onlySoManyReadsAreRemembered() async throws {
        let registry = registry
        var ids: [String] = []
        for index in 0..<(Limits.Local.reads + 3) { ids.append(try await finished(registry, on: "r\(index)").id) }
        await #expect(throws: Failure(.readUnknown)) { try await registry.report(ids[0], to: .lan) }
        #expect(try await registry.report(ids[ids.count - 1], to: .lan).state == .finished)
    }
}
