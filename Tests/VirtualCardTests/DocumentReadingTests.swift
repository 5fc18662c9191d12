import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

/// The station's reader and the virtual card, in memory, from first command to verdict.
@Suite struct DocumentReadingTests {
    private func read(
        _ image: CardImage, _ credential: AccessCredential? = nil, allowsBAC: Bool = false,
        _ capabilities: ChannelCapabilities = .extended
    ) async throws -> (reading: DocumentReading, commands: Int) {
        let channel = InMemoryCardChannel(CardApplet(image: image), capabilities: capabilities)
        let plan = ReadPlan(
            files: ReadPlan.everything, allowsBasicAccessControl: allowsBAC, profile: CardProfile.vnm2021.document)
        let reader = DocumentReader(
            plan: plan, anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        let reading = try await reader.read(
            from: channel, credential: credential ?? .can(image.cardAccessNumber))
        return (reading, channel.commands.count)
    }

    @Test func `PACE with the CAN: everything read, everything proven`() async throws {
        let (reading, commands) = try await read(TestCards.image)
        #expect(reading.access.accessProtocol == .pace && reading.access.downgrade == nil)
        for (file, bytes) in reading.files { #expect(bytes == TestCards.image.files[file], "\(file)") }
        for check in ["passiveAuthentication", "certificateChain", "chipAuthentication", "activeAuthentication"] {
            #expect(reading.finding(check)?.verdict == .passed, "\(check)")
        }
        #expect(commands < 40)
        let identity = try CitizenIdentity(
            dataGroup1: #require(reading.files[.dg1]), dataGroup13: #require(reading.files[.dg13]))
        #expect(identity.findings.combined == .passed)
        #expect(identity.fullName == TestCards.person.fullName)
        #expect(identity.residence == TestCards.person.residence)
        #expect(try reading.faceImage().bytes == SyntheticPortrait.bytes)
    }

    @Test(arguments: [true, false])
    func `BAC is an explicit, recorded fallback`(short: Bool) async throws {
        var image = TestCards.image
        image.faults = [.paceRefused]
        let (reading, _) = try await read(
            image, .mrz(image.mrzInformation), allowsBAC: true, short ? .short : .extended)
        #expect(reading.access.accessProtocol == .bac && reading.access.downgrade == .paceRefused)
        #expect(reading.finding("passiveAuthentication")?.verdict == .passed)
        #expect(reading.finding("chipAuthentication")?.verdict == .passed)
        await #expect(throws: Failure.self) { try await read(image, .mrz(image.mrzInformation)) }
    }

    @Test func `short lengths only`() async throws {
        var image = TestCards.image
        image.faults = [.shortLengthOnly]
        let (reading, _) = try await read(image, nil, .short)
        #expect(reading.files[.dg2] == image.files[.dg2])
        #expect(reading.finding("activeAuthentication")?.verdict != .failed)
    }

    @Test(arguments: [
        (Fault.forgedSignature, "securityObjectSignature", Verdict.failed), (.alteredDG13, "dataGroupHashes", .failed),
    ])
    func `forged and altered cards fail`(fault: Fault, check: String, verdict: Verdict) async throws {
        let image = try TestCards.issuer.issue(TestCards.person, faults: [fault])
        let (reading, _) = try await read(image)
        #expect(reading.finding(check)?.verdict == verdict)
        #expect(reading.finding("passiveAuthentication")?.verdict == .failed)
    }

    @Test func `a card of an unknown authority is not determined, never passed`() async throws {
        let image = try TestCards.issuer.issue(TestCards.person, faults: [.foreignIssuer])
        let (reading, _) = try await read(image)
        #expect(reading.finding("securityObjectSignature")?.verdict == .passed)
        #expect(reading.finding("certificateChain")?.verdict != .passed)
        #expect(reading.finding("passiveAuthentication")?.verdict != .passed)
    }

    @Test func `a copied chip and a lying channel end the read by name`() async throws {
        var copy = TestCards.image
        copy.faults = [.clonedChip]
        await #expect { try await read(copy) } throws: { ($0 as? Failure)?.code == .cardForged }
        var lying = TestCards.image
        lying.faults = [.wrongMAC]
        await #expect { try await read(lying) } throws: { ($0 as? Failure)?.code == .cardSessionBroken }
    }

    @Test func `a wrong CAN is a wrong credential`() async throws {
        let wrong = TestCards.image.cardAccessNumber.unredacted == "111111" ? "222222" : "111111"
        await #expect { try await read(TestCards.image, .can(digits: wrong)) } throws: {
            ($0 as? Failure)?.code == .cardWrongCredential
        }
    }

    @Test func `a stale session left by another program is overcome`() async throws {
        let terminal = try TestTerminal.opened()
        let channel = InMemoryCardChannel(resuming: terminal.card)
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.identity, profile: CardProfile.vnm2021.document),
            anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        let reading = try await reader.read(from: channel, credential: TestTerminal.can())
        #expect(reading.finding("passiveAuthentication")?.verdict == .passed)
    }
}
