package import DocumentCrypto
package import StationCore

/// The judgement over one signed object of the card, in its two parts: who signed, and whether anybody we trust vouches
/// for the signer.
package struct SignatureJudgement: Sendable {
    /// Check `securityObjectSignature`.
    package let signature: Finding
    /// Check `certificateChain`.
    package let chain: Finding
    /// The signer's certificate; nil when the signature does not hold.
    package let signer: Certificate?

    /// Verifies signature and chain.
    /// - Parameter now: the time of inspection; nil when the clock is not to be trusted.
    package init(_ signedData: SignedData, anchors: TrustAnchors, now: Timestamp? = nil) {
        do {
            let signer = try signedData.verifiedSigner()
            signature = Finding(check: "securityObjectSignature", verdict: .passed)
            self.signer = signer.certificate
            chain =
                CertificateChain.judge(
                    signer.certificate,
                    anchors: anchors,
                    signingTime: signer.signingTime,
                    now: now
                ).finding
        } catch {
            let reason: (Verdict, String) =
                switch error {
                case .unsupported: (.notDetermined, "algorithmUnsupported")
                case .library: (.notDetermined, "libraryFault")
                case .signerAbsent: (.notDetermined, "signerAbsent")
                case .malformed, .invalidLength, .invalidPoint: (.failed, "signerCertificateMalformed")
                case .signerUnknown: (.failed, "signerUnknown")
                case .contentAltered: (.failed, "signedContentAltered")
                case .signatureInvalid: (.failed, "signatureInvalid")
                }
            signature = Finding(check: "securityObjectSignature", verdict: reason.0, reason: reason.1)
            chain = Finding(check: "certificateChain", verdict: .notDetermined, reason: "signatureNotVerified")
            signer = nil
        }
    }
}
