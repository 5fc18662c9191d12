import COpenSSL
package import StationCore

/// An X.509 certificate, parsed once; the facts that the ICAO rules look at.
package struct Certificate: Hashable, Sendable {
    /// Key usage bits of RFC 5280, 4.2.1.3 that matter here.
    package enum KeyUsage: Hashable, Sendable {
        case digitalSignature
        case keyCertSign
        case crlSign
    }

    /// When the private key may sign (RFC 3280, 4.2.1.4; ICAO 9303-12, 7.1): shorter than the certificate's validity,
    /// which lasts as long as the documents signed. At least one of the two is there.
    package struct KeyUsagePeriod: Hashable, Sendable {
        /// First moment; nil leaves it to the certificate's.
        package let notBefore: Timestamp?
        /// Last moment; nil leaves it to the certificate's.
        package let notAfter: Timestamp?

        /// Whether a moment lies inside.
        package func contains(_ time: Timestamp) -> Bool {
            notBefore.map { time >= $0 } ?? true && notAfter.map { time <= $0 } ?? true
        }
    }

    /// The DER, as found.
    package let der: [UInt8]
    /// DER of the subject name.
    package let subject: [UInt8]
    /// DER of the issuer name.
    package let issuer: [UInt8]
    /// The subject for people: RFC 2253 text. It names an authority, never a citizen.
    package let subjectText: String
    /// Country of the subject, upper case; nil when absent.
    package let country: String?
    /// Serial number, big-endian.
    package let serial: [UInt8]
    /// First moment of validity.
    package let notBefore: Timestamp
    /// Last moment of validity.
    package let notAfter: Timestamp
    /// Whether basicConstraints says CA.
    package let isAuthority: Bool
    /// Key usages; nil when the extension is absent.
    package let keyUsage: Set<KeyUsage>?
    /// Subject key identifier; nil when absent.
    package let subjectKeyIdentifier: [UInt8]?
    /// Authority key identifier; nil when absent.
    package let authorityKeyIdentifier: [UInt8]?
    /// When the private key may sign; nil when not said.
    package let privateKeyUsage: KeyUsagePeriod?
    /// Extended key usages in dotted form; nil when the extension is absent.
    package let extendedKeyUsage: Set<String>?
    /// Document codes, one or two letters, that the signer signs (ICAO 9303-12, 7.1.1, documentType); nil when it does
    /// not say, or not legibly.
    package let documentTypes: Set<String>?
    /// Whether there is a critical extension that nobody here understands (RFC 5280, 4.2: then refuse).
    package let hasUnknownCriticalExtension: Bool
    /// The subject's key.
    package let publicKey: PublicKey

    /// Parses DER.
    package init(der: [UInt8]) throws(CryptoFailure) {
        let certificate = try Self.decode(der)
        try self.init(certificate, der: der)
    }

    init(_ certificate: OpenSSLObject, der: [UInt8]) throws(CryptoFailure) {
        let pointer = unsafe certificate.pointer
        self.der = der
        guard let subjectName = unsafe X509_get_subject_name(pointer),
            let issuerName = unsafe X509_get_issuer_name(pointer),
            let start = unsafe X509_get0_notBefore(pointer), let end = unsafe X509_get0_notAfter(pointer)
        else { throw .malformed("certificate") }
        subject = unsafe try encodeDER(named: "name") { unsafe i2d_X509_NAME(subjectName, $0) }
        issuer = unsafe try encodeDER(named: "name") { unsafe i2d_X509_NAME(issuerName, $0) }
        subjectText = DistinguishedName.text(subject)
        country = DistinguishedName.country(subject)
        serial = unsafe Self.bytes(X509_get0_serialNumber(pointer)) ?? []
        notBefore = unsafe try CertificateTime.decode(start)
        notAfter = unsafe try CertificateTime.decode(end)
        // This call also makes OpenSSL read the extensions that follow; a malformed one sets the invalid flag.
        let flags = unsafe X509_get_extension_flags(pointer)
        guard flags & UInt32(EXFLAG_INVALID) == 0 else { throw .malformed("certificate extensions") }
        isAuthority = flags & UInt32(EXFLAG_CA) != 0
        if flags & UInt32(EXFLAG_KUSAGE) != 0 {
            let bits = unsafe X509_get_key_usage(pointer)
            var usages: Set<KeyUsage> = []
            if bits & UInt32(KU_DIGITAL_SIGNATURE) != 0 { usages.insert(.digitalSignature) }
            if bits & UInt32(KU_KEY_CERT_SIGN) != 0 { usages.insert(.keyCertSign) }
            if bits & UInt32(KU_CRL_SIGN) != 0 { usages.insert(.crlSign) }
            keyUsage = usages
        } else {
            keyUsage = nil
        }
        hasUnknownCriticalExtension = flags & UInt32(EXFLAG_CRITICAL) != 0
        let body = try Self.body(der)
        guard body.structure.agrees(with: body.algorithm) else { throw .malformed("certificate algorithm") }
        documentTypes = body.extensions.value(X509Extensions.documentType).flatMap { try? Self.documentTypes($0) }
        privateKeyUsage = try body.extensions.value(X509Extensions.privateKeyUsagePeriod).map(Self.period)
        extendedKeyUsage = try body.extensions.value(X509Extensions.extendedKeyUsage).map(Self.usages)
        subjectKeyIdentifier = unsafe Self.bytes(X509_get0_subject_key_id(pointer))
        authorityKeyIdentifier = unsafe Self.bytes(X509_get0_authority_key_id(pointer))
        guard let key = unsafe X509_get_X509_PUBKEY(pointer) else { throw .malformed("certificate") }
        publicKey = try PublicKey(
            der: unsafe try encodeDER(named: "public key") { unsafe i2d_X509_PUBKEY(key, $0) }
        )
    }

    /// Whether subject and issuer are the same name.
    package var isSelfIssued: Bool { subject == issuer }

    /// SHA-256 of the DER, lower-case hexadecimal: how people compare certificates.
    package var fingerprint: String { Hex.text(DigestAlgorithm.sha256.digest(der)) }

    /// Whether this certificate's signature verifies under the issuer's key. Names, dates and usages are not looked at.
    package func isSigned(by issuer: Certificate) -> Bool {
        guard let body = try? Self.body(der) else { return false }
        return (try? body.structure.verify(by: issuer.publicKey)) != nil
    }

    /// Whether this certificate vouches for itself: same name, and its own key signed it.
    package var isSelfSigned: Bool { isSelfIssued && isSigned(by: self) }

    private static func body(
        _ der: [UInt8]
    ) throws(CryptoFailure) -> (structure: SignedStructure, algorithm: BERElement, extensions: X509Extensions) {
        let structure = try SignedStructure(der, named: "certificate")
        var reader = BERReader(structure.body.content, named: "certificate", rules: .der)
        _ = try reader.nextIfPresent(0xa0)
        _ = try reader.next(BERElement.integer)
        let algorithm = try reader.next(BERElement.sequence)
        // Issuer, validity, subject, key.
        for _ in 0..<4 { _ = try reader.next(BERElement.sequence) }
        _ = try reader.nextIfPresent(0x81)
        _ = try reader.nextIfPresent(0x82)
        let tagged = try reader.nextIfPresent(0xa3)
        try reader.finish()
        return (structure, algorithm, try X509Extensions(tagged, named: "certificate extensions"))
    }

    private static func period(_ value: [UInt8]) throws(CryptoFailure) -> KeyUsagePeriod {
        let name = "privateKeyUsagePeriod"
        var reader = BERReader(
            try BERReader.only(value[...], BERElement.sequence, named: name, rules: .der).content,
            named: name,
            rules: .der
        )
        func time(_ element: BERElement?) throws(CryptoFailure) -> Timestamp? {
            guard let element else { return nil }
            return try CertificateTime.decode(tag: BERElement.generalizedTime, element.content)
        }
        let start = try time(reader.nextIfPresent(0x80))
        let end = try time(reader.nextIfPresent(0x81))
        try reader.finish()
        return KeyUsagePeriod(notBefore: start, notAfter: end)
    }

    /// SEQUENCE { version, SET OF PrintableString }; some issuers give each type a set of its own.
    private static func documentTypes(_ value: [UInt8]) throws(CryptoFailure) -> Set<String> {
        let name = "documentType"
        var reader = BERReader(
            try BERReader.only(value[...], BERElement.sequence, named: name, rules: .ber).content,
            named: name,
            rules: .ber
        )
        _ = try reader.next(BERElement.integer)
        var result: Set<String> = []
        while !reader.isAtEnd {
            var types = reader.inside(try reader.next(BERElement.set))
            while !types.isAtEnd {
                let type = try types.next()
                guard (1...2).contains(type.content.count) else { throw .malformed(name) }
                result.insert(String(decoding: type.content.filter { $0 != UInt8(ascii: "<") }, as: UTF8.self))
            }
        }
        guard !result.isEmpty else { throw .malformed(name) }
        return result
    }

    private static func usages(_ value: [UInt8]) throws(CryptoFailure) -> Set<String> {
        let name = "extKeyUsage"
        var reader = BERReader(
            try BERReader.only(value[...], BERElement.sequence, named: name, rules: .der).content,
            named: name,
            rules: .der
        )
        var result: Set<String> = []
        while !reader.isAtEnd {
            result.insert(
                try ObjectIdentifierText.dotted(reader.next(BERElement.objectIdentifier).content, named: name)
            )
        }
        return result
    }

    static func decode(_ der: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try decodeDER(der, named: "certificate", release: { unsafe X509_free($0) }) {
            unsafe d2i_X509(nil, $0, $1)
        }
    }

    private static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8]? {
        guard let string = unsafe string, let data = unsafe ASN1_STRING_get0_data(string) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }
}
