import ApplicationForm
import Crypto
import Foundation
import HostIntegration
import LocalServer
import StationAPI
import StationCore
import Store
import Uplink

/// Takes an application in: judges the declaration, seals, saves. What it returns is on disk (law 1).
struct SavingService: Sendable {
    let stationID: StationID
    let stateDirectory: String
    let rules: ApplicationRules
    let settings: SettingsBox
    let clock: any StationClock
    let random: any RandomSource
    let store: Store
    let reads: ReadRegistry
    let recipientKeys: RecipientKeyStore
    let signingKey: StationSigningKey

    /// The whole of `POST /v1/applications`. A repeated key gets the first answer, word for word.
    func submit(_ body: [UInt8], idempotencyKey: String, by peer: Peer) async throws(Problem) -> SavedAnswer {
        let request = try named { () throws(Failure) in try IdempotentRequest(key: idempotencyKey, body: body) }
        do throws(Problem) {
            return try await takeIn(body, request, by: peer)
        } catch {
            // Of a repetition the read is gone or in use: what the first request saved is the answer to both.
            guard let first = try await earlierAnswer(to: request) else { throw error }
            return SavedAnswer(body: first.answer, itemId: first.itemId)
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
        _ body: [UInt8], _ request: IdempotentRequest, by peer: Peer
    ) async throws(Problem) -> SavedAnswer {
        let submission = try decoded(body)
        let read = try await named { () async throws(Failure) in try await reads.claim(submission.readId) }
        do throws(Problem) {
            let saved = try await save(submission, read: read, request, by: peer)
            await reads.forget(read.id, as: .saved)
            return SavedAnswer(body: saved.answer, itemId: saved.itemId)
        } catch {
            await reads.release(read.id)
            throw error
        }
    }

    private func save(
        _ submission: ApplicationSubmission, read: FinishedRead, _ request: IdempotentRequest, by peer: Peer
    ) async throws(Problem) -> SavedItem {
        try named { () throws(Failure) in try checkDisk() }
        let now = clock.now
        let translation = DraftTranslation(submission)
        let question = DuplicateQuestion(
            personalNumber: Redacted(read.citizen.personalNumber), phone: Redacted(translation.phone),
            day: now.vietnamDay)
        let outcome: Result<SavedItem, Problem>
        do throws(Failure) {
            // Judged and sealed inside the transaction: no second desk can pass between look and save, and no plaintext
            // outlives it (law 2).
            outcome = try await store.save(request, asking: question) { duplicates in
                Result { () throws(Problem) in
                    let (content, warnings) = try judged(translation, read: read, duplicates: duplicates, at: now)
                    return try sealed(content, submission, read: read, warnings: warnings, by: peer, at: now)
                }
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

    private func checkDisk() throws(Failure) {
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
                hasDuplicateToday: duplicates.has(.numberToday),
                isPhoneReused: { candidate in candidate == translation.phone && duplicates.has(.phone) }))
        let problems = translation.problems + outcome.problems
        guard problems.isEmpty, let content = outcome.content else {
            let codes = Set(problems.map(\.code))
            let code = codes.count == 1 ? codes.first ?? .applicationInvalid : .applicationInvalid
            throw Problem(Failure(code), fields: problems)
        }
        return (content, outcome.warnings)
    }

    private func sealed(
        _ content: ApplicationContent, _ submission: ApplicationSubmission, read: FinishedRead,
        warnings: [FieldProblem], by peer: Peer, at now: Timestamp
    ) throws(Problem) -> NewItem {
        do {
            let (item, answer, remark) = try sealed(
                content, submission: submission, read: read, warnings: warnings, at: now)
            return NewItem(
                item: item, actor: actor(peer), answer: answer,
                followUp: followUp(content, hamlet: submission.hamletId, at: now), remark: remark)
        } catch let failure as Failure {
            throw Problem(failure)
        } catch {
            throw Problem(Failure(.internalFault, "the application cannot be sealed: \(type(of: error))"))
        }
    }

    private func sealed(
        _ content: ApplicationContent, submission: ApplicationSubmission, read: FinishedRead, warnings: [FieldProblem],
        at now: Timestamp
    ) throws -> (SealedItem, answer: [UInt8], remark: WireName?) {
        let choice = try recipientKeys.choose(at: now, quality: clock.quality)
        let sequence = try store.reserveSequence()
        let itemId = ItemID(at: now, random: random)
        let document = ApplicationDocument(
            itemId: itemId, stationId: stationID, revision: 1, supersedes: nil, capturedAt: now,
            clockQuality: clock.quality,
            intake: IntakeCircumstances(
                sessionId: submission.sessionId.flatMap(WireName.init),
                invitationRowId: submission.invitationRowId.flatMap(WireName.init),
                hamletId: submission.hamletId.flatMap(WireName.init)),
            content: .application(content.carrying(cardFiles: read.files.map(PartDescriptor.init))))
        let plaintext = try plaintext(document, files: read.files, random: random)
        let context = ItemContext(
            suite: choice.publicKey.suite, stationId: stationID, itemId: itemId, sequence: sequence, revision: 1,
            supersedes: nil, keyId: choice.key.keyId, capturedAt: now)
        let sealed = try ItemSealer.seal(plaintext, context: context, to: choice.publicKey)
        let entry = try ManifestItem(context: context, sealed: sealed, key: signingKey)
        let saved = SavedApplication(
            itemId: itemId, receiptNumber: ReceiptNumber(sequence).text, sequence: sequence, savedAt: now,
            warnings: warnings)
        let item = SealedItem(
            metadata: ItemMetadata(
                stationId: stationID, itemId: itemId, sequence: sequence, keyId: choice.key.keyId,
                suite: choice.key.suite, capturedAt: now, clockQuality: clock.quality),
            sealed: sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
            signature: entry.signature.bytes)
        return (item, try StrictJSON.encode(saved), choice.remark.flatMap { WireName($0.rawValue) })
    }

    private func plaintext(
        _ document: ApplicationDocument, files: [SealedContent.File], random: any RandomSource
    ) throws -> [UInt8] {
        try SealedContent(application: try document.encoded(), files: files).encode(random: random)
    }

    private func followUp(_ content: ApplicationContent, hamlet: String?, at now: Timestamp) -> FollowUp {
        FollowUp(
            personalNumber: Redacted(content.citizen.personalNumber), phone: Redacted(content.declared.phone ?? ""),
            name: Redacted(content.citizen.fullName), hamlet: Redacted(hamlet),
            keepUntil: now.adding(.seconds(settings.current.followUpDays * 86_400)))
    }

    private func actor(_ peer: Peer) -> WireName { WireName(peer.auditName) ?? stationID }

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
}

extension PartDescriptor {
    fileprivate init(_ file: SealedContent.File) {
        self.init(contentId: file.name, size: file.bytes.count, sha256: Hex.text(SHA256.hash(data: file.bytes)))
    }
}
