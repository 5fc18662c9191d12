import ApplicationForm
import ChipDocument
import CitizenCard
import DocumentCrypto
import Foundation
import StationCore
import Testing
import Uplink
import VirtualCard

@testable import UpstreamServer

@Suite struct EvidenceTests {
    /// A synthetic card, its files as they travel, and an application that speaks of its holder.
    struct Issued {
        let anchors: [UInt8]
        var files: [FileIdentifier: [UInt8]]
        let person: SyntheticPerson
        let image: CardImage

        init(faults: Set<Fault> = []) throws {
            let random = SystemRandomSource()
            let authority = try NationalAuthority(random: random)
            person = try SyntheticPerson(seed: 3, today: CivilDate(text: "2026-03-02")!)
            image = try CardIssuer(authority: authority, random: random).issue(person, faults: faults)
            anchors = authority.certificate.der
            files = image.files.filter { [.sod, .dg1, .dg2, .dg14, .dg15].contains($0.key) }
        }

        var travelling: [SealedContent.File] {
            files.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init(name: $0.key.rawValue, bytes: $0.value) }
        }

        func content(
            number: String? = nil,
            birth: PartialDate? = nil,
            active: CardFacts.ActiveAuthentication? = nil
        ) -> ApplicationContent {
            let expiry: CardExpiry =
                switch person.expiry {
                case .day(let day): .day(day)
                case .unlimited: .unlimited
                }
            return ApplicationContent(
                citizen: CitizenSnapshot(
                    personalNumber: number ?? person.number.digits,
                    fullName: person.fullName,
                    birthDate: birth ?? PartialDate(person.birthDate),
                    sex: .female,
                    nationality: "VNM",
                    residence: nil,
                    issueDate: person.issueDate,
                    expiry: expiry
                ),
                card: CardFacts(
                    readMethod: .chip,
                    readAt: Item.capturedAt,
                    accessProtocol: .pace,
                    findings: [],
                    activeAuthentication: active
                ),
                declared: sampleContent.declared,
                consent: sampleContent.consent,
                representative: nil,
                overrides: [],
                ruleSet: sampleContent.ruleSet
            )
        }

        func verdicts(_ content: ApplicationContent? = nil, anchored: Bool = true) throws -> [String: String] {
            let evidence = try CardEvidence(trustAnchorsPEM: anchored ? anchors : nil)
            let files = Dictionary(uniqueKeysWithValues: travelling.map { ($0.name, $0.bytes) })
            return Dictionary(
                uniqueKeysWithValues: evidence.findings(content ?? self.content(), files: files).map { finding in
                    (
                        finding.check,
                        ([finding.verdict.rawValue] + [finding.reason].compactMap { $0 }).joined(separator: " ")
                    )
                }
            )
        }

        /// What the chip answers to a challenge.
        func answer(to challenge: [UInt8], alter: Bool = false) throws -> CardFacts.ActiveAuthentication {
            let filler = SystemRandomSource().bytes(MessageRecovery.fillerBytes(modulusBytes: 256, digest: .sha256))
            let block = MessageRecovery.block(challenge: challenge, filler: filler, digest: .sha256)
            var signature = try image.activeAuthenticationKey.applyRSA(to: block)
            if alter { signature[200] ^= 1 }
            return .init(challenge: Data(challenge), signature: Data(signature))
        }
    }

    @Test func `a sound card is verified down to its national authority`() throws {
        let issued = try Issued()
        let active = try issued.answer(to: Array(1...8))
        let verdicts = try issued.verdicts(issued.content(active: active))
        let checks = [
            "securityObjectSignature", "dataGroupHashes", "certificateChain", "passiveAuthentication",
            "activeAuthentication", "holderMatchesDocument", "issuerAgainstDG1",
        ]
        var expected = Dictionary(uniqueKeysWithValues: checks.map { ($0, "passed") })
        expected["certificateChain"] = "passed revocationUnknown"
        #expect(verdicts == expected)
    }

    @Test func `without an anchor the chain is undetermined, which is no pass and no failure`() throws {
        let verdicts = try Issued().verdicts(anchored: false)
        #expect(verdicts["certificateChain"]?.hasPrefix("notDetermined") == true)
        #expect(verdicts["passiveAuthentication"]?.hasPrefix("notDetermined") == true)
        #expect(verdicts["securityObjectSignature"] == "passed")
    }

    @Test func `what does not hold is found`() throws {
        #expect(
            try Issued(faults: [.forgedSignature]).verdicts()["securityObjectSignature"]?.hasPrefix("failed") == true
        )
        var altered = try Issued()
        altered.files[.dg1]?[30] ^= 1
        #expect(try altered.verdicts()["dataGroupHashes"] == "failed hashMismatch")
        #expect(try altered.verdicts()["holderMatchesDocument"] == "notDetermined dataGroup1NotSigned")
        var bare = try Issued()
        bare.files = [:]
        #expect(try bare.verdicts()["passiveAuthentication"] == "notDetermined securityObjectAbsent")

        let issued = try Issued()
        let forged = issued.content(active: try issued.answer(to: Array(1...8), alter: true))
        #expect(try issued.verdicts(forged)["activeAuthentication"]?.hasPrefix("failed") == true)
        let other = issued.content(number: "070201009999")
        #expect(try issued.verdicts(other)["holderMatchesDocument"] == "failed numberDiffers")
        let younger = issued.content(birth: PartialDate(text: "2010-01-01")!)
        #expect(try issued.verdicts(younger)["holderMatchesDocument"] == "failed birthDiffers")
        let yearOnly = issued.content(birth: PartialDate(year: issued.person.birthDate.year)!)
        #expect(try issued.verdicts(yearOnly)["holderMatchesDocument"] == "passed")
    }

    @Test func `an application with sound evidence is accepted, the findings on record`() async throws {
        let issued = try Issued()
        try await Bench.run(anchors: issued.anchors) { bench in
            let item = try Item.make(bench, files: issued.travelling, stating: issued.content())
            #expect(try await bench.result(item).outcome == .accepted)
            let held = try UpstreamHoldings(bench.directory).list().items[0]
            #expect(held.cardVerdict == .passed && held.findings.count == 6)
        }
    }

    @Test(arguments: EvidencePolicy.allCases)
    func `failed evidence is refused or recorded, as configured`(policy: EvidencePolicy) async throws {
        let issued = try Issued(faults: [.forgedSignature])
        try await Bench.run(policy: policy, anchors: issued.anchors) { bench in
            let item = try Item.make(bench, files: issued.travelling, stating: issued.content())
            let result = try await bench.result(item)
            let held = try UpstreamHoldings(bench.directory).list().items
            switch policy {
            case .refuse:
                #expect(result.problem?.name == "policy-refused" && held.isEmpty)
            case .record:
                #expect(result.outcome == .accepted && held.map(\.cardVerdict) == [.failed])
            }
        }
    }

    @Test func `trust anchors that are none stop the server by name`() async throws {
        await #expect(throws: Failure.self) {
            try await Bench.run(anchors: Array("not a certificate".utf8)) { _ in }
        }
    }
}
