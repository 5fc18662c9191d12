import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// What people do with saved applications: each ends in the state that its name says, and upstream hears what it must.
@Suite(.serialized) struct ApplicationOrderTests {
    @Test func whatIsHeldStaysAndWhatIsReleasedGoes() async throws {
        try await withStation { station, run, citizen in
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let held = try await station.client.perform(
                .hold, on: saved.itemId.text, ApplicationOrder(reason: .documentAwaited))
            #expect(held.summary.state == "held" && held.summary.reason == "document-awaited")
            #expect(held.summary.by == "op:lan" && held.summary.problem == nil)
            let other = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345679", overrides: Self.repeated,
                coSignature: try await station.coSignature())
            // What an administrator paused stays so when the daemon starts again.
            await station.stopDaemon()
            try await station.startDaemon()
            #expect(try await station.client.status().uplink.state == .stopped)
            #expect(try await station.client.application(other.itemId.text).summary.attempts == 0)
            #expect(try await station.administer(["resume"]).status == .exited(0))
            _ = try await run.wait(for: other.itemId, until: ["accepted"])
            #expect(try await station.client.application(saved.itemId.text).summary.state == "held")
            await expectProblem(.coSignatureMissing) {
                try await station.client.perform(
                    .release, on: saved.itemId.text, ApplicationOrder(reason: .settled))
            }
            let released = try await station.client.perform(
                .release, on: saved.itemId.text, ApplicationOrder(reason: .settled),
                coSignature: try await station.coSignature())
            #expect(released.summary.reason == nil && released.summary.problem == nil)
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    @Test func whatNeverLeftCanBeTakenBackAndWhatLeftCannot() async throws {
        try await withStation { station, run, citizen in
            _ = try await station.administer(["pause"])
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            await expectProblem(.reasonUnknown) { try await station.client.perform(.cancel, on: saved.itemId.text) }
            let cancelled = try await station.control(["cancel", saved.itemId.text, "--reason", "operator-mistake"])
            #expect(cancelled.status == .exited(0), "\(cancelled)")
            #expect(try await station.client.application(saved.itemId.text).summary.state == "cancelled")
            _ = try await station.administer(["resume"])
            // Taken back, it does not count as a repetition.
            let sent = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: sent.itemId, until: ["accepted"])
            await expectProblem(.transitionRefused) {
                try await station.client.perform(
                    .cancel, on: sent.itemId.text, ApplicationOrder(reason: .operatorMistake))
            }
            #expect(try await station.held().items.map(\.itemId) == [sent.itemId])
        }
    }

    /// The station cannot read an application back, so a correction is a message of its own (law 2).
    @Test func aCorrectionIsARevisionThatNamesWhatItCorrects() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            let change = AmendmentSubmission(reason: "số điện thoại cũ", phone: "0987 654 321")
            let key = UUID().uuidString
            let amended = try await station.client.amend(saved.itemId.text, change, idempotencyKey: key)
            #expect(try await station.client.amend(saved.itemId.text, change, idempotencyKey: key) == amended)
            let detail = try await run.wait(for: amended.itemId, until: ["accepted"])
            #expect(detail.summary.revision == 2 && detail.summary.supersedes == saved.itemId)
            await expectProblem(.applicationSuperseded) {
                try await station.client.amend(saved.itemId.text, change, idempotencyKey: UUID().uuidString)
            }
            for (wrong, code) in [
                (AmendmentSubmission(reason: "x", phone: "12"), FailureCode.phoneInvalid),
                (AmendmentSubmission(reason: "x"), .fieldMissing),
                (AmendmentSubmission(reason: "x", integrations: ["nothing"]), .integrationUnknown),
            ] {
                await expectProblem(code) {
                    try await station.client.amend(amended.itemId.text, wrong, idempotencyKey: UUID().uuidString)
                }
            }
            #expect(try await station.held().items.count == 2)
            // Whoever calls the citizen gets the new number.
            let found = try await station.client.find(PersonQuestion(phone: "0987654321"))
            #expect(found.entries.map(\.application.itemId) == [amended.itemId])
            #expect(found.entries.first?.phone == "0987654321" && found.entries.first?.name == citizen.name)
        }
    }

    @Test func whatUpstreamRefusedComesAgainAsAFreshRead() async throws {
        try await withStation(upstream: ["--refuse", "policy"]) { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let rejected = try await run.wait(for: saved.itemId, until: ["rejected"])
            #expect(rejected.summary.problem?.code == FailureCode.upstreamRejectedItem.rawValue)
            await station.stopUpstream()
            try await station.startUpstream()
            // Whoever lies on the reader next is not always the one who was asked back.
            let other = try Citizen(directory: try await station.issueCard("second", ["--seed", "77"]))
            var wrong = try await run.submission(read: try await station.read(other, run), phone: "0912345680")
            wrong.supersedes = saved.itemId.text
            await expectProblem(.citizenDiffers) {
                try await station.client.submit(wrong, idempotencyKey: UUID().uuidString)
            }
            #expect(try await station.client.application(saved.itemId.text).summary.state == "rejected")
            let read = try await station.read(citizen, run)
            var submission = try await run.submission(read: read, phone: "0912345679")
            submission.supersedes = saved.itemId.text
            let again = try await station.client.submit(submission, idempotencyKey: UUID().uuidString)
            let accepted = try await run.wait(for: again.itemId, until: ["accepted"])
            #expect(accepted.summary.revision == 2 && accepted.summary.supersedes == saved.itemId)
            let old = try await station.client.application(saved.itemId.text).summary
            #expect(old.state == "closed" && old.reason == ReasonCode.superseded.rawValue)
        }
    }

    @Test func aCitizenWithdrawsBeforeAndAfterSending() async throws {
        try await withStation { station, run, citizen in
            _ = try await station.administer(["pause"])
            let early = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let order = WithdrawalOrder(reason: nil, confirmation: "spoken")
            await expectProblem(.consentMissing) {
                try await station.client.withdraw(
                    early.itemId.text, WithdrawalOrder(reason: nil, confirmation: nil),
                    idempotencyKey: UUID().uuidString)
            }
            let key = UUID().uuidString
            let closed = try await station.client.withdraw(early.itemId.text, order, idempotencyKey: key)
            #expect(closed == Withdrawal(itemId: early.itemId, message: nil))
            #expect(try await station.client.withdraw(early.itemId.text, order, idempotencyKey: key) == closed)
            #expect(try await station.client.application(early.itemId.text).summary.reason == "withdrawn")
            _ = try await station.administer(["resume"])
            let late = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: late.itemId, until: ["accepted"])
            let told = try await station.client.withdraw(
                late.itemId.text, order, idempotencyKey: UUID().uuidString)
            let message = try #require(told.message)
            _ = try await run.wait(for: message.itemId, until: ["accepted"])
            #expect(Set(try await station.held().items.map(\.itemId)) == [late.itemId, message.itemId])
        }
    }

    @Test func aPersonIsFoundAndForgottenAndBothStandInTheAudit() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let found = try await station.client.find(PersonQuestion(personalNumber: citizen.number))
            #expect(found.entries.map(\.application.itemId) == [saved.itemId])
            #expect(found.entries.first?.maskedNumber != citizen.number)
            await expectProblem(.numberInvalid) { try await station.client.find(PersonQuestion(personalNumber: "1")) }
            await expectProblem(.requestMalformed) { try await station.client.find(PersonQuestion()) }
            #expect(try await station.control(["forget", saved.itemId.text]).status == .exited(0))
            #expect(try await station.client.find(PersonQuestion(personalNumber: citizen.number)).entries.isEmpty)
            #expect(try await station.control(["forget", saved.itemId.text]).status == .exited(3))
            let actions = try await station.client.application(saved.itemId.text).history.map(\.action)
            #expect(actions.contains("followup.read") && actions.contains("followup.erased"))
            #expect(
                try await station.administer(["audit", "export"]).output.contains { $0.contains("followup.searched") })
        }
    }

    /// The second of the three statuses: upstream's own words, and no figure before it has spoken.
    @Test func whatUpstreamDecidesIsShownInItsWordsAndCountedOnlyWhenKnown() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let other = try await run.submit(
                read: try await station.read(citizen, run), phone: "0912345679", overrides: Self.repeated,
                coSignature: try await station.coSignature())
            for item in [saved, other] { _ = try await run.wait(for: item.itemId, until: ["accepted"]) }
            #expect(try await station.client.application(saved.itemId.text).summary.decision == nil)
            try await station.decide(saved.itemId, "Chờ phê duyệt")
            try await station.decide(saved.itemId, "Hồ sơ được cấp")
            try await station.decide(other.itemId, "Đang xem xét lại")
            #expect(try await station.administer(["flush"]).status == .exited(0))
            try await run.waitForStatus { $0.decisions?.counts == ["granted": 1] }
            let status = try await station.client.status()
            #expect(status.decisions?.unknownLabels == ["Đang xem xét lại": 1])
            let decided = try await station.client.application(saved.itemId.text).summary
            #expect(decided.decision?.meaning == .granted && decided.decision?.label == "Hồ sơ được cấp")
            // Upstream's decision is not the station's state.
            #expect(decided.state == "accepted")
        }
    }

    @Test func anExportedAuditIsCheckedRowByRow() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            #expect(try await station.administer(["audit", "verify"]).status == .exited(0))
            let lines = try await station.administer(["audit", "export"]).output
            #expect(lines.contains { $0.contains("card.read") && $0.contains("op:lan") })
            #expect(
                lines.count > 5 && !lines.joined().contains(citizen.number) && !lines.joined().contains("0912345678"))
            let file = station.layout.root + "/audit.jsonl"
            func verify(_ lines: [String]) async throws -> ManagedProcess.Output {
                try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
                return try await station.administer(["audit", "verify", file])
            }
            #expect(try await verify(lines).status == .exited(0))
            var swapped = lines
            swapped.swapAt(2, 3)
            let changed = lines.map { $0.replacingOccurrences(of: "item.accept", with: "item.reject") }
            for wrong in [Array(lines.dropFirst()), Array(lines.dropLast()), swapped, changed] {
                #expect(try await verify(wrong).status == .exited(4))
            }
            var without = lines
            without.remove(at: 4)
            #expect(try await verify(without).status == .exited(4))
            #expect(try await verify(["{}"]).status == .exited(1))
        }
    }

    private static let repeated = ["duplicateToday", "phoneReused"].map {
        ApplicationSubmission.Override(kind: $0, reason: "thử")
    }
}
