import Foundation
import StationAPI
import StationBench
import StationCore
import Testing
import Uplink

/// What is not the ordinary case: each has its path, its rules and its problem codes, from the desk to upstream.
@Suite(.serialized) struct FallbackTests {
    @Test func whatIsTypedByHandNeedsTwoIsHeldAndSaysSo() async throws {
        try await withStation { station, run, citizen in
            var order = try await ordinary(run)
            order.manual = Self.typed(citizen)
            await expectProblem(.coSignatureMissing) {
                try await station.client.submit(order, idempotencyKey: "typed")
            }
            let second = try await station.coSignature()
            for (change, code) in [
                ({ $0.manual?.reason = nil }, FailureCode.applicationInvalid),
                ({ $0.manual?.personalNumber = "12" }, .applicationInvalid),
                ({ $0.manual?.expiry = "2020-01-01" }, .cardExpired),
                ({ $0.manual?.nationality = "LAO" }, .cardForeign),
                ({ $0.readId = "also" }, .requestMalformed),
                ({ $0.manual = nil }, .requestMalformed),
            ] as [((inout ApplicationSubmission) -> Void, FailureCode)] {
                var wrong = order
                change(&wrong)
                let submission = wrong
                await expectProblem(code) {
                    try await station.client.submit(submission, idempotencyKey: "typed", coSignature: second)
                }
            }
            let saved = try await station.client.submit(order, idempotencyKey: "typed", coSignature: second)
            #expect(saved.warnings.map(\.code).contains(.cardNotVerified))
            let detail = try await station.client.application(saved.itemId.text)
            #expect(detail.summary.state == "held" && detail.summary.reason == "unverified")
            #expect(detail.history.map(\.action).contains("item.co-signed"))
            _ = try await station.client.perform(
                .release, on: saved.itemId.text, ApplicationOrder(reason: .settled), coSignature: second)
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            // Upstream believes no station's word, and here there is nothing to believe.
            let held = try await station.held()
            #expect(held.items.first { $0.itemId == saved.itemId }?.cardVerdict == .notDetermined)
        }
    }

    @Test func aStationMayTakeNothingThatIsTyped() async throws {
        try await withStation(settings: "people:\n  idleSeconds: 600", environment: ["CARD_MANUAL_ENTRY": "false"]) {
            station, run, citizen in
            var order = try await ordinary(run)
            order.manual = Self.typed(citizen)
            let submission = order
            let second = try await station.coSignature()
            await expectProblem(.manualEntryRefused) {
                try await station.client.submit(submission, idempotencyKey: "typed", coSignature: second)
            }
        }
    }

    @Test func whoHasNoFingerprintIsTakenInWithTheReason() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var order = try await run.submission(read: read, phone: "0912345678")
            order.matches = SubmittedMatches(
                face: .init(outcome: "matched", reference: "c06-771"), fingerprint: .init(outcome: "notObtainable"))
            let silent = order
            await expectProblem(.matchReasonMissing) {
                try await station.client.submit(silent, idempotencyKey: "k1")
            }
            order.matches?.fingerprint?.outcome = "perhaps"
            let odd = order
            await expectProblem(.fieldInvalid) { try await station.client.submit(odd, idempotencyKey: "k1") }
            order.matches?.fingerprint = .init(outcome: "notObtainable", reason: "vân tay mòn do cạo mủ cao su")
            let saved = try await station.client.submit(order, idempotencyKey: "k1")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    @Test func whoDoesNotMatchIsHeldOnTheWordOfTwo() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var order = try await run.submission(read: read, phone: "0912345678")
            order.matches = SubmittedMatches(face: .init(outcome: "notMatched"))
            let submission = order
            await expectProblem(.coSignatureMissing) {
                try await station.client.submit(submission, idempotencyKey: "k1")
            }
            let saved = try await station.client.submit(
                submission, idempotencyKey: "k1", coSignature: try await station.coSignature())
            let summary = try await station.client.application(saved.itemId.text).summary
            #expect(summary.state == "held" && summary.reason == "not-matched")
        }
    }

    @Test func whoCannotReadAgreesBeforeAWitness() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var order = try await run.submission(read: read, phone: "0912345678")
            order.consent?.confirmation = "witnessed"
            order.consent?.readAloud = true
            let alone = order
            await expectProblem(.witnessMissing) { try await station.client.submit(alone, idempotencyKey: "k1") }
            order.consent?.witness = SubmittedWitness(fullName: "Điểu Thị Sa", personalNumber: "12")
            let numbered = order
            await expectProblem(.numberInvalid) { try await station.client.submit(numbered, idempotencyKey: "k1") }
            order.consent?.witness?.personalNumber = nil
            let saved = try await station.client.submit(order, idempotencyKey: "k1")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    @Test func aLivePortraitTravelsAlong() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var order = try await run.submission(read: read, phone: "0912345678")
            let picture = Data([0xff, 0xd8, 0xff, 0xe0] + SystemRandomSource().bytes(50_000) + [0xff, 0xd9])
            for (content, type) in [
                ("!!", "image/jpeg"), (picture.base64EncodedString(), "image/png"),
                (Data([1, 2, 3]).base64EncodedString(), "image/jpeg"),
                (picture.dropLast(2).base64EncodedString(), "image/jpeg"),
            ] {
                order.attachments = [SubmittedAttachment(mediaType: type, content: content)]
                let wrong = order
                await expectProblem(.attachmentInvalid) {
                    try await station.client.submit(wrong, idempotencyKey: "k1")
                }
            }
            order.attachments = [SubmittedAttachment(mediaType: "image/jpeg", content: picture.base64EncodedString())]
            let saved = try await station.client.submit(order, idempotencyKey: "k1")
            let detail = try await run.wait(for: saved.itemId, until: ["accepted"])
            #expect(detail.summary.size > 50_000)
            // What upstream opened and keeps is what was captured, byte for byte.
            let files = try await station.partsUpstream(saved.itemId)
            let portrait = try #require(files.first { $0.name == "attachment-1" })
            #expect(
                portrait.size == picture.count && portrait.sha256 == Hex.text(ContentDigest(of: Array(picture)).bytes))
        }
    }

    /// A grown person for whom a guardian speaks: by the rules of the day, with the guardian's own number and phone.
    @Test func aWardComesWithTheGuardian() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var order = try await run.submission(read: read, phone: "0987654321")
            let guardian = ApplicationSubmission.Representative(
                personalNumber: "070085001234", fullName: "Trần Thị Bưởi", relationship: "guardian", phone: "0987654321"
            )
            for (change, code) in [
                ({ $0.personalNumber = citizen.number }, FailureCode.representativeInvalid),
                ({ $0.personalNumber = "12" }, .representativeInvalid),
                ({ $0.relationship = nil }, .representativeInvalid), ({ $0.relationship = "neighbour" }, .fieldInvalid),
                ({ $0.fullName = " " }, .fieldMissing), ({ $0.phone = nil }, .phoneMissing),
            ] as [((inout ApplicationSubmission.Representative) -> Void, FailureCode)] {
                var wrong = guardian
                change(&wrong)
                order.representative = wrong
                let submission = order
                let problem = await refused { try await station.client.submit(submission, idempotencyKey: "ward") }
                #expect(
                    problem?.fields?.contains { $0.code == code } == true, "\(code): \(String(describing: problem))")
            }
            order.representative = guardian
            order.declared.phone = "0912345678"
            let others = order
            await expectProblem(.representativeInvalid) {
                try await station.client.submit(others, idempotencyKey: "ward")
            }
            order.declared.phone = "0987654321"
            let saved = try await station.client.submit(order, idempotencyKey: "ward")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            let shown = try await station.shownUpstream(saved.itemId)
            for part in [citizen.number, guardian.personalNumber, guardian.fullName, "guardian", guardian.phone] {
                #expect(shown.contains(try #require(part)), "\(part ?? "")")
            }
            // The account hangs on the guardian's phone: that is where the point calls.
            #expect(try await station.client.find(PersonQuestion(phone: "0987654321")).entries.count == 1)
        }
    }

    /// Two desks, two operators: nobody sees or saves what another has read, and the session's figures know who took in
    /// whom.
    @Test func nothingCrossesBetweenTwoOperators() async throws {
        try await withStation { station, run, citizen in
            let other = try await station.client(of: .hoa)
            let stream = try await other.events()
            let read = try await station.read(citizen, run)
            await expectProblem(.readOfAnother) { try await other.read(read.id) }
            await expectProblem(.readOfAnother) { try await other.portrait(read.id) }
            let theirs = IntakeRun(client: other)
            await expectProblem(.readOfAnother) { try await theirs.submit(read: read, phone: "0912345678") }
            let saved = try await run.submit(read: read, phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            for try await event in stream {
                #expect(event.read == nil, "another's read was told")
                if event.application?.state == "accepted" { break }
            }
            let shift = try #require(try await other.currentShift())
            let summary = try await other.summary(ofShift: shift.shiftId)
            #expect(summary.taken == 1 && summary.accepted == 1 && summary.transmitted == 1 && summary.waiting == 0)
            #expect(summary.byOperator == [.init(operatorId: "lan", taken: 1)])
        }
    }

    /// The session runs out in the middle of the form: the read waits, and the same person goes on.
    @Test func aSessionThatRunsOutMidFormLosesNothing() async throws {
        try await withStation(settings: "people:\n  idleSeconds: 10") { station, run, citizen in
            let read = try await station.read(citizen, run)
            let submission = try await run.submission(read: read, phone: "0912345678")
            try await SystemClock().sleep(for: .seconds(11))
            await expectProblem(.sessionExpired) { try await station.client.submit(submission, idempotencyKey: "k") }
            try await station.client.signIn(DeskPerson.lan.signIn)
            let saved = try await station.client.submit(submission, idempotencyKey: "k")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    @Test func withoutASessionNothingIsTakenInAndARepeatStillGetsItsAnswer() async throws {
        try await withStation { station, run, citizen in
            let submission = try await run.submission(
                read: try await station.read(citizen, run), phone: "0912345678")
            let saved = try await station.client.submit(submission, idempotencyKey: "k")
            let shift = try #require(try await station.client.currentShift())
            _ = try await station.client.closeShift(shift.shiftId)
            #expect(try await station.client.submit(submission, idempotencyKey: "k") == saved)
            let next = try await run.submission(read: try await station.read(citizen, run), phone: "0987654321")
            await expectProblem(.shiftNone) { try await station.client.submit(next, idempotencyKey: "k2") }
        }
    }

    // MARK: Helpers

    private func refused(_ body: () async throws -> some Any) async -> Problem? {
        do { _ = try await body() } catch { return error as? Problem }
        return nil
    }

    private func ordinary(_ run: IntakeRun) async throws -> ApplicationSubmission {
        let consent = try await run.client.description().consent
        return ApplicationSubmission(
            readId: nil, declared: .init(phone: "0912345678"),
            consent: .init(
                granted: true, textVersion: consent.version, textSHA256: consent.sha256, language: consent.language,
                confirmation: "spoken"))
    }

    private static func typed(_ citizen: Citizen) -> ManualEntry {
        ManualEntry(
            personalNumber: citizen.number, fullName: citizen.name, birthDate: "1990", sex: "female",
            nationality: "VNM", residence: citizen.residence, expiry: "none", reason: "chip hỏng, đã thử ba lần")
    }
}
