package import DocumentCrypto
package import StationCore

/// The judgement over one signed object of the card, in its two parts: who signed, and whether anybody we trust vouches
/// for the signer.
package struct SignatureJudgement: Sendable {
    /// Check `securityObjectSignature`.
    package let signature: Finding
    /// Check `certificateChain`.
    package let chain: Finding

    /// Verifies signature and chain.
    package init(_ signedData: SignedData, anchors: TrustAnchors) {
        do {
            let signer = try signedData.verifiedSigner()
            signature = Finding(check: "securityObjectSignature", verdict: .passed)
            let (outcome, _) = CertificateChain.judge(
                signer.certificate,
                anchors: anchors,
                signingTime: signer.signingTime
            )
            let verdict: Verdict =
                switch outcome {
                case .anchored: .passed
                // Absence of a valid anchor is absence of proof, not proof of a forgery.
                case .issuerNotAnchored, .anchorExpired: .notDetermined
                case .signerKeyUsage, .signerExpiredAtSigning, .countryMismatch: .failed
                }
            chain = Finding(
                check: "certificateChain",
                verdict: verdict,
                reason: verdict == .passed ? nil : outcome.rawValue
            )
        } catch {
            let reason: (Verdict, String) =
                switch error {
                case .unsupported: (.notDetermined, "algorithmUnsupported")
                case .library: (.notDetermined, "libraryFault")
                default: (.failed, "signatureInvalid")
                }
            signature = Finding(check: "securityObjectSignature", verdict: reason.0, reason: reason.1)
            chain = Finding(check: "certificateChain", verdict: .notDetermined, reason: "signatureNotVerified")
        }
    }
}
