import ApplicationForm
import Foundation
import HostIntegration
import LocalServer
import StationAPI
import StationCore
import Store

/// Takes an application in: judges the declaration, seals, saves. What it returns is on disk (law 1).
struct SavingService: Sendable {
    let stateDirectory: String
    let rules: ApplicationRules
    let settings: SettingsBox
    let clock: any StationClock
    let store: Store
    let reads: ReadRegistry
    let sealer: ApplicationSealer
    /// Whether applications are taken in within an intake session only.
    let needsShift: Bool

    /// The whole of `POST /v1/applications`. A repeated key gets the first answer, word for word.
    func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> SavedAnswer {
        let request = try named { () throws(Failure) in try IdempotentRequest(key: idempotencyKey, body: body) }
        do throws(Problem) {
            return try await takeIn(body, request, by: Hands(person: person, second: second))
        } catch {
            // Of a repetition the read is gone or in use: what the first request saved is the answer to both.
            guard let first = try await earlierAnswer(to: request) else { throw error }
            return try KeptAnswer.whole(first)
        }
    }

    /// Throws `idempotencyKeyReused`; of a store that cannot be read the request's own problem says more.
    private func earlierAnswer(to request: IdempotentRequest) async throws(Problem) -> SavedItem? {
        do {
            return try await store.answer(to: request)
        } catch  where error.code == .idempotencyKeyReused {
            throw Problem(error)
        } catch {
            return nil
        }
    }

    private func takeIn(
        _ body: [UInt8], _ request: IdempotentRequest, by hands: Hands
    ) async throws(Problem) -> SavedAnswer {
        let submission = try decoded(body)
        let readId: String
        switch (submission.readId, submission.manual) {
        case (let id?, nil): readId = id
        case (nil, let entry?):
            let saved = try await save(submission, read: try typed(entry, by: hands), request, by: hands)
            return try KeptAnswer.whole(saved)
        default: throw Problem(.requestMalformed, "either readId or manual")
        }
        // Without consent nothing is ever saved: a page that asks what is still missing holds up no other client.
        let mayBeSaved = submission.consent?.granted == true
        let read = try await named { () async throws(Failure) in
            try await mayBeSaved
                ? reads.claim(readId, by: hands.person.actor) : reads.finished(readId, by: hands.person.actor)
        }
        do throws(Problem) {
            let saved = try await save(submission, read: read, request, by: hands)
            await reads.forget(read.id, as: .saved)
            return try KeptAnswer.whole(saved)
        } catch {
            if mayBeSaved { await reads.release(read.id) }
            throw error
        }
    }

    /// What was typed by hand in place of a read.
    private func typed(_ entry: ManualEntry, by hands: Hands) throws(Problem) -> FinishedRead {
        guard settings.current.card.policy.acceptsManualEntry else { throw Problem(.manualEntryRefused) }
        guard hands.second != nil else { throw Problem(.coSignatureMissing) }
        let typed = try ManualRead(entry, at: clock.now)
        return FinishedRead(id: "", citizen: typed.citizen, card: typed.card, files: [], isWhole: true)
    }

    /// Who saves.
    private struct Hands: Sendable {
        let person: ProvenPerson
        let second: ProvenPerson?
    }

    private func save(
        _ submission: ApplicationSubmission, read: FinishedRead, _ request: IdempotentRequest, by hands: Hands
    ) async throws(Problem) -> SavedItem {
        try named { () throws(Failure) in try checkDisk() }
        let now = clock.now
        let translation = DraftTranslation(submission, reader: hands.person.actor)
        let attachments = try named { () throws(Failure) in try Attachments(submission.attachments ?? []) }
        guard hands.second != nil || !translation.needsSecondPerson else { throw Problem(.coSignatureMissing) }
        let supersedes = try submission.supersedes.map { (text) throws(Problem) in
            guard let id = ItemID(text) else { throw Problem(.applicationUnknown) }
            return id
        }
        let question = DuplicateQuestion(
            personalNumber: Redacted(read.citizen.personalNumber), phone: Redacted(translation.phone),
            day: now.vietnamDay, except: supersedes)
        // Judged and sealed inside the transaction: no second desk can pass between look and save, and no plaintext
        // outlives it (law 2).
        @Sendable func decide(_ predecessor: Predecessor?, _ ground: DecisionGround) -> Result<NewItem, Problem> {
            Result { () throws(Problem) in
                guard ground.openShift != nil || !needsShift else { throw Problem(Failure(.shiftNone)) }
                guard predecessor?.isOfAnotherPerson != true else { throw Problem(Failure(.citizenDiffers)) }
                let (content, warnings) = try judged(translation, read: read, duplicates: ground.duplicates, at: now)
                return try sealed(
                    content, submission, read: read, attachments, warnings: warnings, correcting: predecessor,
                    by: hands, in: ground.openShift, at: now)
            }
        }
        let outcome: Result<SavedItem, Problem>
        do throws(Failure) {
            if let supersedes {
                outcome = try await store.correct(supersedes, request, asking: question) { predecessor, ground in
                    decide(predecessor, ground).map(Correction.save)
                }
            } else {
                outcome = try await store.save(request, asking: question) { decide(nil, $0) }
            }
        } catch {
            throw Problem(error)
        }
        return try outcome.get()
    }

    /// How many more applications fit the disk before new ones are refused.
    func applicationsLeft() -> Int {
        guard let space = try? DiskSpace(path: stateDirectory) else { return 0 }
        return store.applicationsLeft(freeBytes: space.freeBytes)
    }

    /// Throws `diskFull`, and why the store takes nothing any more.
    func checkDisk() throws(Failure) {
        if let poison = store.poison { throw poison }
        guard applicationsLeft() > 0 else { throw Failure(.diskFull) }
    }

    private func decoded(_ body: [UInt8]) throws(Problem) -> ApplicationSubmission {
        do {
            return try StrictJSON.decode(ApplicationSubmission.self, from: body)
        } catch {
            throw Problem(Failure(.requestMalformed, "\(error)"))
        }
    }

    private func judged(
        _ translation: DraftTranslation, read: FinishedRead, duplicates: DuplicateFinding, at now: Timestamp
    ) throws(Problem) -> (ApplicationContent, [FieldProblem]) {
        let settings = settings.current
        let consent = settings.consent
        let outcome = rules.validate(
            translation.draft, citizen: read.citizen, card: read.card,
            context: ValidationContext(
                now: now, clockQuality: clock.quality,
                consentTexts: [
                    ApplicationForm.ConsentText(version: consent.version, sha256: consent.sha256)
                ],
                integrations: settings.integrations, cardPolicy: settings.card.policy,
                hasDuplicate: duplicates.has(.number),
                isPhoneReused: { candidate in candidate == translation.phone && duplicates.has(.phone) }))
        let problems = translation.problems + outcome.problems.map(duplicates.telling)
        guard problems.isEmpty, let content = outcome.content else {
            let codes = Set(problems.map(\.code))
            let code = codes.count == 1 ? codes.first ?? .applicationInvalid : .applicationInvalid
            throw Problem(Failure(code), fields: problems)
        }
        return (content, outcome.warnings)
    }

    private func sealed(
        _ content: ApplicationContent, _ submission: ApplicationSubmission, read: FinishedRead,
        _ attachments: Attachments, warnings: [FieldProblem], correcting predecessor: Predecessor?, by hands: Hands,
        in shift: Shift?, at now: Timestamp
    ) throws(Problem) -> NewItem {
        let sealing = ApplicationSealer.Sealing(
            content: .application(
                content.carrying(
                    cardFiles: read.files.map(PartDescriptor.init), attachments: attachments.descriptors)),
            intake: IntakeCircumstances(
                operatorId: hands.person.actor, sessionId: shift?.shiftId,
                invitationRowId: submission.invitationRowId.flatMap(WireName.init),
                hamletId: submission.hamletId.flatMap(WireName.init)),
            predecessor: predecessor, files: read.files + attachments.files, warnings: warnings,
            prepared: read.seal)
        let sealed = try named { () throws(Failure) in try sealer.seal(sealing, at: now) }
        return NewItem(
            item: sealed.item, actor: hands.person.actor, answer: try KeptAnswer.bytes(warnings),
            followUp: .new(followUp(content, hamlet: submission.hamletId, at: now)), remark: sealed.remark,
            shift: shift?.sequence, coSigner: hands.second?.actor, heldFor: content.holdReason?.wireName)
    }

    private func followUp(_ content: ApplicationContent, hamlet: String?, at now: Timestamp) -> FollowUp {
        FollowUp(
            personalNumber: Redacted(content.citizen.personalNumber), phone: Redacted(content.declared.phone ?? ""),
            name: Redacted(content.citizen.fullName), hamlet: Redacted(hamlet),
            keepUntil: now.adding(.seconds(settings.current.followUpDays * 86_400)))
    }

    private func named<Value>(_ body: () throws(Failure) -> Value) throws(Problem) -> Value {
        do { return try body() } catch { throw Problem(error) }
    }

    private func named<Value>(_ body: () async throws(Failure) -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }
}

extension DuplicateFinding {
    func has(_ kind: DuplicateKind) -> Bool {
        switch self {
        case .notDetermined: false
        case .determined(let items): items[kind]?.isEmpty == false
        }
    }

    /// A duplicate with when, where and how the earlier application stands; any other problem as it is. Only whoever asks
    /// with the citizen's card is told: that two applications are one citizen's is kept nowhere in the clear.
    func telling(_ problem: FieldProblem) -> FieldProblem {
        guard problem.code == .duplicateToday, case .determined(let items) = self, let earlier = items[.number]?.first
        else { return problem }
        return FieldProblem(
            field: problem.field, code: problem.code, detailVi: earlier.text(vietnamese: true),
            detail: earlier.text(vietnamese: false))
    }
}

extension RepeatedApplication {
    /// `000-017, 09:12 02/03/2026, Chợ Tân Khai: Cấp trên đã tiếp nhận`.
    fileprivate func text(vietnamese: Bool) -> String {
        let state = vietnamese ? state.vietnamese : state.rawValue
        let place = point.map { ", \($0)" } ?? ""
        let taken = "\(capturedAt.vietnamTime) \(capturedAt.vietnamDay.vietnameseText)"
        return "\(ReceiptNumber(sequence).text), \(taken)\(place): \(state)"
    }
}

extension Timestamp {
    /// `HH:MM` by the clock on the wall, UTC+07:00.
    fileprivate var vietnamTime: String {
        let minutes = (milliseconds + 7 * 3_600_000) / 60_000 % 1_440
        let text = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(text(minutes / 60)):\(text(minutes % 60))"
    }
}

extension ApplicationContent {
    /// Why it is not sent before a supervisor has looked at it; nil for what may go.
    fileprivate var holdReason: ReasonCode? {
        if card.readMethod == .manual { return .unverified }
        return matches?.isAnotherPerson == true ? .notMatched : nil
    }
}
