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
        let digest = Array(SHA256.hash(data: body))
        do throws(Problem) {
            return try await takeIn(body, digest: digest, idempotencyKey: idempotencyKey, by: peer)
        } catch {
            // A repeat may have met its own first request half-way: what that one saved is the answer to both.
            guard let first = try? await store.answer(toKey: idempotencyKey, requestSHA256: digest) else { throw error }
            return SavedAnswer(body: first.answer, itemId: first.itemId)
        }
    }

    private func takeIn(
        _ body: [UInt8], digest: [UInt8], idempotencyKey: String, by peer: Peer
    ) async throws(Problem) -> SavedAnswer {
        if let first = try await named({ () async throws(Failure) in
            try await store.answer(toKey: idempotencyKey, requestSHA256: digest)
        }) {
            return SavedAnswer(body: first.answer, itemId: first.itemId)
        }
        let submission = try decoded(body)
        let read = try await named { () async throws(Failure) in try await reads.finished(submission.readId) }
        try named { () throws(Failure) in try checkDisk() }

        let now = clock.now
        let (content, warnings) = try await judged(submission, read: read, at: now)
        let saved: SavedItem
        do {
            let (item, answer, remark) = try sealed(
                content, submission: submission, read: read, warnings: warnings, at: now)
            let new = NewItem(
                item: item, actor: actor(peer),
                idempotency: IdempotentAnswer(key: idempotencyKey, requestSHA256: digest, answer: answer),
                followUp: followUp(content, hamlet: submission.hamletId, at: now),
                refusedDuplicates: refusedDuplicates(submission, phone: content.declared.phone), remark: remark)
            saved = try await store.save(new)
        } catch let failure as Failure {
            throw Problem(failure)
        } catch {
            throw Problem(Failure(.internalFault, "the application cannot be sealed: \(type(of: error))"))
        }
        await reads.forget(read.id, as: .saved)
        return SavedAnswer(body: saved.answer, itemId: saved.itemId)
    }

    /// How many more applications fit the disk.
    func applicationsLeft() -> Int {
        guard let space = try? DiskSpace(path: stateDirectory) else { return 0 }
        return Int(max(0, space.freeBytes - Limits.Store.refusalFreeBytes) / Limits.Store.applicationBytes)
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
        _ submission: ApplicationSubmission, read: FinishedRead, at now: Timestamp
    ) async throws(Problem) -> (ApplicationContent, [FieldProblem]) {
        let translation = DraftTranslation(submission)
        let phone = (translation.draft.representative?.phone ?? translation.draft.declared?.phone)
            .flatMap(PhoneNumber.init)?.text
        let duplicates = try await named { () async throws(Failure) in
            try await store.duplicates(
                of: Redacted(read.citizen.personalNumber), phone: Redacted(phone ?? ""), day: now.vietnamDay)
        }
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
                isPhoneReused: { candidate in candidate == phone && duplicates.has(.phone) }))
        let problems = translation.problems + outcome.problems
        guard problems.isEmpty, let content = outcome.content else {
            let codes = Set(problems.map(\.code))
            let code = codes.count == 1 ? codes.first ?? .applicationInvalid : .applicationInvalid
            throw Problem(Failure(code), fields: problems)
        }
        return (content, outcome.warnings)
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

    /// Checked once more inside the transaction, so that two desks cannot pass each other.
    /// People without a phone do not share one.
    private func refusedDuplicates(_ submission: ApplicationSubmission, phone: String?) -> Set<DuplicateKind> {
        let overridden = Set((submission.overrides ?? []).map(\.kind))
        var refused: Set<DuplicateKind> = []
        if !overridden.contains(Override.Kind.duplicateToday.rawValue) { refused.insert(.numberToday) }
        if phone != nil, !overridden.contains(Override.Kind.phoneReused.rawValue) { refused.insert(.phone) }
        return refused
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
