import ChipDocument
import CitizenCard
import Foundation
import StationCore
import Synchronization
import Testing

@testable import VirtualCard

/// A recorded read, asked of a virtual card again.
@Suite struct RecordReplayTests {
    private func record(
        _ image: CardImage, _ capabilities: ChannelCapabilities = .extended, removedAfter: Int? = nil,
        credential: AccessCredential? = nil
    ) async throws -> FlightRecord {
        let kept = Mutex<FlightRecord?>(nil)
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.everything, profile: CardProfile.vnm2021.document),
            anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        let channel = InMemoryCardChannel(
            CardApplet(image: image), capabilities: capabilities, removedAfter: removedAfter)
        let own = try AccessCredential.can(digits: image.cardAccessNumber.unredacted)
        _ = try? await reader.read(from: channel, credential: credential ?? own) { event in
            if case .record(let record) = event { kept.withLock { $0 = record } }
        }
        return try #require(kept.withLock { $0 })
    }

    @Test(arguments: [true, false])
    func `the same card does the same again, through a file`(extended: Bool) async throws {
        let recorded = try await record(TestCards.image, extended ? .extended : .short)
        let again = try RecordReplay.attempts(json([recorded]))
        #expect(again == [recorded])
        let outcome = try await RecordReplay.run(again, on: TestCards.image, clock: SystemClock())
        #expect(outcome == .equal(commands: recorded.entries.count))
        #expect(outcome.text == "equal: \(recorded.entries.count) commands")
    }

    private func json(_ attempts: [FlightRecord]) throws -> [UInt8] { try StrictJSON.encode(["attempts": attempts]) }

    @Test func `the card leaves where it left`() async throws {
        let recorded = try await record(TestCards.image, removedAfter: 7)
        let outcome = try await RecordReplay.run([recorded], on: TestCards.image, clock: SystemClock())
        #expect(outcome == .equal(commands: 8))
    }

    @Test func `a refused card access number is refused again`() async throws {
        let refused = try await record(TestCards.image, credential: .can(digits: "111111"))
        let taken = try await record(TestCards.image)
        let outcome = try await RecordReplay.run([refused, taken], on: TestCards.image, clock: SystemClock())
        #expect(outcome == .equal(commands: refused.entries.count + taken.entries.count))
    }

    @Test func `the first difference is told with both sides`() async throws {
        let recorded = try await record(TestCards.image)
        var other = TestCards.image
        other.faults = [.shortLengthOnly]
        let outcome = try await RecordReplay.run([recorded], on: other, clock: SystemClock())
        guard case .differs(1, let command, let one?, let two?) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        // EF.CardAccess is the trial of extended length: selected, then refused.
        #expect(command == 2 && one.status == "6282" && two.status == "6700" && one.command == two.command)
        #expect(outcome.text.hasPrefix("different at command 2 of attempt 1\n  recorded  openingChip 00b00000"))
        var without = TestCards.image
        without.files[.dg15] = nil
        let shorter = try await RecordReplay.run([recorded], on: without, clock: SystemClock())
        guard case .differs(_, _, _?, _?) = shorter else {
            Issue.record("\(shorter)")
            return
        }
    }

    @Test func `a card that says more than was recorded differs behind the end`() async throws {
        let whole = try await record(TestCards.image)
        let text = String(decoding: try json([whole]), as: UTF8.self)
        let last = try #require(text.range(of: #",{"at":"#, options: .backwards))
        let end = try #require(text.range(of: "]", range: last.lowerBound..<text.endIndex))
        let cut = try RecordReplay.attempts(Array((text[..<last.lowerBound] + text[end.lowerBound...]).utf8))
        let outcome = try await RecordReplay.run(cut, on: TestCards.image, clock: SystemClock())
        let fresh = whole.entries.last
        guard case .differs(1, let command, nil, let extra?) = outcome, let fresh else {
            Issue.record("\(outcome)")
            return
        }
        #expect(command == whole.entries.count && extra.agrees(with: fresh))
        #expect(outcome.text.contains("recorded  nothing more"))
    }

    @Test(arguments: [
        "", "{}", "[1]", #"{"attempts":[]}"#, #"{"attempts":[{"conditions":null,"entries":[],"omitted":0}]}"#,
    ])
    func `what is no record is refused`(json: String) {
        #expect { try RecordReplay.attempts(Array(json.utf8)) } throws: { ($0 as? Failure)?.code == .requestMalformed }
    }
}
