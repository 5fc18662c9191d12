import ChipDocument
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

/// Whole reads of chips with every protocol that the reader knows.
@Suite struct ChipVariantTests {
    private func image(_ chip: ChipPersonalisation, faults: Set<Fault> = []) throws -> CardImage {
        try TestCards.issuer.issue(TestCards.person, chip: chip, faults: faults)
    }

    private func read(_ image: CardImage, capabilities: ChannelCapabilities = .extended) async throws -> DocumentReading
    {
        let anchors = TrustAnchors(certificates: [TestCards.authority.certificate])
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.everything), anchors: anchors, clock: SystemClock())
        return try await reader.read(
            from: InMemoryCardChannel(CardApplet(image: image), capabilities: capabilities),
            credential: .can(image.cardAccessNumber))
    }

    private func verdict(_ check: String, _ reading: DocumentReading) -> Verdict? {
        reading.findings.first { $0.check == check }?.verdict
    }

    static let variants: [PACEInfo] = NamedCurve.allCases.flatMap { curve in
        PACEMapping.allCases.flatMap { mapping in
            CipherSuite.allCases.map { PACEInfo(mapping: mapping, suite: $0, parameterID: curve.rawValue) }
        }
    }.filter(PACE.supports)

    /// Every mapping with every curve of table 6 and every cipher that belongs to it.
    @Test(arguments: variants)
    func `PACE opens the chip and what it proves is passed`(info: PACEInfo) async throws {
        let curve = try #require(info.curve)
        let reading = try await read(
            image(
                ChipPersonalisation(
                    pace: [info], chipCurve: curve, activeAuthentication: .ellipticCurve(.secp256r1, .sha256))))
        #expect(reading.access.mapping == info.mapping && reading.access.suite == info.suite)
        #expect(verdict("chipAuthentication", reading) == .passed)
        #expect(verdict("activeAuthentication", reading) == .passed)
        #expect(
            verdict("chipAuthenticationMapping", reading) == (info.mapping == .chipAuthentication ? .passed : nil))
        #expect(reading.findings.combined == .passed, "\(reading.findings)")
    }

    static let chipAuthentication: [ChipPersonalisation] = CipherSuite.allCases.flatMap { suite in
        [nil, 1, 195].flatMap { keyID in
            [nil, rfc5114].map { group in
                ChipPersonalisation(
                    pace: ChipPersonalisation.citizenCard2021.pace,
                    chipAuthentication: [
                        .init(agreement: group == nil ? .ellipticCurve : .finiteField, suite: suite, keyID: keyID)
                    ], finiteField: group)
            }
        }
    }

    @Test(arguments: chipAuthentication)
    func `chip authentication over curves and prime fields, with every cipher`(chip: ChipPersonalisation) async throws {
        let reading = try await read(image(chip))
        #expect(verdict("chipAuthentication", reading) == .passed)
        #expect(reading.findings.combined == .passed, "\(reading.findings)")
        let copy = try image(chip, faults: [.clonedChip])
        let failure = await #expect(throws: Failure.self) { try await read(copy) }
        #expect(failure?.code == .cardForged)
    }

    @Test func `a key without info means 3DES, and a chip may know only the newer way to it`() async throws {
        var chip = ChipPersonalisation.citizenCard2021
        chip.chipAuthentication = []
        #expect(verdict("chipAuthentication", try await read(image(chip))) == .passed)
        chip.chipAuthentication = [.init(suite: .tripleDES, keyID: nil)]
        #expect(verdict("chipAuthentication", try await read(image(chip, faults: [.keyTemplateUnknown]))) == .passed)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `active authentication with every digest`(digest: DigestAlgorithm) async throws {
        var chip = ChipPersonalisation.citizenCard2021
        for kind in [
            ChipPersonalisation.ActiveAuthentication.rsa(bits: 1_024, digest), .rsa(bits: 2_048, digest),
            .ellipticCurve(.brainpoolP256r1, digest), .ellipticCurve(.secp521r1, digest),
        ] {
            chip.activeAuthentication = kind
            #expect(verdict("activeAuthentication", try await read(image(chip))) == .passed, "\(kind)")
            let copy = try image(chip, faults: [.clonedChip])
            let failure = await #expect(throws: Failure.self) { try await read(copy) }
            #expect(failure?.code == .cardForged)
        }
    }

    @Test func `a copied chip fails chip authentication mapping`() async throws {
        let info = PACEInfo(mapping: .chipAuthentication, suite: .aes128, parameterID: 13)
        var copy = try image(ChipPersonalisation(pace: [info], chipAuthentication: []), faults: [.clonedChip])
        // Without a key in DG14 nothing else would show it.
        copy.files[.dg14] = nil
        let reading = try await read(copy)
        let finding = reading.findings.first { $0.check == "chipAuthenticationMapping" }
        #expect(finding?.verdict == .failed && finding?.reason == "keyMismatch")
    }

    @Test(arguments: [
        (Optional<Int>.none, "cardSecurityAbsent", Verdict.notDetermined), (0, "cardSecurityMalformed", .failed),
        (-1, "signatureInvalid", .failed),
    ])
    func `EF_CardSecurity absent, malformed or altered`(byte: Int?, reason: String, verdict: Verdict) async throws {
        let info = PACEInfo(mapping: .chipAuthentication, suite: .aes256, parameterID: 13)
        var card = try image(ChipPersonalisation(pace: [info]))
        if let byte {
            let last = try #require(card.files[.cardSecurity]).count - 1
            if byte < 0 { card.files[.cardSecurity]?[last] ^= 1 } else { card.files[.cardSecurity] = [0x30, 0x00] }
        } else {
            card.files[.cardSecurity] = nil
        }
        let finding = try await read(card).findings.first { $0.check == "chipAuthenticationMapping" }
        #expect(finding?.verdict == verdict && finding?.reason == reason, "\(String(describing: finding))")
    }

    @Test func `a DG2 of no bytes is a card without portrait`() async throws {
        let card = try TestCards.issuer.reissue(
            image(.citizenCard2021), signedAt: TestCards.person.issueDate.midnight
        ) { $0[.dg2] = [] }
        let reading = try await read(card)
        #expect(reading.findings.combined == .passed, "\(reading.findings)")
        let failure = #expect(throws: Failure.self) { try reading.faceImage() }
        #expect(failure?.code == .portraitAbsent)
    }

    /// TR-03105-5.1, ISO7816_D_10, and the same of PACE.
    @Test func `no two reads show the same key`() async throws {
        let image = try image(.citizenCard2021)
        var chip = ChipPersonalisation.citizenCard2021
        chip.chipAuthentication = [.init(suite: .tripleDES, keyID: nil)]
        let infos = try SecurityInfos(dataGroup14: #require(self.image(chip).files[.dg14]))
        var shown: [[UInt8]] = []
        for _ in 0..<2 {
            let channel = InMemoryCardChannel(CardApplet(image: image))
            let reader = DocumentReader(
                plan: ReadPlan(files: ReadPlan.identity), anchors: .none, clock: SystemClock())
            _ = try await reader.read(from: channel, credential: .can(image.cardAccessNumber))
            // The mapping and the ephemeral key of PACE travel in the open.
            shown += channel.commands.filter { $0.starts(with: [0x10, 0x86]) && $0.count > 60 }
            // That of chip authentication does not; MSE:Set KAT is the command that holds it.
            let authentication = try #require(try ChipAuthentication(infos, random: SystemRandomSource()))
            shown.append(authentication.firstCommand.data)
        }
        #expect(shown.count == 6 && Set(shown).count == 6)
    }

    @Test func `domain parameters are named for a card that demands them`() async throws {
        let reading = try await read(image(.citizenCard2021, faults: [.parametersDemanded]))
        #expect(reading.access.accessProtocol == .pace && reading.findings.combined == .passed)
    }

    /// RFC 5114, 2.1: 1024-bit prime, 160-bit order.
    private static let rfc5114: FiniteFieldGroup? = {
        func bytes(_ text: String) -> [UInt8] { Hex.bytes(text.filter { !$0.isWhitespace }) ?? [] }
        return FiniteFieldGroup(
            prime: bytes(
                """
                B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C0
                13ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0
                A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371
                """),
            generator: bytes(
                """
                A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213
                160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A
                D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5
                """),
            order: bytes("F518AA8781A8DF278ABA4E7D64B7CB9D49462353"))
    }()
}
