import DocumentCrypto
public import StationCore

/// Passive authentication (ICAO 9303-11, 5.1), its three parts kept apart: who signed, whether anybody we trust vouches
/// for the signer, and whether the files are the signed ones.
package struct PassiveAuthentication: Sendable {
    /// The parsed object.
    package let object: SecurityObject
    /// Check `securityObjectSignature`.
    package let signature: Finding
    /// Check `certificateChain`.
    package let chain: Finding

    /// Verifies signature and chain.
    package init(_ object: SecurityObject, anchors: TrustAnchors) {
        self.object = object
        let judgement = SignatureJudgement(object.signedData, anchors: anchors)
        (signature, chain) = (judgement.signature, judgement.chain)
    }

    /// Check `dataGroupHashes` over the files at hand.
    package func hashes(of files: [FileIdentifier: [UInt8]]) -> Finding {
        let check = "dataGroupHashes"
        let groups = files.filter { $0.key.dataGroup != nil }
        if groups.isEmpty { return Finding(check: check, verdict: .notDetermined, reason: "noDataGroups") }
        let results = groups.map { object.matches($0.value, file: $0.key) }
        if results.contains(false) { return Finding(check: check, verdict: .failed, reason: "hashMismatch") }
        if results.contains(nil) { return Finding(check: check, verdict: .failed, reason: "dataGroupNotSigned") }
        return Finding(check: check, verdict: .passed)
    }

    /// The three parts and, last, their sum as `passiveAuthentication`; the sum's reason is that of the first part that
    /// has its verdict.
    package func findings(files: [FileIdentifier: [UInt8]]) -> [Finding] {
        let parts = [signature, hashes(of: files), chain]
        let verdict = parts.combined
        let reason = parts.first { $0.verdict == verdict }?.reason
        return parts + [Finding(check: "passiveAuthentication", verdict: verdict, reason: reason)]
    }
}

/// What can be verified again without the card: by upstream, from the files that travel with an application.
public enum DocumentEvidence {
    /// Passive authentication over the files, and active authentication when its evidence and DG15 are there. Findings:
    /// `securityObjectSignature`, `dataGroupHashes`, `certificateChain`, `passiveAuthentication`,
    /// `activeAuthentication`. Never throws: what cannot be read fails or stays undetermined, with the reason.
    public static func verify(
        files: [FileIdentifier: [UInt8]],
        activeAuthentication: ActiveAuthenticationEvidence? = nil,
        anchors: TrustAnchors
    ) -> [Finding] {
        var findings: [Finding]
        guard let sod = files[.sod] else {
            return [Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "securityObjectAbsent")]
        }
        var groupsSigned = false
        do {
            let passive = PassiveAuthentication(try SecurityObject(sod), anchors: anchors)
            findings = passive.findings(files: files)
            let needed = ["securityObjectSignature", "dataGroupHashes"]
            groupsSigned = findings.filter { needed.contains($0.check) }.combined == .passed
        } catch {
            let unsupported = error.code == .cardUnsupported
            findings = [
                Finding(
                    check: "passiveAuthentication",
                    verdict: unsupported ? .notDetermined : .failed,
                    reason: unsupported ? "algorithmUnsupported" : "securityObjectMalformed"
                )
            ]
        }
        if let activeAuthentication {
            findings.append(
                ActiveAuthentication.verify(
                    activeAuthentication,
                    dataGroup15: groupsSigned ? files[.dg15] : nil,
                    dataGroup14: files[.dg14]
                )
            )
        }
        return findings
    }
}
