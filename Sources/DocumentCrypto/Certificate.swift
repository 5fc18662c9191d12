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
        subjectText = unsafe Self.text(of: subjectName)
        country = unsafe Self.country(of: subjectName)
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
        subjectKeyIdentifier = unsafe Self.bytes(X509_get0_subject_key_id(pointer))
        authorityKeyIdentifier = unsafe Self.bytes(X509_get0_authority_key_id(pointer))
        guard let key = unsafe X509_get_X509_PUBKEY(pointer) else { throw .malformed("certificate") }
        publicKey = try PublicKey(
            der: unsafe try encodeDER(named: "public key") { unsafe i2d_X509_PUBKEY(key, $0) }
        )
    }

    /// Whether subject and issuer are the same name.
    package var isSelfIssued: Bool { subject == issuer }

    /// Whether this certificate's signature verifies under the issuer's key. Names, dates and usages are not looked at.
    package func isSigned(by issuer: Certificate) -> Bool {
        guard let certificate = try? Self.decode(der), let key = try? PublicKey.decode(issuer.publicKey.der) else {
            return false
        }
        defer { ERR_clear_error() }
        return unsafe X509_verify(certificate.pointer, key.pointer) == 1
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

    private static func country(of name: OpaquePointer) -> String? {
        let index = unsafe X509_NAME_get_index_by_NID(name, NID_countryName, -1)
        guard index >= 0, let entry = unsafe X509_NAME_get_entry(name, index),
            let value = unsafe bytes(X509_NAME_ENTRY_get_data(entry))
        else { return nil }
        return String(validating: value, as: UTF8.self)?.uppercased()
    }

    private static func text(of name: OpaquePointer) -> String {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(memory) }
        guard unsafe X509_NAME_print_ex(memory, name, 0, shim_name_flags()) >= 0 else {
            return ""
        }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
    }
}
