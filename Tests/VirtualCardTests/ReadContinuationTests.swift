import ChipDocument
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

/// A card that leaves in the middle of a read and comes back.
@Suite struct ReadContinuationTests {
    private func read(
        _ image: CardImage, _ continuation: ReadContinuation, removedAfter: Int? = nil,
        capabilities: ChannelCapabilities = .short
    ) async throws -> (DocumentReading, commands: Int) {
        let channel = InMemoryCardChannel(
            CardApplet(image: image), capabilities: capabilities, removedAfter: removedAfter)
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.everything),
            anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        let reading = try await reader.read(
            from: channel, credential: .can(image.cardAccessNumber), continuing: continuation)
        return (reading, channel.commands.count)
    }

    /// Torn after every command that there is.
    @Test func `wherever the card is torn off, the read ends with the same files and all proofs`() async throws {
        let (whole, commands) = try await read(TestCards.image, ReadContinuation())
        for torn in 1..<commands {
            let continuation = ReadContinuation()
            let failure = await #expect(throws: Failure.self) {
                try await read(TestCards.image, continuation, removedAfter: torn)
            }
            #expect(failure?.code == .cardRemoved)
            let (resumed, rest) = try await read(TestCards.image, continuation)
            #expect(resumed.files == whole.files)
            #expect(resumed.findings.combined == .passed, "torn after \(torn): \(resumed.findings)")
            #expect(resumed.finding("chipAuthentication")?.verdict == .passed)
            // What was there is not fetched again: opening, EF.SOD and the proofs cost 26, the rest is what was missing.
            #expect(rest <= max(commands, 24), "\(rest) commands after \(torn)")
            if torn > commands - 10 { #expect(rest < 40, "\(rest) of \(commands)") }
        }
    }

    @Test func `torn again and again it ends all the same`() async throws {
        let continuation = ReadContinuation()
        var limit = 24
        while true {
            do {
                let (reading, _) = try await read(TestCards.image, continuation, removedAfter: limit)
                #expect(reading.findings.combined == .passed)
                break
            } catch let failure as Failure {
                #expect(failure.code == .cardRemoved)
                // Each time a little longer than opening takes.
                limit += 2
                try #require(limit < 100)
            }
        }
        #expect(limit < 40)
    }

    @Test func `another card is refused by name`() async throws {
        let continuation = ReadContinuation()
        _ = await #expect(throws: Failure.self) {
            try await read(TestCards.image, continuation, removedAfter: 30)
        }
        var other = try TestCards.issuer.issue(TestCards.person)
        other.cardAccessNumber = TestCards.image.cardAccessNumber
        let failure = await #expect(throws: Failure.self) { try await read(other, continuation) }
        #expect(failure?.code == .cardOther)
    }

    /// A copy has the signed files but not the key: what the genuine card gave does not vouch for it.
    @Test func `a copy in the genuine card's place fails chip authentication`() async throws {
        let continuation = ReadContinuation()
        _ = await #expect(throws: Failure.self) {
            try await read(TestCards.image, continuation, removedAfter: 60)
        }
        var copy = TestCards.image
        copy.faults = [.clonedChip]
        let failure = await #expect(throws: Failure.self) { try await read(copy, continuation) }
        #expect(failure?.code == .cardForged)
    }

    @Test func `files altered between two placings are not believed`() async throws {
        let continuation = ReadContinuation()
        _ = await #expect(throws: Failure.self) {
            try await read(TestCards.image, continuation, removedAfter: 60)
        }
        var altered = TestCards.image
        let last = try #require(altered.files[.dg2]).count - 1
        altered.files[.dg2]?[last] ^= 1
        let (reading, _) = try await read(altered, continuation)
        #expect(reading.finding("dataGroupHashes")?.verdict == .failed)
    }
}
