import ApplicationForm
import ChipDocument
import CitizenCard
import Foundation
import StationAPI
import StationCore
import Testing
import Uplink
import VirtualCard

@testable import IntakeStation

/// One read from the first command to the report, on a card in memory.
@Suite struct CitizenReadingRunTests {
    /// A station that trusts one throw-away authority.
    private struct Desk {
        let issuer: CardIssuer
        let settings: ActiveSettings
        let registry = ReadRegistry(clock: SystemClock(), random: SystemRandomSource(), hub: EventHub())
        private let path = NSTemporaryDirectory() + "desk-\(UUID().uuidString)"

        init() throws {
            let authority = try NationalAuthority(random: SystemRandomSource())
            issuer = CardIssuer(authority: authority)
            let person = try Self.person()
            try CardDirectory(path: path).write(try issuer.issue(person), person: person, authority: authority)
            try Data("Tôi đồng ý".utf8).write(to: URL(fileURLWithPath: path + "/consent"))
            settings = try ActiveSettings(
                StationConfiguration(
                    stationID: #require(StationID("test-station")), stateDirectory: path, credentialsDirectory: nil,
                    local: .init(
                        operatorSocket: path + "/socket", operatorGroup: nil, adminSocket: path + "/admin",
                        adminGroup: nil,
                        usbSocket: path + "/usb"),
                    payloadDays: 7, stick: .init(directories: [path], mustBeMounted: false),
                    housekeepingInterval: .seconds(60),
                    card: .init(
                        anchors: [path + "/csca.pem"], trustDirectory: path + "/trust", allowsBAC: false,
                        policy: CardVerificationPolicy(
                            mustPass: ["passiveAuthentication", "chipAuthentication"], mayBeUndetermined: [],
                            acceptsManualEntry: false),
                        files: ["EF.SOD", "DG1", "DG2", "DG13"], portraitDecoder: "/nonexistent",
                        resetsWedgedReaders: false),
                    upstream: nil,
                    application: .init(
                        consentFile: path + "/consent", consentVersion: "1", consentLanguage: "vi", integrations: [],
                        followUpDays: 1, receipt: ReceiptTerms()),
                    idleTime: .seconds(600)))
            try FileManager.default.removeItem(atPath: path)
        }

        static func person(expiry: CardExpiry? = nil, birth: String? = nil) throws -> SyntheticPerson {
            try SyntheticPerson(
                seed: 5, today: #require(CivilDate(text: "2026-06-01")),
                wishes: .init(birthDate: birth.flatMap(CivilDate.init(text:)), expiry: expiry))
        }

        func read(
            _ image: CardImage, fields: Set<CitizenField> = Set(CitizenField.allCases)
        ) async throws -> (id: String, reading: CitizenReading) {
            let id = try await registry.begin(reader: "a", for: .lan).id
            let run = CitizenReadingRun(
                readID: id,
                channel: MeteredChannel(InMemoryCardChannel(CardApplet(image: image)), clock: SystemClock()),
                credentials: CredentialLadder([.can(image.cardAccessNumber)]), fields: fields,
                continuation: ReadContinuation(), settings: settings, reads: registry, clock: SystemClock(),
                random: SystemRandomSource())
            return (id, try await run.run())
        }
    }

    @Test(arguments: [CardOptions.Portrait.absent, .empty])
    func `a child's card without portrait is read, judged and ready to be saved`(portrait: CardOptions.Portrait)
        async throws
    {
        let desk = try Desk()
        let child = try Desk.person(birth: "2022-03-04")
        let (id, reading) = try await desk.read(
            try desk.issuer.issue(child, options: CardOptions(portrait: portrait)))
        let report = try await desk.registry.report(id, to: .lan)
        #expect(report.portrait == .absent && !report.portraitAvailable)
        #expect(report.citizen?.name == child.fullName && report.citizen?.birth == "2022-03-04")
        #expect(desk.settings.card.policy.judge(reading.finished.card).problems.isEmpty)
        let names = reading.finished.files.map(\.name)
        #expect(names == (portrait == .absent ? ["DG1", "DG13", "EF.SOD"] : ["DG1", "DG13", "DG2", "EF.SOD"]))
        await desk.registry.keep(reading.finished)
        await desk.registry.update(id) { $0.state = .finished }
        await #expect(throws: Failure(.portraitAbsent)) { try await desk.registry.portrait(of: id, to: .lan) }
    }

    @Test(arguments: [CardOptions.Portrait.facialRecord, .faceImageDataBlock])
    func `a portrait in either record is there to be shown`(portrait: CardOptions.Portrait) async throws {
        let desk = try Desk()
        let (id, _) = try await desk.read(
            try desk.issuer.issue(Desk.person(), options: CardOptions(portrait: portrait)))
        let report = try await desk.registry.report(id, to: .lan)
        #expect(report.portrait == .available && report.portraitAvailable)
        #expect(FaceImage.Format(sniffing: try await desk.registry.portrait(of: id, to: .lan)) == .jp2)
    }

    @Test func `a missing portrait changes no finding, and one that nobody asked for is not missing`() async throws {
        let desk = try Desk()
        let person = try Desk.person()
        let whole = try await desk.read(try desk.issuer.issue(person))
        let unasked = Set(CitizenField.allCases).subtracting([.portrait])
        for (options, fields, portrait) in [
            (CardOptions(portrait: .absent), Set(CitizenField.allCases), ReadReport.Portrait.absent as _?),
            (CardOptions(), unasked, nil),
        ] {
            for report in await desk.registry.current(of: .lan) {
                await desk.registry.update(report.id) { $0.state = .finished }
            }
            let (id, reading) = try await desk.read(try desk.issuer.issue(person, options: options), fields: fields)
            #expect(try await desk.registry.report(id, to: .lan).portrait == portrait)
            if fields == unasked { continue }
            #expect(reading.findings == whole.reading.findings)
        }
    }

    @Test func `a portrait that is not the signed one, or is not given out, is not an absent one`() async throws {
        let desk = try Desk()
        var image = try desk.issuer.issue(Desk.person())
        let other = TLV(0x75, [UInt8]()).encoded
        for file in [other, nil] {
            image.files[.dg2] = file
            let (id, reading) = try await desk.read(image)
            #expect(try await desk.registry.report(id, to: .lan).portrait == .unusable)
            #expect((reading.findings.first { $0.check == "dataGroupHashes" }?.verdict == .failed) == (file != nil))
            await desk.registry.update(id) { $0.state = .finished }
            await #expect(throws: Failure(.portraitUndecodable)) { try await desk.registry.portrait(of: id, to: .lan) }
        }
    }

    @Test func `no expiry is said, and is not the same as an unknown one`() async throws {
        let desk = try Desk()
        let unlimited = try await desk.read(try desk.issuer.issue(Desk.person(expiry: .unlimited)))
        let citizen = try #require(try await desk.registry.report(unlimited.id, to: .lan).citizen)
        #expect(citizen.isUnlimited && citizen.expires == nil)
        #expect(unlimited.reading.finished.citizen.expiry == .unlimited)
        let day = try #require(CivilDate(text: "2031-01-02"))
        await desk.registry.update(unlimited.id) { $0.state = .finished }
        let limited = try await desk.read(try desk.issuer.issue(Desk.person(expiry: .day(day))))
        let other = try #require(try await desk.registry.report(limited.id, to: .lan).citizen)
        #expect(!other.isUnlimited && other.expires == "2031-01-02" && other.series == "VNM-2024")
        #expect(limited.reading.finished.card.profile == "VNM-2024")
    }

    @Test func `the chip of another state's document has its own answer`() async throws {
        let desk = try Desk()
        var image = try desk.issuer.issue(Desk.person())
        let zone = try TLV(parsing: #require(image.files[.dg1]), tag: 0x61).value
        let lines = String(decoding: try TLV(parsing: zone, tag: 0x5F1F).value, as: UTF8.self)
        let foreign = lines.replacing("IDVNM", with: "IDTHA", maxReplacements: 1)
        image.files[.dg1] = TLV(0x61, [TLV(0x5F1F, Array(foreign.utf8))]).encoded
        image.files[.dg13] = nil
        let stranger = image
        await #expect { try await desk.read(stranger) } throws: { ($0 as? Failure)?.code == .cardForeign }
    }
}
