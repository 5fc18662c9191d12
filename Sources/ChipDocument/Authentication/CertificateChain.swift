package import DocumentCrypto
package import StationCore

/// The way from a signer to a trusted country signing certificate (ICAO 9303-12, 6 and 7; 9303-11, 5.1).
package enum CertificateChain {
    /// How a chain ends. The order of the checks is the order of the cases: first what proves it wrong, then what leaves
    /// it open.
    package enum Outcome: String, Sendable, CaseIterable {
        /// An anchor vouches for the signer, in its time and its role.
        case anchored
        /// No anchor has the issuer's name and key. Nothing is wrong with the signature; nobody vouches for it.
        case issuerNotAnchored
        /// The signer's certificate may not sign this.
        case signerKeyUsage
        /// The signer's certificate has a critical extension that is not understood here.
        case signerExtensionUnknown
        /// The anchor's country is another than the signer's (9303-12, 7.1.1).
        case countryMismatch
        /// The signer's certificate was not valid when the document was signed.
        case signerExpiredAtSigning
        /// The issuing authority withdrew the signer's certificate, or its own.
        case revoked
        /// The anchor was not valid when it issued the signer's certificate, or is not any more.
        case anchorExpired
        /// The signer's certificate is not valid any more, though it was at the signing (9303-12, appendix D.1 asks
        /// for the day of inspection).
        case signerExpired
        /// A key signed outside the period in which its owner says to use it (9303-12, 7.1.1).
        case outsideKeyUsagePeriod

        /// Absence of a valid anchor is absence of proof, not proof of a forgery; so is a certificate that age alone
        /// has overtaken.
        package var verdict: Verdict {
            switch self {
            case .anchored: .passed
            case .issuerNotAnchored, .anchorExpired, .signerExpired, .outsideKeyUsagePeriod: .notDetermined
            case .signerKeyUsage, .signerExtensionUnknown, .countryMismatch, .signerExpiredAtSigning, .revoked: .failed
            }
        }
    }

    /// What the signer signs; decides which usages its certificate must have.
    package enum Purpose: Sendable {
        /// EF.SOD.
        case document
        /// A master list: a signer with its own extended usage, or, in older lists, the authority itself.
        case masterList
    }

    /// A judged chain.
    package struct Judgement: Sendable {
        /// How it ends.
        package let outcome: Outcome
        /// The certificates above the signer, its issuer first, the anchor last; empty when there is none.
        package let path: [Certificate]
        /// What revocation lists say; `noList` for a signer without anchor.
        package let revocation: Revocation

        /// Check `certificateChain`. A chain that passes while nobody can say whether the signer was revoked passes
        /// with that remark.
        package var finding: Finding {
            Finding(
                check: "certificateChain",
                verdict: outcome.verdict,
                reason: outcome == .anchored ? revocation.unknownReason : outcome.rawValue
            )
        }
    }

    /// id-icao-cscaMasterListSigningKey.
    static let masterListSigning = "2.23.136.1.1.3"
    /// Below it are the usages of ICAO's other signers: of master lists, deviation lists, visible seals.
    private static let securityUsages = "2.23.136.1.1."

    /// Judges a signer at the time of signing; without a signed time, at the beginning of the signer's own validity.
    /// - Parameter now: the time of inspection; nil, from a clock that is not to be trusted, leaves the checks out that
    ///   need it.
    package static func judge(
        _ signer: Certificate,
        anchors: TrustAnchors,
        signingTime: Timestamp?,
        now: Timestamp? = nil,
        purpose: Purpose = .document
    ) -> Judgement {
        let judgements = anchors.issuers(of: signer).compactMap { issuer in
            anchors.path(from: issuer).map { path in
                judge(signer, path, anchors: anchors, signingTime: signingTime, now: now, purpose: purpose)
            }
        }
        // The same key may stand in several certificates of one authority, of which one still holds.
        return judgements.first { $0.outcome == .anchored } ?? judgements.first
            ?? Judgement(outcome: .issuerNotAnchored, path: [], revocation: .noList)
    }

    private static func judge(
        _ signer: Certificate,
        _ path: [Certificate],
        anchors: TrustAnchors,
        signingTime: Timestamp?,
        now: Timestamp?,
        purpose: Purpose
    ) -> Judgement {
        let revocation = anchors.revocation(of: signer, below: path, at: now)
        let outcome = outcome(signer, path, revocation, signingTime: signingTime, now: now, purpose: purpose)
        return Judgement(outcome: outcome, path: path, revocation: revocation)
    }

    private static func outcome(
        _ signer: Certificate,
        _ path: [Certificate],
        _ revocation: Revocation,
        signingTime: Timestamp?,
        now: Timestamp?,
        purpose: Purpose
    ) -> Outcome {
        guard mayServe(signer, purpose) else { return .signerKeyUsage }
        if signer.hasUnknownCriticalExtension { return .signerExtensionUnknown }
        // Whoever names no country (ICAO 9303-12, 7.1.1 wants one) would be every country's.
        guard let country = signer.country, path.allSatisfy({ $0.country == country }) else { return .countryMismatch }
        let time = signingTime ?? signer.notBefore
        if time < signer.notBefore || time > signer.notAfter { return .signerExpiredAtSigning }
        if case .revoked = revocation { return .revoked }
        // The first issued the signer's certificate; the others only had to live when they vouched for the next.
        guard let issuer = path.first else { return .issuerNotAnchored }
        if signer.notBefore < issuer.notBefore || signer.notBefore > issuer.notAfter { return .anchorExpired }
        if let now, now > issuer.notAfter { return .anchorExpired }
        if let now, now > signer.notAfter { return .signerExpired }
        if signer.privateKeyUsage?.contains(time) == false
            || issuer.privateKeyUsage?.contains(signer.notBefore) == false && issuer != signer
        {
            return .outsideKeyUsagePeriod
        }
        return .anchored
    }

    private static func mayServe(_ signer: Certificate, _ purpose: Purpose) -> Bool {
        switch purpose {
        case .document:
            !signer.isAuthority && signer.keyUsage?.contains(.digitalSignature) == true
                && signer.extendedKeyUsage?.contains { $0.hasPrefix(securityUsages) } != true
        case .masterList:
            signer.isAuthority && signer.keyUsage?.contains(.keyCertSign) != false
                || signer.keyUsage?.contains(.digitalSignature) == true
                    && signer.extendedKeyUsage?.contains(masterListSigning) == true
        }
    }
}
