import StationAPI
import StationBench
import StationCore
import Testing

/// What an operator meets in the form: a problem per field, in both languages, and nothing saved.
@Suite(.serialized) struct ApplicationProblemTests {
    @Test func badPhoneAndNoConsentAreNamedPerField() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            var submission = try await run.submission(read: read, phone: "12345")
            submission.consent?.granted = nil
            let problem = await expectProblem(.applicationInvalid) {
                try await station.client.submit(submission, idempotencyKey: "k")
            }
            let fields = Set((problem?.fields ?? []).map { "\($0.field) \($0.code.rawValue)" })
            #expect(fields.contains("declared.phone phone-invalid"))
            #expect(fields.contains { $0.hasSuffix("consent-missing") })
            #expect(problem?.status == 422)
            #expect(try await station.client.applications().applications.isEmpty)
            // The read is still there: the operator corrects and saves.
            _ = try await run.submit(read: read, phone: "0912345678")
        }
    }

    @Test func aMinorNeedsARepresentative() async throws {
        try await withStation(card: ["--birth", Self.birth(yearsAgo: 10)]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            await expectProblem(.representativeMissing) { try await run.submit(read: read, phone: "0912345678") }
            var submission = try await run.submission(read: read, phone: "0912345678")
            submission.representative = .init(
                personalNumber: "070085001234", fullName: "Trần Thị Bưởi", relationship: "mother", phone: "0912345678")
            let saved = try await station.client.submit(submission, idempotencyKey: "with-mother")
            #expect(try await run.wait(for: saved.itemId, until: ["accepted", "rejected"]).summary.state == "accepted")
        }
    }

    @Test func aChildUnderSixGetsNoLevelTwo() async throws {
        try await withStation(card: ["--birth", Self.birth(yearsAgo: 4)]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            await expectProblem(.ageBelowMinimum) { try await run.submit(read: read, phone: "0912345678") }
        }
    }

    @Test func anExpiredCardIsRefusedWithTheRemedy() async throws {
        try await withStation(card: ["--expiry", Self.lastWeek]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            let problem = await expectProblem(.cardExpired) { try await run.submit(read: read, phone: "0912345678") }
            #expect(problem?.remedyVi == "Hướng dẫn công dân đổi thẻ")
        }
    }

    @Test func aSecondApplicationOfTheDayNeedsAReasonAndASecondPerson() async throws {
        try await withStation { station, run, citizen in
            let first = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let again = try await station.read(citizen, run)
            await expectProblem(.applicationInvalid) { try await run.submit(read: again, phone: "0912345678") }
            let otherPhone = await expectProblem(.duplicateToday) {
                try await run.submit(read: again, phone: "0987654321")
            }
            #expect(otherPhone?.status == 409)
            let overrides = [ApplicationSubmission.Override(kind: "duplicateToday", reason: "sửa số điện thoại")]
            await expectProblem(.coSignatureMissing) {
                try await run.submit(read: again, phone: "0987654321", overrides: overrides)
            }
            await expectProblem(.coSignatureRefused) {
                try await run.submit(
                    read: again, phone: "0987654321", overrides: overrides, coSignature: DeskPerson.lan.signature)
            }
            let second = try await run.submit(
                read: again, phone: "0987654321", overrides: overrides, coSignature: try await station.coSignature())
            let history = try await station.client.application(second.itemId.text).history
            #expect(history.contains { $0.action == "item.co-signed" && $0.actor == "op:hoa" })
            #expect(history.contains { $0.action == "item.saved" && $0.actor == "op:lan" })
            #expect(second.itemId != first.itemId)
            #expect(second.warnings.map(\.code).contains(.duplicateToday))
        }
    }

    /// Three days later, at the desk's own word for when: the follow-up data of the first one is set back, as time does it.
    @Test func anApplicationOfAnEarlierDayIsToldAndNeedsTheSame() async throws {
        try await withStation { station, run, citizen in
            let first = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: first.itemId, until: ["accepted"])
            await station.stopDaemon()
            try await station.alterStore(
                "UPDATE follow_up SET day = day - 3", "UPDATE item SET captured_at = captured_at - 3 * 86400000")
            try await station.startDaemon()
            let again = try await station.read(citizen, run)
            let problem = await expectProblem(.duplicateToday) {
                try await run.submit(read: again, phone: "0987654321")
            }
            let field = try #require(problem?.fields?.first)
            let day = SystemClock().now.adding(.seconds(-3 * 86_400)).vietnamDay.vietnameseText
            for (said, state) in [(field.detailVi, "Cấp trên đã tiếp nhận"), (field.detail, "accepted")] {
                let text = try #require(said)
                #expect(text.hasPrefix("000-001, ") && text.hasSuffix(" \(day), Bộ phận Một cửa: \(state)"), "\(text)")
            }
            let overrides = [ApplicationSubmission.Override(kind: "duplicateToday", reason: "mất điện thoại")]
            await expectProblem(.coSignatureMissing) {
                try await run.submit(read: again, phone: "0987654321", overrides: overrides)
            }
            let second = try await run.submit(
                read: again, phone: "0987654321", overrides: overrides, coSignature: try await station.coSignature())
            // What is kept says that it is a second one, and not of which.
            let warning = try #require(second.warnings.first { $0.code == .duplicateToday })
            #expect(warning.detail == nil && warning.detailVi == nil)
        }
    }

    @Test func anUnfinishedOrForgottenReadGivesNoApplication() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            let submission = try await run.submission(read: read, phone: "0912345678")
            // Another card on the reader: the earlier citizen's data is gone.
            let other = try Citizen(directory: try await station.issueCard("other", ["--seed", "99"]))
            _ = try await station.read(other, run)
            await expectProblem(.readUnknown) { try await station.client.submit(submission, idempotencyKey: "k") }
            #expect(try await station.client.read(read.id).citizen == nil)
        }
    }

    private static var lastWeek: String { SystemClock().now.adding(.seconds(-7 * 86_400)).vietnamDay.text }

    private static func birth(yearsAgo years: Int) -> String {
        let today = SystemClock().now.vietnamDay
        return CivilDate(year: today.year - years, month: 1, day: 1)?.text ?? ""
    }
}
