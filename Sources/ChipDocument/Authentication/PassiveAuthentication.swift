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

    /// The signer's certificate; nil when the signature does not hold.
    let signer: Certificate?

    /// Verifies signature and chain.
    /// - Parameter now: the time of inspection; nil when the clock is not to be trusted.
    package init(_ object: SecurityObject, anchors: TrustAnchors, now: Timestamp? = nil) {
        self.object = object
        let judgement = SignatureJudgement(object.signedData, anchors: anchors, now: now)
        (signature, chain, signer) = (judgement.signature, judgement.chain, judgement.signer)
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

    /// Check `issuerAgainstDG1`: a signer signs documents of its own country only (ICAO 9303-11, 5.1), or any state could
    /// issue the documents of any other. Where its certificate names the types of documents that it signs (9303-12,
    /// 7.1.1), another type is a remark: issuers are known to be careless with it.
    package func country(of files: [FileIdentifier: [UInt8]]) -> Finding {
        let check = "issuerAgainstDG1"
        guard let signer else {
            return Finding(check: check, verdict: .notDetermined, reason: "signatureNotVerified")
        }
        guard let file = files[.dg1] else { return Finding(check: check, verdict: .notDetermined, reason: "notRead") }
        guard object.matches(file, file: .dg1) == true, let zone = try? MachineReadableZone(dataGroup1: file) else {
            return Finding(check: check, verdict: .notDetermined, reason: "unreadable")
        }
        guard let country = signer.country, let countries = IssuingState.countries(of: zone.issuer) else {
            return Finding(check: check, verdict: .notDetermined, reason: "countryUnknown")
        }
        guard countries.contains(country) else {
            return Finding(check: check, verdict: .failed, reason: "countryMismatch")
        }
        if let types = signer.documentTypes, !types.contains(where: zone.documentCode.hasPrefix) {
            return Finding(check: check, verdict: .notDetermined, reason: "documentTypeDiffers")
        }
        return Finding(check: check, verdict: .passed)
    }

    /// What the files add to signature and chain: `dataGroupHashes`, `issuerAgainstDG1` and, last, the sum of all as
    /// `passiveAuthentication`. The sum's reason is that of the first part that has its verdict. A country that cannot
    /// be compared leaves the sum alone (the comparison is a SHOULD of 9303-11, 5.1); one that differs fails it.
    package func findingsOfFiles(_ files: [FileIdentifier: [UInt8]]) -> [Finding] {
        let (hashes, country) = (hashes(of: files), country(of: files))
        let parts = [signature, hashes, chain] + (country.verdict == .failed ? [country] : [])
        let verdict = parts.combined
        let reason = parts.first { $0.verdict == verdict && $0.reason != nil }?.reason
        let sum = Finding(
            check: "passiveAuthentication",
            verdict: verdict,
            reason: verdict == .passed ? nil : reason
        )
        return [hashes, country, sum]
    }

    /// All parts and their sum, last.
    package func findings(files: [FileIdentifier: [UInt8]]) -> [Finding] {
        [signature, chain] + findingsOfFiles(files)
    }
}

/// What can be verified again without the card: by upstream, from the files that travel with an application.
public enum DocumentEvidence {
    /// Passive authentication over the files, and active authentication when its evidence and DG15 are there. Findings:
    /// `securityObjectSignature`, `certificateChain`, `dataGroupHashes`, `issuerAgainstDG1`, `passiveAuthentication`,
    /// `activeAuthentication`. Never throws: what cannot be read fails or stays undetermined, with the reason.
    public static func verify(
        files: [FileIdentifier: [UInt8]],
        activeAuthentication: ActiveAuthenticationEvidence? = nil,
        anchors: TrustAnchors,
        now: Timestamp? = nil
    ) -> [Finding] {
        var findings: [Finding]
        guard let sod = files[.sod] else {
            return [Finding(check: "passiveAuthentication", verdict: .notDetermined, reason: "securityObjectAbsent")]
        }
        var groupsSigned = false
        do {
            let passive = PassiveAuthentication(try SecurityObject(sod), anchors: anchors, now: now)
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
