import ApplicationForm
import ChipDocument
import StationCore

/// Upstream's own look at the card files: it believes no station's word for a verdict.
struct CardEvidence: Sendable {
    private let anchors: TrustAnchors

    /// - Parameter trustAnchorsPEM: CSCA certificates; none leaves the chain undetermined. Throws `configurationInvalid`.
    init(trustAnchorsPEM: [UInt8]?) throws {
        anchors = try trustAnchorsPEM.map { bytes throws(Failure) in try TrustAnchors(bytes) } ?? .none
    }

    /// What upstream finds: passive authentication by its parts, active authentication where its evidence travelled, and
    /// whether the application speaks of the document's holder. Data typed by hand proves nothing.
    /// - Parameter now: the day by which certificates and revocation lists are judged; nil leaves their age out.
    func findings(
        _ application: ApplicationContent,
        files: [String: [UInt8]],
        now: Timestamp? = nil
    ) -> [Finding] {
        guard application.card.readMethod == .chip else {
            return [Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "typedByHand")]
        }
        let documents = Dictionary(
            files.compactMap { name, bytes in FileIdentifier(rawValue: name).map { ($0, bytes) } },
            uniquingKeysWith: { first, _ in first }
        )
        let active = application.card.activeAuthentication.map {
            ActiveAuthenticationEvidence(challenge: Array($0.challenge), signature: Array($0.signature))
        }
        let findings = DocumentEvidence.verify(
            files: documents,
            activeAuthentication: active,
            anchors: anchors,
            now: now
        )
        let isSigned = findings.first { $0.check == "dataGroupHashes" }?.verdict == .passed
        return findings + [HolderCheck.finding(application.citizen, dataGroup1: isSigned ? documents[.dg1] : nil)]
    }
}
