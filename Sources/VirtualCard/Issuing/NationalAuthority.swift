package import DocumentCrypto
package import StationCore

/// A throw-away country signing authority. It says in its name that it is nobody's.
package struct NationalAuthority: Sendable {
    /// The self-signed certificate: the trust anchor for readers.
    package let certificate: Certificate
    /// Its key, on brainpoolP384r1.
    package let key: SigningKey

    /// Takes an authority that was made before.
    package init(certificate: Certificate, key: SigningKey) {
        self.certificate = certificate
        self.key = key
    }

    /// Makes an authority whose certificate holds for 15 years from the beginning of 2021.
    package init(random: some RandomSource) throws {
        key = try SigningKey(CurveKeyPair(generator: .generator(of: .brainpoolP384r1), random: random))
        certificate = try Self.template(.countrySigner, "Training CSCA of no country", random, years: 15).issue(
            for: key.publicKey, issuer: nil, issuerKey: key, digest: .sha384)
    }

    /// A document signer under this authority, valid for 11 years from the beginning of 2021.
    package func makeDocumentSigner(random: some RandomSource) throws -> (certificate: Certificate, key: SigningKey) {
        let signerKey = try SigningKey(CurveKeyPair(generator: .generator(of: .brainpoolP384r1), random: random))
        let template = try Self.template(.documentSigner, "Training document signer", random, years: 11)
        let certificate = try template.issue(
            for: signerKey.publicKey, issuer: certificate, issuerKey: key, digest: .sha384)
        return (certificate, signerKey)
    }

    private static func template(
        _ role: CertificateTemplate.Role, _ name: String, _ random: some RandomSource, years: Int
    ) throws -> CertificateTemplate {
        guard let start = CivilDate(year: 2_021, month: 1, day: 1),
            let end = CivilDate(year: 2_021 + years, month: 1, day: 1)
        else { throw Failure(.internalFault, "certificate dates") }
        return CertificateTemplate(
            role: role, country: "VN", organization: "Intake Station training cards", commonName: name,
            serial: random.bytes(16), notBefore: start.midnight, notAfter: end.midnight)
    }
}

extension CivilDate {
    /// 00:00 UTC of this day.
    var midnight: Timestamp { Timestamp(milliseconds: Int64(daysSinceEpoch) * 86_400_000) }
}
