import ChipDocument
import CitizenCard
import DocumentCrypto
import Foundation
import StationCore
import Testing

@testable import VirtualCard

/// Cards that differ without being wrong: no portrait, the other portrait record, the fewest fields.
@Suite struct CardOptionsTests {
    private func read(_ image: CardImage) async throws -> DocumentReading {
        let plan = ReadPlan(files: ReadPlan.everything, profile: CardProfile.vnm2021.document)
        let reader = DocumentReader(
            plan: plan, anchors: TrustAnchors(certificates: [TestCards.authority.certificate]), clock: SystemClock())
        return try await reader.read(
            from: InMemoryCardChannel(CardApplet(image: image)), credential: .can(image.cardAccessNumber))
    }

    @Test(arguments: [CardOptions.Portrait.absent, .empty])
    func `a card without portrait is read to its end, and no check fares worse`(portrait: CardOptions.Portrait)
        async throws
    {
        let image = try TestCards.issuer.issue(TestCards.person, options: CardOptions(portrait: portrait))
        #expect((image.files[.dg2] == nil) == (portrait == .absent))
        let reading = try await read(image)
        #expect(reading.findings == (try await read(TestCards.image)).findings)
        #expect(!reading.findings.contains { $0.verdict == .failed })
        #expect { try reading.faceImage() } throws: { ($0 as? Failure)?.code == .portraitAbsent }
        #expect(try CitizenIdentity(files: reading.files).findings.combined == .passed)
    }

    @Test(arguments: [CardOptions.Portrait.facialRecord, .faceImageDataBlock])
    func `both records give the same portrait`(portrait: CardOptions.Portrait) async throws {
        let image = try TestCards.issuer.issue(TestCards.person, options: CardOptions(portrait: portrait))
        let face = try await read(image).faceImage()
        #expect(face.bytes == SyntheticPortrait.bytes && face.format == .jp2)
        #expect(face.width == SyntheticPortrait.width && face.height == SyntheticPortrait.height)
    }

    @Test func `a card of 2024 with the fewest fields is whole: what is left out is not determined, nothing fails`()
        async throws
    {
        let image = try TestCards.issuer.issue(TestCards.person, options: CardOptions(series: .identityCard2024))
        let identity = try CitizenIdentity(files: try await read(image).files)
        #expect(identity.fullName == TestCards.person.fullName && identity.origin == TestCards.person.origin)
        #expect(identity.residence == nil && identity.issueDate == nil && identity.series == nil)
        #expect(identity.drift.isEmpty && identity.expiry == TestCards.person.expiry)
        let open = identity.findings.filter { $0.verdict != .passed }
        #expect(open == [Finding(check: "dateOrder", verdict: .notDetermined, reason: "absent")])
    }

    @Test(arguments: CardOptions.Series.allCases)
    func `the printed code of either series agrees with its chip`(series: CardOptions.Series) throws {
        let image = try TestCards.issuer.issue(TestCards.person, options: CardOptions(series: series))
        let input = try CredentialInput(parsing: PersonRecord(TestCards.person, series: series).qr)
        #expect(input.qrCode?.layout == (series == .identityCard2024 ? .identityCard2024 : .citizenCard2021))
        #expect(input.qrCode?.oldNumber == TestCards.person.oldNumber)
        #expect(input.credentials == [.can(image.cardAccessNumber)])
        let code = try #require(input.qrCode)
        let findings = code.findings(against: try CitizenIdentity(files: image.files))
        #expect(!findings.contains { $0.verdict == .failed })
        #expect(findings.filter { $0.verdict == .notDetermined }.count == (series == .identityCard2024 ? 1 : 0))
    }

    /// The ladder of a pasted zone, as a read would climb it: the second step opens a chip of another access number.
    @Test func `the zone's fields open a chip whose access number is another one`() async throws {
        var image = TestCards.image
        image.cardAccessNumber = Redacted(image.cardAccessNumber.unredacted == "111111" ? "222222" : "111111")
        let other = image
        let lines = PersonRecord(TestCards.person).mrz.joined(separator: "\r\n")
        let ladder = try CredentialInput(parsing: lines).credentials
        #expect(ladder.count == 2)
        func open(_ credential: AccessCredential) async throws -> DocumentReading {
            let plan = ReadPlan(files: ReadPlan.identity, profile: CardProfile.vnm2021.document)
            return try await DocumentReader(plan: plan, anchors: .none, clock: SystemClock())
                .read(from: InMemoryCardChannel(CardApplet(image: other)), credential: credential)
        }
        await #expect { try await open(ladder[0]) } throws: { ($0 as? Failure)?.code == .cardWrongCredential }
        #expect(try await open(ladder[1]).access.accessProtocol == .pace)
    }

    @Test func `a card written over another leaves none of its files behind`() throws {
        let path = NSTemporaryDirectory() + "card-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = CardDirectory(path: path)
        try directory.write(TestCards.image, person: TestCards.person, authority: TestCards.authority)
        let image = try TestCards.issuer.issue(TestCards.person, options: CardOptions(portrait: .absent))
        try directory.write(image, person: TestCards.person, authority: TestCards.authority)
        #expect(try directory.image().files == image.files)
    }
}
