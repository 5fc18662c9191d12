import COpenSSL
package import StationCore

/// Makes X.509 certificates: the issuing side's throw-away national authority and its document signers.
package struct CertificateTemplate: Sendable {
    /// What the certificate is for; decides the extensions (ICAO 9303-12, table 3).
    package enum Role: Sendable {
        /// A country signing authority: CA, path length 0, keyCertSign and cRLSign.
        case countrySigner
        /// A document signer: digitalSignature only.
        case documentSigner
    }

    /// What the certificate is for.
    package let role: Role
    /// Two-letter country.
    package let country: String
    /// Organisation.
    package let organization: String
    /// Common name.
    package let commonName: String
    /// Serial number, at most 20 bytes; positive by construction because its first bit is cleared.
    package let serial: [UInt8]
    /// First moment of validity; whole seconds.
    package let notBefore: Timestamp
    /// Last moment of validity; whole seconds.
    package let notAfter: Timestamp

    /// Describes a certificate to be made.
    package init(
        role: Role,
        country: String,
        organization: String,
        commonName: String,
        serial: [UInt8],
        notBefore: Timestamp,
        notAfter: Timestamp
    ) {
        self.role = role
        self.country = country
        self.organization = organization
        self.commonName = commonName
        self.serial = serial
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Issues for a key, signed by an issuer's key; without issuer, self-signed by `issuerKey`, whose public half must
    /// then be `subjectKey`.
    package func issue(
        for subjectKey: PublicKey,
        issuer: Certificate?,
        issuerKey: SigningKey,
        digest: DigestAlgorithm
    ) throws(CryptoFailure) -> Certificate {
        let certificate = unsafe try OpenSSLObject(X509_new(), { unsafe X509_free($0) }, else: .library("certificate"))
        try check(unsafe X509_set_version(certificate.pointer, 2), "certificate version")
        try setSerial(of: certificate)
        let start = try CertificateTime.encode(notBefore)
        let end = try CertificateTime.encode(notAfter)
        try check(unsafe X509_set1_notBefore(certificate.pointer, start.pointer), "validity")
        try check(unsafe X509_set1_notAfter(certificate.pointer, end.pointer), "validity")
        let name = try makeName()
        try check(unsafe X509_set_subject_name(certificate.pointer, name.pointer), "subject")
        let key = try PublicKey.decode(subjectKey.der)
        try check(unsafe X509_set_pubkey(certificate.pointer, key.pointer), "subject key")
        let parent = try issuer.map { parent throws(CryptoFailure) in try Certificate.decode(parent.der) }
        let authority = parent ?? certificate
        try check(
            unsafe X509_set_issuer_name(certificate.pointer, X509_get_subject_name(authority.pointer)),
            "issuer"
        )
        for (identifier, value) in extensions {
            try add(identifier, value, to: certificate, issuer: authority)
        }
        let signing = try SigningKey.decode(issuerKey.pkcs8.unredacted)
        guard unsafe X509_sign(certificate.pointer, signing.pointer, digest.function) > 0 else {
            ERR_clear_error()
            throw .library("certificate signature")
        }
        return try Certificate(
            der: unsafe try encodeDER(named: "certificate") { unsafe i2d_X509(certificate.pointer, $0) }
        )
    }

    private var extensions: [(Int32, String)] {
        let usage: [(Int32, String)] =
            switch role {
            case .countrySigner:
                [
                    (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                    (NID_key_usage, "critical,keyCertSign,cRLSign"),
                ]
            case .documentSigner: [(NID_key_usage, "critical,digitalSignature")]
            }
        return usage + [(NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always")]
    }

    private func setSerial(of certificate: OpenSSLObject) throws(CryptoFailure) {
        guard (1...20).contains(serial.count) else { throw .invalidLength }
        var positive = serial
        positive[0] = positive[0] & 0x7f | 0x40
        let number = try BigNumber.decode(positive)
        guard let integer = unsafe X509_get_serialNumber(certificate.pointer),
            unsafe BN_to_ASN1_INTEGER(number.pointer, integer) != nil
        else { throw .library("serial number") }
    }

    private func makeName() throws(CryptoFailure) -> OpenSSLObject {
        let name = unsafe try OpenSSLObject(X509_NAME_new(), { unsafe X509_NAME_free($0) }, else: .library("name"))
        for (field, value) in [("C", country), ("O", organization), ("CN", commonName)] {
            let bytes = Array(value.utf8)
            try check(
                unsafe X509_NAME_add_entry_by_txt(
                    name.pointer,
                    field,
                    MBSTRING_UTF8,
                    bytes,
                    Int32(bytes.count),
                    -1,
                    0
                ),
                "name"
            )
        }
        return name
    }

    private func add(
        _ identifier: Int32,
        _ value: String,
        to certificate: OpenSSLObject,
        issuer: OpenSSLObject
    ) throws(CryptoFailure) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
        let made = unsafe try OpenSSLObject(
            X509V3_EXT_conf_nid(nil, &context, identifier, value),
            { unsafe X509_EXTENSION_free($0) },
            else: .library("extension")
        )
        try check(unsafe X509_add_ext(certificate.pointer, made.pointer, -1), "extension")
    }
}
