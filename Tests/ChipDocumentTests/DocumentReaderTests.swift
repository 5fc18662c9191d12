import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore
import Synchronization
import Testing
import VirtualCard

/// The reader against the strict synthetic card, which has its own implementation of the card's side.
@Suite struct DocumentReaderTests {
    static let authority = Result { try NationalAuthority(random: SystemRandomSource()) }
    static let plain = Result { try issue([]) }

    static func issue(_ faults: Set<Fault>) throws -> (image: CardImage, anchors: TrustAnchors, person: SyntheticPerson)
    {
        let today = try #require(CivilDate(year: 2_026, month: 3, day: 1))
        let person = try SyntheticPerson(seed: 42, today: today)
        let authority = try authority.get()
        let image = try CardIssuer(authority: authority).issue(person, faults: faults)
        return (image, TrustAnchors(certificates: [authority.certificate]), person)
    }

    final class Recorder: Sendable {
        let events = Mutex<[String]>([])
        func take(_ event: ReadEvent) {
            events.withLock { events in
                switch event {
                case .phase(let phase): events.append("phase \(phase.rawValue)")
                case .access(let access): events.append("access \(access.accessProtocol.rawValue)")
                case .progress(let file, let received, let total):
                    events.append("progress \(file.rawValue) \(received)/\(total)")
                case .file(let file, _, let matches):
                    events.append("file \(file.rawValue) \(matches.map(String.init) ?? "-")")
                case .record(let record): events.append("record \(record.entries.count)")
                case .finding(let finding): events.append("finding \(finding.check) \(finding.verdict.rawValue)")
                }
            }
        }
    }

    func read(
        _ image: CardImage,
        anchors: TrustAnchors,
        credential: AccessCredential? = nil,
        plan: ReadPlan = ReadPlan(files: ReadPlan.everything),
        capabilities: ChannelCapabilities = .extended,
        removedAfter: Int? = nil,
        recorder: Recorder = Recorder(),
        clock: any StationClock = SystemClock()
    ) async throws -> DocumentReading {
        let channel = InMemoryCardChannel(
            CardApplet(image: image),
            capabilities: capabilities,
            removedAfter: removedAfter
        )
        let reader = DocumentReader(plan: plan, anchors: anchors, clock: clock)
        let can = try AccessCredential.can(digits: image.cardAccessNumber.unredacted)
        return try await reader.read(from: channel, credential: credential ?? can) { recorder.take($0) }
    }

    func mrz(_ image: CardImage) throws -> AccessCredential {
        let text = Array(image.mrzInformation.unredacted)
        return try .mrz(
            documentNumber: String(text[0..<9]),
            birth: String(text[10..<16]),
            expiry: String(text[17..<23])
        )
    }

    @Test func `everything by PACE, every proof passed`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let recorder = Recorder()
        let reading = try await read(image, anchors: anchors, recorder: recorder)
        #expect(reading.access.accessProtocol == .pace && reading.access.mapping == .generic)
        #expect(reading.access.suite == .aes128 && reading.access.downgrade == nil)
        #expect(reading.access.credential == .can && reading.access.parameterSource == .fileIdentifier)
        for file in [FileIdentifier.sod, .com, .dg1, .dg2, .dg13, .dg14, .dg15, .cardAccess] {
            #expect(reading.files[file] == image.files[file], "\(file)")
        }
        #expect(reading.files[.dg3] == nil)
        for check in [
            "securityObjectSignature", "certificateChain", "dataGroupHashes", "passiveAuthentication",
            "issuerAgainstDG1", "chipAuthentication", "activeAuthentication", "comAgainstSOD",
        ] {
            #expect(
                reading.finding(check)?.verdict == .passed,
                "\(check): \(String(describing: reading.finding(check)))"
            )
        }
        #expect(reading.chipGenuine == .passed)
        #expect(reading.statistics.apdus <= 26)
        #expect(try reading.machineReadableZone().wrongCheckDigits == [])
        #expect(try reading.faceImage().format == .jp2)
        // Offline, from what an application carries.
        let evidence = try #require(reading.activeAuthentication)
        let again = DocumentEvidence.verify(
            files: reading.files,
            activeAuthentication: evidence,
            anchors: anchors
        )
        #expect(again.allSatisfy { $0.verdict == .passed } && again.count == 6)
        let events = recorder.events.withLock { $0 }
        #expect(events.first == "phase openingChip" && events.dropLast().last == "phase finished")
        #expect(events.last == "record \(reading.statistics.apdus)")
        let chip = try #require(events.firstIndex(of: "finding chipAuthentication passed"))
        let portrait = try #require(events.firstIndex(of: "phase readingPortrait"))
        #expect(chip < portrait)
        #expect(events.contains("file DG2 true") && events.contains("file EF.COM -"))
    }

    @Test func `text identity in few commands`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let plan = ReadPlan(files: ReadPlan.identity)
        let extended = try await read(image, anchors: anchors, plan: plan)
        #expect(extended.statistics.apdus <= 20, "\(extended.statistics.apdus)")
        #expect(extended.finding("chipAuthentication")?.verdict == .passed)
        let short = try await read(image, anchors: anchors, plan: plan, capabilities: .short)
        #expect(short.statistics.apdus <= 36, "\(short.statistics.apdus)")
        #expect(short.files == extended.files)
    }

    @Test func `everything through short commands only`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let reading = try await read(image, anchors: anchors, capabilities: .short)
        #expect(reading.files[.dg2] == image.files[.dg2])
        #expect(reading.finding("activeAuthentication")?.verdict == .passed)
    }

    @Test func `a card for short commands in a reader for long ones is found out before access`() async throws {
        let (image, anchors, _) = try Self.issue([.shortLengthOnly])
        let reading = try await read(image, anchors: anchors, plan: ReadPlan(files: ReadPlan.identity))
        #expect(reading.finding("passiveAuthentication")?.verdict == .passed)
    }

    /// A reader that cannot carry the answer proves nothing; a card that says of itself that it cannot has no such excuse.
    @Test func `an answer too long for short lengths is the reader's excuse, not the card's`() async throws {
        let (_, anchors, person) = try Self.plain.get()
        var chip = ChipPersonalisation.citizenCard2021
        chip.activeAuthentication = .rsa(bits: 2_048, .sha256)
        func verdict(_ faults: Set<Fault>, _ capabilities: ChannelCapabilities) async throws -> Finding? {
            let image = try CardIssuer(authority: Self.authority.get()).issue(person, chip: chip, faults: faults)
            return try await read(image, anchors: anchors, capabilities: capabilities).finding("activeAuthentication")
        }
        #expect(try await verdict([], .short)?.verdict == .passed)
        let check = "activeAuthentication"
        #expect(
            try await verdict([.activeRefused], .short)
                == Finding(check: check, verdict: .notDetermined, reason: "readerTooShort"))
        #expect(
            try await verdict([.activeRefused, .shortLengthOnly], .extended)
                == Finding(check: check, verdict: .failed, reason: "refused"))
    }

    @Test func `by the machine-readable zone`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let reading = try await read(
            image,
            anchors: anchors,
            credential: mrz(image),
            plan: ReadPlan(files: ReadPlan.identity)
        )
        #expect(reading.access.accessProtocol == .pace && reading.access.credential == .mrz)
    }

    @Test func `BAC only when allowed, and recorded`() async throws {
        let (image, anchors, _) = try Self.issue([.paceRefused])
        let credential = try mrz(image)
        await expectFailure(.cardAccessRefused) { _ = try await read(image, anchors: anchors, credential: credential) }
        await expectFailure(.cardAccessRefused) {
            _ = try await read(
                image,
                anchors: anchors,
                plan: ReadPlan(files: ReadPlan.identity, allowsBasicAccessControl: true)
            )
        }
        let reading = try await read(
            image,
            anchors: anchors,
            credential: credential,
            plan: ReadPlan(files: ReadPlan.everything, allowsBasicAccessControl: true)
        )
        #expect(reading.access.accessProtocol == .bac && reading.access.downgrade == .paceRefused)
        #expect(reading.access.suite == .tripleDES)
        #expect(reading.finding("passiveAuthentication")?.verdict == .passed)
        #expect(reading.finding("chipAuthentication")?.verdict == .passed)
    }

    @Test func `a wrong number is named`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let right = image.cardAccessNumber.unredacted
        let wrong = try AccessCredential.can(digits: right == "000000" ? "000001" : "000000")
        await expectFailure(.cardWrongCredential) { _ = try await read(image, anchors: anchors, credential: wrong) }
        let (refusing, _, _) = try Self.issue([.paceRefused])
        await expectFailure(.cardWrongCredential) {
            _ = try await read(
                refusing,
                anchors: anchors,
                credential: .mrz(documentNumber: "000000000", birth: "000101", expiry: "300101"),
                plan: ReadPlan(files: ReadPlan.identity, allowsBasicAccessControl: true)
            )
        }
    }

    @Test(arguments: [
        (Fault.forgedSignature, "passiveAuthentication", Verdict.failed, "signatureInvalid"),
        (.alteredDG13, "passiveAuthentication", .failed, "hashMismatch"),
        (.foreignIssuer, "passiveAuthentication", .notDetermined, "issuerNotAnchored"),
    ])
    func `issuer's faults are findings`(fault: Fault, check: String, verdict: Verdict, reason: String) async throws {
        let (image, anchors, _) = try Self.issue([fault])
        let reading = try await read(image, anchors: anchors)
        #expect(reading.finding(check) == Finding(check: check, verdict: verdict, reason: reason))
    }

    @Test func `a key under a forged signature proves nothing`() async throws {
        let (image, anchors, _) = try Self.issue([.forgedSignature])
        let reading = try await read(image, anchors: anchors)
        #expect(reading.chipGenuine == .notDetermined)
        #expect(reading.finding("chipAuthentication")?.reason == "keyNotSigned")
        #expect(reading.finding("activeAuthentication")?.reason == "keyNotSigned")
    }

    @Test func `a copied chip is found before the portrait`() async throws {
        let (image, anchors, _) = try Self.issue([.clonedChip])
        let recorder = Recorder()
        await expectFailure(.cardForged) { _ = try await read(image, anchors: anchors, recorder: recorder) }
        let events = recorder.events.withLock { $0 }
        #expect(events.contains("finding chipAuthentication failed"))
        #expect(!events.contains("phase readingPortrait"))
    }

    @Test func `a wrong code ends the session`() async throws {
        let (image, anchors, _) = try Self.issue([.wrongMAC])
        await expectFailure(.cardSessionBroken) { _ = try await read(image, anchors: anchors) }
    }

    /// The card is torn off after every possible number of commands.
    @Test func `a removed card is named at every moment`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let plan = ReadPlan(files: [.dg1, .dg14, .dg15])
        let whole = try await read(image, anchors: anchors, plan: plan).statistics.apdus
        for count in 0..<whole {
            await expectFailure(.cardRemoved) {
                _ = try await read(image, anchors: anchors, plan: plan, removedAfter: count)
            }
        }
    }

    @Test func `the time limit holds`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        await expectFailure(.cardReadTimeout) {
            _ = try await read(image, anchors: anchors, clock: JumpingClock(step: .milliseconds(400)))
        }
        _ = try await read(image, anchors: anchors, clock: JumpingClock(step: .milliseconds(40)))
    }

    @Test func `EF.COM that lists other files is found`() async throws {
        var (image, anchors, _) = try Self.plain.get()
        image.files[.com] = try hex("60145F0104303130375F36063034303030305C0261 75")
        let less = try await read(image, anchors: anchors)
        #expect(less.finding("comAgainstSOD")?.reason == "comListsLess")
        image.files[.com] = try hex("60195F0104303130375F36063034303030305C0761756D6E6F636B")
        let more = try await read(image, anchors: anchors)
        #expect(more.finding("comAgainstSOD")?.reason == "comListsMore")
    }

    @Test func `few bytes move beyond the files' own`() async throws {
        let (image, anchors, _) = try Self.plain.get()
        let reading = try await read(image, anchors: anchors)
        let bytes = reading.files.values.map(\.count).reduce(0, +)
        let moved = reading.statistics.commandBytes + reading.statistics.responseBytes
        #expect(Double(moved) <= 1.10 * Double(bytes), "\(moved) for \(bytes)")
    }
}

/// Every look at the clock costs a step.
final class JumpingClock: StationClock {
    private let step: Duration
    private let value = Mutex(Duration.zero)
    init(step: Duration) { self.step = step }
    var now: Timestamp { Timestamp(milliseconds: 0) }
    var quality: ClockQuality { .suspect }
    var elapsed: Duration {
        value.withLock { value in
            value += step
            return value
        }
    }
    func sleep(for duration: Duration) async throws {}
}
