import ChipDocument
import CitizenCard
import SeededRandom
import StationCore
import Synchronization
import Testing
import VirtualCard

/// Where PACE's parameters come from when cards do not let EF.CardAccess be read in the usual way.
@Suite struct ChipOpeningTests {
    /// Answers some bare commands itself, hands on the rest.
    struct Filter: CardChannel {
        let card: InMemoryCardChannel
        let answer: @Sendable (CommandAPDU) -> [UInt8]?
        var capabilities: ChannelCapabilities { .extended }

        func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
            if let own = answer(try CommandAPDU.parse(command).command) { return own }
            return try await card.transmit(command)
        }
    }

    static func isFileSelect(_ command: CommandAPDU) -> Bool {
        command.ins == 0xa4 && command.p1 == 2 && command.cla == 0
    }
    static func isShortRead(_ command: CommandAPDU) -> Bool {
        command.ins == 0xb0 && command.p1 == 0x9c && command.cla == 0
    }

    func read(
        profile: DocumentProfile = .plain,
        _ answer: @escaping @Sendable (CommandAPDU) -> [UInt8]?
    ) async throws -> DocumentReading {
        let (image, anchors, _) = try DocumentReaderTests.plain.get()
        let reader = DocumentReader(
            plan: ReadPlan(files: [.dg1], profile: profile),
            anchors: anchors,
            clock: SystemClock()
        )
        return try await reader.read(
            from: Filter(card: InMemoryCardChannel(CardApplet(image: image)), answer: answer),
            credential: .can(digits: image.cardAccessNumber.unredacted)
        )
    }

    @Test func `the MF is never selected`() async throws {
        let selected = Mutex(false)
        _ = try await read { command in
            if command.ins == 0xa4, command.p1 == 0 || command.data == [0x3f, 0x00] { selected.withLock { $0 = true } }
            return nil
        }
        #expect(selected.withLock { !$0 })
    }

    @Test func `by short identifier when the file cannot be selected`() async throws {
        let reading = try await read { Self.isFileSelect($0) ? [0x6a, 0x82] : nil }
        #expect(reading.access.parameterSource == .shortIdentifier)
    }

    @Test func `inside the application when it is readable only there`() async throws {
        let selected = Mutex(false)
        let reading = try await read { command in
            if command.ins == 0xa4, command.p1 == 4 { selected.withLock { $0 = true } }
            let early = selected.withLock { !$0 }
            if early, Self.isFileSelect(command) || Self.isShortRead(command) { return [0x69, 0x82] }
            return nil
        }
        #expect(reading.access.parameterSource == .insideApplication)
    }

    @Test func `the profile's when it is readable nowhere`() async throws {
        let hidden: @Sendable (CommandAPDU) -> [UInt8]? = {
            Self.isFileSelect($0) || Self.isShortRead($0) ? [0x6a, 0x82] : nil
        }
        let profile = DocumentProfile(name: "VNM-2021", cardAccess: CardProfile.vnm2021.cardAccess)
        let reading = try await read(profile: profile, hidden)
        #expect(reading.access.parameterSource == .profile && reading.profile == "VNM-2021")
        #expect(
            reading.finding("cardAccessAgainstDG14")
                == Finding(check: "cardAccessAgainstDG14", verdict: .notDetermined, reason: "cardAccessAbsent")
        )
        await expectFailure(.cardUnsupported) { _ = try await read(hidden) }
    }

    /// DG14 signs that the chip has PACE: who hides EF.CardAccess and refuses PACE weakened the way in.
    @Test func `the whole file withheld and BAC in its place is a downgrade that shows`() async throws {
        let (image, anchors, _) = try DocumentReaderTests.issue([.paceRefused])
        let hidden: @Sendable (CommandAPDU) -> [UInt8]? = {
            Self.isFileSelect($0) || Self.isShortRead($0) ? [0x6a, 0x82] : nil
        }
        let profile = DocumentProfile(name: "VNM-2021", cardAccess: CardProfile.vnm2021.cardAccess)
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.identity, allowsBasicAccessControl: true, profile: profile),
            anchors: anchors, clock: SystemClock())
        let reading = try await reader.read(
            from: Filter(card: InMemoryCardChannel(CardApplet(image: image)), answer: hidden),
            credential: DocumentReaderTests().mrz(image))
        #expect(reading.access.accessProtocol == .bac)
        #expect(
            reading.finding("cardAccessAgainstDG14")
                == Finding(check: "cardAccessAgainstDG14", verdict: .failed, reason: "paceWithheld"))
    }

    @Test func `a card that knows none of it is no document`() async throws {
        await expectFailure(.cardNotDocument) { _ = try await read { _ in [0x6d, 0x00] } }
        await expectFailure(.cardNotDocument) { _ = try await read { _ in [0x6a, 0x82] } }
    }

    @Test func `an EF.CardAccess that is none ends the read`() async throws {
        await expectFailure(.cardDataMalformed) {
            _ = try await read { command in
                Self.isFileSelect(command) ? [0x90, 0] : command.ins == 0xb0 ? [0x31, 0x02, 0x30, 0x00, 0x90, 0] : nil
            }
        }
    }

    @Test func `a hostile card gets no further than a named failure`() async throws {
        let (image, anchors, _) = try DocumentReaderTests.plain.get()
        let mutator = Mutex(SeededGenerator(seed: 31))
        struct Bending: CardChannel {
            let card: InMemoryCardChannel
            let bend: @Sendable ([UInt8]) -> [UInt8]
            var capabilities: ChannelCapabilities { .extended }
            func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
                bend(try await card.transmit(command))
            }
        }
        let reader = DocumentReader(plan: ReadPlan(files: [.dg1, .dg14]), anchors: anchors, clock: SystemClock())
        let credential = try AccessCredential.can(digits: image.cardAccessNumber.unredacted)
        for _ in 0..<300 {
            let channel = Bending(card: InMemoryCardChannel(CardApplet(image: image))) { answer in
                mutator.withLock { $0.next(6) == 0 ? $0.mutated(answer) : answer }
            }
            do {
                // If nothing was bent, or only what does not count, the result must be the honest one.
                let reading = try await reader.read(from: channel, credential: credential)
                #expect(reading.files[.dg1] == image.files[.dg1])
            } catch { #expect(error.code != .internalFault) }
        }
    }
}
