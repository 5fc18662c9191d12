import ApplicationForm
import Crypto
import Foundation
import StationAPI
import StationCore
import Store
import Uplink

/// Seals what was decided: from here on nobody at the station can read it (law 2).
struct ApplicationSealer: Sendable {
    /// A document that is about to be sealed.
    struct Sealing {
        let content: ApplicationDocument.Content
        let intake: IntakeCircumstances
        /// The item that it corrects.
        let predecessor: Predecessor?
        let files: [SealedContent.File]
        let warnings: [FieldProblem]
        /// What was prepared for it.
        var prepared: PreparedSeal?
    }

    /// What came of it.
    struct Sealed {
        let item: SealedItem
        let saved: SavedApplication
        /// Why another key than the newest valid one was taken, when it was.
        let remark: WireName?
    }

    let stationID: StationID
    let clock: any StationClock
    let random: any RandomSource
    let store: Store
    let recipientKeys: RecipientKeyStore
    let signingKey: StationSigningKey

    /// Does what can be done before there is anything to seal; nil where there is no key to seal to.
    func prepare() -> PreparedSeal? {
        guard let choice = try? recipientKeys.choose(at: clock.now, quality: clock.quality) else { return nil }
        return try? PreparedSeal(to: choice.publicKey)
    }

    /// Seals and signs under a new identity and sequence number. Throws `recipientKeyMissing`, `internalFault`.
    func seal(_ sealing: Sealing, at now: Timestamp) throws(Failure) -> Sealed {
        do {
            return try sealNow(sealing, at: now)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internalFault, "the application cannot be sealed: \(type(of: error))")
        }
    }

    private func sealNow(_ sealing: Sealing, at now: Timestamp) throws -> Sealed {
        let choice = try recipientKeys.choose(at: now, quality: clock.quality)
        let sequence = try store.reserveSequence()
        let itemId = ItemID(at: now, random: random)
        let revision = (sealing.predecessor?.revision ?? 0) + 1
        let supersedes = sealing.predecessor?.itemId
        let document = ApplicationDocument(
            itemId: itemId, stationId: stationID, revision: revision, supersedes: supersedes, capturedAt: now,
            clockQuality: clock.quality, intake: sealing.intake, content: sealing.content)
        let plaintext = try SealedContent(application: try document.encoded(), files: sealing.files)
            .encode(random: random)
        let context = ItemContext(
            suite: choice.publicKey.suite, stationId: stationID, itemId: itemId, sequence: sequence, revision: revision,
            supersedes: supersedes, keyId: choice.key.keyId, capturedAt: now)
        let sealed = try ItemSealer.seal(plaintext, context: context, to: choice.publicKey, prepared: sealing.prepared)
        let entry = try ManifestItem(context: context, sealed: sealed, key: signingKey)
        let item = SealedItem(
            metadata: ItemMetadata(
                stationId: stationID, itemId: itemId, sequence: sequence, revision: revision, supersedes: supersedes,
                keyId: choice.key.keyId, suite: choice.key.suite, capturedAt: now, clockQuality: clock.quality),
            sealed: sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
            signature: entry.signature.bytes)
        let saved = SavedApplication(
            itemId: itemId, receiptNumber: ReceiptNumber(sequence).text, sequence: sequence, savedAt: now,
            warnings: sealing.warnings)
        return Sealed(item: item, saved: saved, remark: choice.remark.flatMap { WireName($0.rawValue) })
    }
}

extension PartDescriptor {
    /// Describes a card file that travels with an application.
    init(_ file: SealedContent.File) {
        self.init(contentId: file.name, size: file.bytes.count, sha256: Hex.text(SHA256.hash(data: file.bytes)))
    }
}
