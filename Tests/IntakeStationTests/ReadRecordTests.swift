import ChipDocument
import CitizenCard
import StationAPI
import StationCore
import Synchronization
import Testing
import VirtualCard

@testable import IntakeStation

/// From the card through the registry to the JSON that leaves the station, and back to a virtual card.
@Suite struct ReadRecordTests {
    @Test func theRecordOfAReadNamesNobodyAndIsReplayed() async throws {
        let today = try #require(CivilDate(text: "2026-06-01"))
        let person = try SyntheticPerson(seed: 3, today: today)
        let authority = try NationalAuthority(random: SystemRandomSource())
        let image = try CardIssuer(authority: authority).issue(person)
        let registry = ReadRegistry(clock: SystemClock(), random: SystemRandomSource(), hub: EventHub())
        let read = try await registry.begin(reader: "reader-0", for: .lan)
        let plan = ReadPlan(files: ReadPlan.everything, profile: CardProfile.vnm2021.document)
        // The card leaves once in the middle of the portrait and comes back: two attempts of one read.
        let reader = DocumentReader(
            plan: plan, anchors: TrustAnchors(certificates: [authority.certificate]), clock: SystemClock())
        let continuation = ReadContinuation()
        for removedAfter in [19, nil] {
            let channel = InMemoryCardChannel(CardApplet(image: image), removedAfter: removedAfter)
            _ = try? await reader.read(
                from: channel, credential: .can(image.cardAccessNumber), continuing: continuation
            ) { event in if case .record(let record) = event { await registry.keepRecord(record, of: read.id) } }
        }
        await registry.update(read.id) { $0.state = .finished }

        let record = try await registry.record(of: read.id, to: .lan)
        #expect(record.problem == nil && record.software == softwareVersion && record.attempts.count == 2)
        #expect(record.attempts[0].entries.last?.failure == "card-removed")
        let commands = record.attempts.map(\.entries.count)
        #expect(commands[0] == 20 && commands[1] > 10)
        let json = try StrictJSON.encode(record)
        let text = String(decoding: json, as: UTF8.self)
        for personal in [
            person.number.digits, person.number.cardAccessNumber, person.fullName, person.residence,
            image.mrzInformation.unredacted,
        ] {
            #expect(!text.contains(personal))
        }
        // What the API says is what the virtual card reads: one form, two modules that may not know each other.
        let outcome = try await RecordReplay.run(RecordReplay.attempts(json), on: image, clock: SystemClock())
        #expect(outcome == .equal(commands: commands[0] + commands[1]))
    }
}
