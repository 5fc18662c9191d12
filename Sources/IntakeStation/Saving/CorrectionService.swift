import ApplicationForm
import LocalServer
import StationAPI
import StationCore
import Store

/// Corrects and withdraws what the station cannot read back: a sealed message that names what it corrects (law 2).
struct CorrectionService: Sendable {
    let rules: ApplicationRules
    let settings: SettingsBox
    let clock: any StationClock
    let store: Store
    let saving: SavingService
    let sealer: ApplicationSealer

    /// The whole of `POST /v1/applications/{id}/amendments`. A repeated key gets the first answer, word for word.
    func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        let submission: AmendmentSubmission = try decoded(body)
        let translation = DraftTranslation(submission)
        let now = clock.now
        let saved = try await correct(id, body, idempotencyKey) { predecessor, ground throws(Problem) in
            let outcome = rules.validate(
                translation.amendment(reason: submission.reason), integrations: settings.current.integrations,
                isPhoneReused: { $0 == translation.phone && ground.duplicates.has(.phone) })
            let problems = translation.problems + outcome.problems
            guard problems.isEmpty, let content = outcome.content else {
                let codes = Set(problems.map(\.code))
                let code = codes.count == 1 ? codes.first ?? .applicationInvalid : .applicationInvalid
                throw Problem(Failure(code), fields: problems)
            }
            let sealed = try seal(content, of: predecessor, warnings: outcome.warnings, at: now)
            return .save(
                NewItem(
                    item: sealed.item, actor: person.actor, answer: try KeptAnswer.bytes(outcome.warnings),
                    followUp: .ofPredecessor(phone: Redacted(content.phone)), remark: sealed.remark))
        } asking: { day in
            DuplicateQuestion(personalNumber: Redacted(""), phone: Redacted(translation.phone), day: day, except: id)
        }
        return try KeptAnswer.whole(saved)
    }

    /// The whole of `POST /v1/applications/{id}/withdraw`.
    func withdraw(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> [UInt8] {
        let order: WithdrawalOrder = try decoded(body)
        guard let text = order.confirmation, let confirmation = ConsentRecord.Confirmation(rawValue: text) else {
            throw Problem(
                Failure(.consentMissing), fields: [FieldProblem(field: "confirmation", code: .consentMissing)])
        }
        let now = clock.now
        let saved = try await correct(id, body, idempotencyKey, withdrawing: true) {
            predecessor, _ throws(Problem) in
            guard predecessor.hasLeft else {
                return .close(
                    reason: .withdrawn, actor: person.actor,
                    answer: try Problem.answer(Withdrawal(itemId: id, message: nil)))
            }
            let consent = settings.current.consent
            let content = AmendmentContent(
                reason: order.reason ?? ReasonCode.withdrawn.text.vi,
                consent: ConsentRecord(
                    textVersion: consent.version, textSHA256: consent.sha256, language: consent.language,
                    readAloudBy: nil, confirmation: confirmation, at: now, granted: false))
            let sealed = try seal(content, of: predecessor, warnings: [], at: now)
            return .message(
                NewItem(
                    item: sealed.item, actor: person.actor,
                    answer: try Problem.answer(Withdrawal(itemId: id, message: sealed.saved)), followUp: nil,
                    remark: .withdrawn))
        } asking: { _ in
            nil
        }
        return saved.answer
    }

    private func correct(
        _ id: ItemID, _ body: [UInt8], _ idempotencyKey: String, withdrawing: Bool = false,
        decide: @escaping @Sendable (Predecessor, DecisionGround) throws(Problem) -> Correction,
        asking question: (CivilDate) -> DuplicateQuestion?
    ) async throws(Problem) -> SavedItem {
        let outcome: Result<SavedItem, Problem>
        do throws(Failure) {
            let request = try IdempotentRequest(key: idempotencyKey, body: Array(id.text.utf8) + body)
            do throws(Failure) { try saving.checkDisk() } catch {
                // A repetition asks for no room.
                guard let first = try await store.answer(to: request) else { throw error }
                return first
            }
            outcome = try await store.correct(
                id, request, asking: question(clock.now.vietnamDay), withdrawing: withdrawing
            ) {
                found, ground in
                Result { () throws(Problem) in try decide(found, ground) }
            }
        } catch {
            throw Problem(error)
        }
        return try outcome.get()
    }

    private func seal(
        _ content: AmendmentContent, of predecessor: Predecessor, warnings: [FieldProblem], at now: Timestamp
    ) throws(Problem) -> ApplicationSealer.Sealed {
        do {
            return try sealer.seal(
                .init(
                    content: .amendment(content), intake: IntakeCircumstances(), predecessor: predecessor, files: [],
                    warnings: warnings), at: now)
        } catch {
            throw Problem(error)
        }
    }

    private func decoded<Body: Decodable>(_ body: [UInt8]) throws(Problem) -> Body {
        do {
            return try StrictJSON.decode(Body.self, from: body)
        } catch {
            throw Problem(Failure(.requestMalformed, "\(error)"))
        }
    }
}

extension WireName {
    /// `ReasonCode.withdrawn` as the audit has it.
    fileprivate static var withdrawn: WireName { ReasonCode.withdrawn.wireName }
}

extension ReasonCode {
    /// The reason as the audit's rows carry it.
    var wireName: WireName {
        guard let name = WireName(rawValue) else { preconditionFailure("every reason is within the alphabet") }
        return name
    }
}
