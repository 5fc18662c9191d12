import ApplicationForm
import StationCore
import Uplink

/// What is to be done with one whole part.
enum Judgement: Sendable {
    /// It may be stored.
    case takes(Arrival)
    /// It is refused.
    case refuses(ProblemName, detail: String, held: ContentDigest?)
}

/// What a failed verification of card evidence means.
package enum EvidencePolicy: String, Codable, Sendable, CaseIterable {
    /// The item is refused.
    case refuse
    /// The item is taken, with the verdict on record.
    case record
}

/// Judges one item: digest, keys, signature, sealing, content, card evidence; in this order, each only when the one
/// before holds.
struct ItemJudge: Sendable {
    let keys: UpstreamKeys
    let registry: StationRegistry
    let evidence: CardEvidence
    let policy: EvidencePolicy

    /// - Parameters:
    ///   - digest: of the body.
    ///   - held: digest of the item that is already stored under this id.
    func judge(
        _ item: ManifestItem,
        body: [UInt8],
        digest: ContentDigest,
        held: ContentDigest?,
        receivedAt: Timestamp
    ) -> Judgement {
        guard body.count == item.size, digest == item.sha256 else {
            return .refuses(.partDigestMismatch, detail: "the part's size or digest is not the manifest's", held: nil)
        }
        // Same id, same bytes: the first stands, whatever the metadata says now.
        if held == item.sha256 {
            return .takes(Arrival(item: item, sealed: body, opened: nil, receivedAt: receivedAt))
        }
        guard let recipient = keys.recipient(item.keyId) else {
            return .refuses(.unknownKey, detail: "no recipient key \(item.keyId.text) was ever published", held: nil)
        }
        guard let signing = registry.key(item.signingKeyId, of: item.stationId),
            item.verifies(suite: recipient.suite, key: signing)
        else {
            return .refuses(
                .signatureInvalid,
                detail: "no registered key \(item.signingKeyId.text) of the station signed this",
                held: nil
            )
        }
        guard
            let plaintext = try? ItemSealer.open(body, context: item.context(suite: recipient.suite), with: recipient)
        else { return .refuses(.unsealingFailed, detail: "the part does not open", held: nil) }
        // Only now: a forged part must not put a good item into quarantine.
        if let held { return .refuses(.digestConflict, detail: "other bytes are stored under this id", held: held) }
        return judgeContent(plaintext, of: item, body: body, receivedAt: receivedAt)
    }

    private func judgeContent(
        _ plaintext: [UInt8],
        of item: ManifestItem,
        body: [UInt8],
        receivedAt: Timestamp
    ) -> Judgement {
        let content: OpenedContent
        do {
            content = try OpenedContent(plaintext, of: item)
        } catch {
            return .refuses(.contentInvalid, detail: error.detail, held: nil)
        }
        var findings: [Finding] = []
        var masked: String?
        if case .application(let application) = content.document.content {
            masked = StationCore.masked(application.citizen.personalNumber)
            findings = evidence.findings(application, files: content.files, now: receivedAt)
            if policy == .refuse, findings.combined == .failed {
                let failed = findings.filter { $0.verdict == .failed }.map(\.check).joined(separator: ", ")
                return .refuses(.policyRefused, detail: "card evidence failed: \(failed)", held: nil)
            }
        }
        let opened = OpenedItem(kind: content.kind, maskedNumber: masked, findings: findings)
        return .takes(Arrival(item: item, sealed: body, opened: opened, receivedAt: receivedAt))
    }
}
