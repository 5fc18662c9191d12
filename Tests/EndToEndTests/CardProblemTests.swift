import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// What an operator meets at the reader: each has its own code, and nothing is lost.
@Suite(.serialized) struct CardProblemTests {
    @Test func noReaderNoCardAndAWrongNumber() async throws {
        try await withStation { station, run, citizen in
            try await run.waitForReaders { !$0.readers.isEmpty }
            let reader = try #require(try await station.client.readers().readers.first).id
            let request = ReadRequest(credential: citizen.credential)
            await expectProblem(.cardNone) { try await station.client.startRead(reader: reader, request) }
            await expectProblem(.readerUnknown) { try await station.client.startRead(reader: "nobody", request) }
            await expectProblem(.credentialInvalid) {
                try await station.client.startRead(reader: reader, ReadRequest(credential: .init(number: "123")))
            }
            try await station.insertCard(citizen.directory)
            _ = try await run.readerWithCard(named: station.readerName)
            let wrong = try await run.read(reader: reader, credential: .init(can: "000000"))
            #expect(wrong.state == .failed && wrong.problem?.code == FailureCode.cardWrongCredential.rawValue)
            #expect(wrong.citizen == nil)
            // The card is none the worse: the right number opens it.
            #expect(try await run.read(reader: reader, credential: citizen.credential).state == .finished)
        }
    }

    @Test func aMachineWithoutReaderSaysSoUntilOneComes() async throws {
        try await withStation { station, run, citizen in
            await station.cardService.kill()
            try await station.cardService.start(withReaders: false)
            try await run.waitForReaders { $0.serviceRunning && $0.readers.isEmpty }
            await expectProblem(.readerNone) {
                try await station.client.startRead(reader: "any", ReadRequest(credential: citizen.credential))
            }
            let status = try await station.client.status()
            #expect(status.problems.contains { $0.code == FailureCode.readerNone.rawValue })
            let control = try await station.control(["readers"])
            #expect(control.status == .exited(2), "\(control)")
            await station.cardService.kill()
            try await station.cardService.start()
            #expect(try await station.read(citizen, run).state == .finished)
        }
    }

    @Test func aReadOfTheTextTouchesNoPortraitAndMakesNoApplication() async throws {
        try await withStation { station, run, citizen in
            try await station.insertCard(citizen.directory)
            let reader = try await run.readerWithCard(named: station.readerName)
            func request(_ fields: [String]) -> ReadRequest {
                ReadRequest(credential: citizen.credential, fields: fields)
            }
            for fields in [["shoeSize"], [], ["portrait"]] {
                await expectProblem(.fieldInvalid) {
                    try await station.client.startRead(reader: reader, request(fields))
                }
            }
            let started = try await station.client.startRead(
                reader: reader, request(["number", "fullName", "residence"]))
            let read = try await run.wait(forRead: started.id, until: { $0.state == .finished || $0.state == .failed })
            #expect(read.state == .finished && read.citizen != nil && !read.portraitAvailable)
            #expect(!read.progress.contains { $0.file == "DG2" || $0.file == "DG15" })
            #expect(read.cost.apdus <= 20)
            await expectProblem(.readPartial) { try await run.submit(read: read, phone: "0912345678") }
        }
    }

    /// BSI TR-03135-1, 4.1.4: seven seconds at most; beyond two and a half the operator is told what is slow.
    @Test func aSlowCardIsNamedByItsPhaseAndEndsAtItsLimit() async throws {
        try await withStation { station, run, citizen in
            let slow = try await station.read(citizen, run, arguments: ["--delay-milliseconds", "200"])
            #expect(slow.state == .finished && slow.slowPhase != nil)
            let stuck = try await station.read(citizen, run, arguments: ["--delay-milliseconds", "600"])
            #expect(stuck.state == .failed && stuck.problem?.code == FailureCode.cardReadTimeout.rawValue)
            #expect(stuck.slowPhase != nil && stuck.citizen == nil)
            let quick = try await station.read(citizen, run)
            #expect(quick.state == .finished && quick.slowPhase == nil)
        }
    }

    /// What is scanned is recognised, held against the chip, and refused by name when it is another document's.
    @Test func whatIsScannedOpensTheChipAndIsHeldAgainstIt() async throws {
        try await withStation { station, run, citizen in
            try await station.insertCard(citizen.directory)
            let reader = try await run.readerWithCard(named: station.readerName)
            func request(qr: String) -> ReadRequest { ReadRequest(credential: .init(qr: qr)) }
            for (text, code) in [
                ("123456789", FailureCode.idCardOld),
                ("DN4010112345678|4e|01/01/1990|1|x|79 - 023|-|01/01/2020|-", .healthInsuranceCard),
                ("hello", .credentialInvalid),
            ] {
                await expectProblem(code) { try await station.client.startRead(reader: reader, request(qr: text)) }
            }
            let number = try #require(citizen.credential.number)
            let another = "\(number)||Nguyễn Văn Khác|01011990|Nam|Hà Nội|01012022"
            let started = try await station.client.startRead(reader: reader, request(qr: another))
            let read = try await run.wait(forRead: started.id, until: { $0.state == .finished || $0.state == .failed })
            #expect(read.state == .finished && read.verdict == .failed)
            #expect(read.findings.contains { $0.check == "qrName" && $0.verdict == .failed })
            #expect(read.findings.contains { $0.check == "qrNumber" && $0.verdict == .passed })
        }
    }

    @Test func aCardServiceThatGoesAndComesBack() async throws {
        try await withStation { station, run, citizen in
            await station.cardService.kill()
            try await run.waitForReaders { !$0.serviceRunning }
            await expectProblem(.readerServiceDown) {
                try await station.client.startRead(
                    reader: "any", ReadRequest(credential: citizen.credential))
            }
            try await station.cardService.start()
            #expect(try await station.read(citizen, run).state == .finished)
        }
    }

    @Test(arguments: [3, 9, 17])
    func aCardTornOffMidReadIsReadOnWhenItComesBack(after apdus: Int) async throws {
        try await withStation { station, run, citizen in
            let torn = try await station.tear(citizen, run, after: apdus)
            #expect(torn.state == .suspended && torn.citizen == nil && !torn.portraitAvailable)
            #expect(try #require(torn.suspendedUntil) > torn.startedAt)
            await expectProblem(.readUnfinished) { try await run.submit(read: torn, phone: "0912345678") }
            try await run.waitForReaders { $0.readers.first?.state == .empty }
            try await station.insertCard(citizen.directory)
            let read = try await run.wait(forRead: torn.id, until: { $0.state != .suspended && $0.state != .reading })
            #expect(read.state == .finished && read.resumptions == 1 && read.portraitAvailable)
            #expect(read.findings.first { $0.check == "chipAuthentication" }?.verdict == .passed)
            _ = try await run.submit(read: read, phone: "0912345678")
        }
    }

    /// Contact is lost and found again before the card service looks at its reader: nobody has to lay the card again.
    @Test(arguments: [0, 4, 12, 19])
    func aCardThatSlipsIsReadOn(after apdus: Int) async throws {
        try await withStation { station, run, citizen in
            let slipped = try await station.read(citizen, run, arguments: ["--slip-after-apdus", "\(apdus)"])
            let read = try await run.wait(
                forRead: slipped.id, until: { $0.state != .suspended && $0.state != .reading })
            #expect(read.state == .finished && read.resumptions == 1 && read.portraitAvailable, "\(read)")
            _ = try await run.submit(read: read, phone: "0912345678")
        }
    }

    @Test func anotherCardInTheTornOnesPlaceIsRefusedByName() async throws {
        try await withStation { station, run, citizen in
            let other = try await station.issueCard("other", ["--seed", "77"])
            let torn = try await station.tear(citizen, run, after: 17)
            try await run.waitForReaders { $0.readers.first?.state == .empty }
            try await station.insertCard(other)
            let read = try await run.wait(forRead: torn.id, until: { $0.state == .failed })
            #expect(read.problem?.code == FailureCode.cardOther.rawValue && read.citizen == nil)
            await expectProblem(.cardOther) { try await run.submit(read: read, phone: "0912345678") }
        }
    }

    @Test func whileACardIsAwaitedNothingElseStartsOnItsReader() async throws {
        try await withStation { station, run, citizen in
            let torn = try await station.tear(citizen, run, after: 17)
            try await run.waitForReaders { $0.readers.first?.state == .empty }
            let reader = try #require(try await station.client.readers().readers.first).id
            await expectProblem(.cardNone) {
                try await station.client.startRead(reader: reader, ReadRequest(credential: citizen.credential))
            }
            #expect(try await station.client.read(torn.id).state == .suspended)
        }
    }

    @Test func aCardThatIsNoIdentityDocument() async throws {
        try await withStation { station, run, citizen in
            let connection = try await station.cardService.cardConnection(slot: 0)
            let card = ScriptedCard(connection: connection) { _ in .answer([0x6A, 0x82]) }
            let reader = try await run.readerWithCard(named: station.readerName)
            let read = try await run.read(reader: reader, credential: citizen.credential)
            #expect(read.problem?.code == FailureCode.cardNotDocument.rawValue)
            card.remove()
        }
    }

    /// Of every family of BSI TR-03105-5.1 some, through the real card service; all of them run at the APDU seam in
    /// ConformanceTests.
    @Test(arguments: [
        ("application-absent", FailureCode.cardNotDocument), ("messaging-error", .cardSessionBroken),
        ("messaging-without-mac", .cardSessionBroken), ("wrong-mac", .cardSessionBroken),
        ("messaging-wrong-cryptogram", .cardSessionBroken), ("cloned-chip", .cardForged),
        ("old-keys-kept", .cardForged), ("pace-template-refused", .cardAccessRefused),
        ("pace-nonce-altered", .cardWrongCredential), ("pace-mapping-off-curve", .cardProtocolError),
        ("pace-ephemeral-echoed", .cardProtocolError), ("pace-wrong-token", .cardProtocolError),
        ("pace-error-4", .cardWrongCredential),
    ])
    func aHostileChipEndsInItsOwnReason(fault: String, code: FailureCode) async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run, arguments: ["--fault", fault])
            #expect(read.state == .failed && read.problem?.code == code.rawValue, "\(String(describing: read.problem))")
            #expect(read.problem?.detailVi == code.text.titleVi && read.citizen == nil && !read.portraitAvailable)
            // The reader serves the next card.
            #expect(try await station.read(citizen, run).state == .finished)
        }
    }

    @Test(arguments: ["forged-signature", "altered-dg13"])
    func aForgedCardGivesNoApplication(fault: String) async throws {
        try await withStation(card: ["--fault", fault]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            #expect(read.verdict == .failed)
            let problem = await expectProblem(.cardForged) { try await run.submit(read: read, phone: "0912345678") }
            #expect(problem?.detailVi == "Không xác thực được thẻ")
            #expect(try await station.client.applications().applications.isEmpty)
        }
    }

    @Test func aCardOfAnotherAuthorityIsNotAnchored() async throws {
        try await withStation { station, run, _ in
            let stranger = try await ManagedProcess.run(
                Command(
                    try BuiltExecutables.path("virtual-card"),
                    ["issue", "\(station.layout.cards)/stranger", "--seed", "9"]))
            #expect(stranger.status == .exited(0))
            let citizen = try Citizen(directory: "\(station.layout.cards)/stranger")
            let read = try await station.read(citizen, run)
            let chain = read.findings.first { $0.check == "certificateChain" }
            #expect(chain?.verdict == .notDetermined && chain?.reason == "issuerNotAnchored")
            #expect(read.verdict == .notDetermined)

            // An administrator imports the stranger's authority; the running daemon takes it up.
            let imported = try await ManagedProcess.run(
                Command(
                    try BuiltExecutables.path("intakectl"),
                    [
                        "trust", "import", "\(station.layout.cards)/stranger/csca.pem", "--directory",
                        "\(station.layout.state)/trust",
                    ]))
            #expect(imported.status == .exited(0), "\(imported.error)")
            let daemon = try #require(await station.runningDaemon)
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration reloaded") }
            let anchored = try await station.read(citizen, run)
            #expect(anchored.findings.first { $0.check == "certificateChain" }?.verdict == .passed)
        }
    }
}

extension Citizen {
    /// What opens the chip by BAC: document number, birth and expiry as printed.
    func basicAccess() throws -> ReadRequest.Credential {
        struct Record: Codable {
            let birthDate: CivilDate
            let expiry: CivilDate?
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/person.json"))
        let record = try StrictJSON.decode(Record.self, from: Array(data))
        return .init(
            documentNumber: String(number.suffix(9)), birth: record.birthDate.text,
            expiry: record.expiry?.text ?? "none")
    }
}
