package import DocumentCrypto
package import StationCore

/// The way from a document signer to a trusted country signing certificate (ICAO 9303-12, 7; 9303-11, 5.1).
package enum CertificateChain {
    /// How a chain ends. The order of the checks is the order of the cases.
    package enum Outcome: String, Sendable {
        /// An anchor vouches for the signer, in its time and its role.
        case anchored
        /// No anchor has the issuer's name and key. Nothing is wrong with the signature; nobody vouches for it.
        case issuerNotAnchored
        /// The signer's certificate may not sign documents.
        case signerKeyUsage
        /// The signer's certificate was not valid when the document was signed.
        case signerExpiredAtSigning
        /// The anchor was not valid when it issued the signer's certificate.
        case anchorExpired
        /// The anchor's country is another than the signer's (9303-12, 7.1.1).
        case countryMismatch
    }

    /// Judges a signer at the time of signing; without a signed time, at the beginning of the signer's own validity.
    package static func judge(
        _ signer: Certificate,
        anchors: TrustAnchors,
        signingTime: Timestamp?
    ) -> (outcome: Outcome, anchor: Certificate?) {
        let named = anchors.certificates.filter { $0.subject == signer.issuer }
        guard let anchor = named.first(where: { signer.isSigned(by: $0) }) else { return (.issuerNotAnchored, nil) }
        if signer.isAuthority || signer.keyUsage?.contains(.digitalSignature) == false {
            return (.signerKeyUsage, anchor)
        }
        let time = signingTime ?? signer.notBefore
        if time < signer.notBefore || time > signer.notAfter { return (.signerExpiredAtSigning, anchor) }
        if signer.notBefore < anchor.notBefore || signer.notBefore > anchor.notAfter { return (.anchorExpired, anchor) }
        if signer.country != anchor.country { return (.countryMismatch, anchor) }
        return (.anchored, anchor)
    }
}
