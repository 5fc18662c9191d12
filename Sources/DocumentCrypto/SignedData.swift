import COpenSSL
package import StationCore

/// A CMS SignedData (RFC 5652) with its content inside, as EF.SOD carries it (ICAO 9303-10, 4.6.2): one signer, whose
/// certificate is inside too.
package struct SignedData: Sendable {
    /// The DER or BER, as found.
    package let bytes: [UInt8]
    /// The eContentType's object identifier in dotted form.
    package let contentType: String
    /// The signed content.
    package let content: [UInt8]

    /// What a verified signature says.
    package struct Signer: Hashable, Sendable {
        /// The signer's certificate. That it is inside proves nothing about trust: check its chain.
        package let certificate: Certificate
        /// The signed signing-time attribute; nil when absent.
        package let signingTime: Timestamp?
    }

    /// Parses; verifies nothing.
    package init(_ bytes: [UInt8]) throws(CryptoFailure) {
        let message = try Self.decode(bytes)
        guard unsafe OBJ_obj2nid(CMS_get0_type(message.pointer)) == NID_pkcs7_signed,
            let type = unsafe CMS_get0_eContentType(message.pointer),
            let holder = unsafe CMS_get0_content(message.pointer), let string = unsafe holder.pointee,
            let data = unsafe ASN1_STRING_get0_data(string)
        else {
            ERR_clear_error()
            throw .malformed("signed data")
        }
        self.bytes = bytes
        contentType = unsafe Self.text(of: type)
        content = unsafe Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }

    /// The certificates inside, in order. Throws when one is malformed or of an unsupported kind: the content can be
    /// read all the same.
    package func certificates() throws(CryptoFailure) -> [Certificate] {
        let message = try Self.decode(bytes)
        return try Self.certificates(of: message)
    }

    /// Verifies content digest, signed attributes and signature against the certificate inside that the signer info
    /// names. Throws `signatureInvalid` when they do not hold.
    package func verifiedSigner() throws(CryptoFailure) -> Signer {
        let message = try Self.decode(bytes)
        let flags = UInt32(CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY)
        guard unsafe CMS_verify(message.pointer, nil, nil, nil, nil, flags) == 1 else {
            ERR_clear_error()
            throw .signatureInvalid
        }
        // Borrowed from the message; it is alive until the end of this function.
        let infos = unsafe CMS_get0_SignerInfos(message.pointer)
        guard unsafe shim_sk_CMS_SignerInfo_num(infos) == 1, let info = unsafe shim_sk_CMS_SignerInfo_value(infos, 0)
        else { throw .unsupported("number of signers") }
        guard let type = unsafe CMS_get0_eContentType(message.pointer) else { throw .malformed("signed data") }
        // Without signed attributes the signature covers the content itself; with them, they must name the content's
        // type (RFC 5652, 11.1), or a signature over something else could be replayed here.
        if unsafe CMS_signed_get_attr_count(info) > 0 {
            let attribute = unsafe CMS_signed_get0_data_by_OBJ(
                info,
                OBJ_nid2obj(NID_pkcs9_contentType),
                -3,
                V_ASN1_OBJECT
            )
            guard let attribute = unsafe attribute, unsafe OBJ_cmp(OpaquePointer(attribute), type) == 0 else {
                ERR_clear_error()
                throw .signatureInvalid
            }
        }
        var borrowed: OpaquePointer?
        unsafe CMS_SignerInfo_get0_algs(info, nil, &borrowed, nil, nil)
        guard let signer = unsafe borrowed else { throw .malformed("signer") }
        let der = unsafe try encodeDER(named: "certificate") { unsafe i2d_X509(signer, $0) }
        let result = Signer(
            certificate: try Certificate(der: der),
            signingTime: unsafe try Self.signingTime(of: info)
        )
        withExtendedLifetime(message) {}
        return result
    }

    private static func signingTime(of info: OpaquePointer) throws(CryptoFailure) -> Timestamp? {
        guard unsafe CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1) >= 0 else { return nil }
        for type in [V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME] {
            let data = unsafe CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_signingTime), -3, type)
            if let data = unsafe data {
                return unsafe try CertificateTime.decode(UnsafePointer(data.assumingMemoryBound(to: ASN1_TIME.self)))
            }
        }
        ERR_clear_error()
        throw .malformed("signing time")
    }

    static func decode(_ bytes: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try decodeDER(bytes, named: "signed data", release: { unsafe CMS_ContentInfo_free($0) }) {
            unsafe d2i_CMS_ContentInfo(nil, $0, $1)
        }
    }

    private static func certificates(of message: OpenSSLObject) throws(CryptoFailure) -> [Certificate] {
        guard let stack = unsafe CMS_get1_certs(message.pointer) else {
            ERR_clear_error()
            return []
        }
        defer { unsafe shim_sk_X509_pop_free(stack) }
        let count = unsafe Int(shim_sk_X509_num(stack))
        guard count <= Limits.Card.embeddedCertificates else { throw .unsupported("number of certificates") }
        var result: [Certificate] = []
        for index in 0..<count {
            guard let certificate = unsafe shim_sk_X509_value(stack, Int32(index)) else { continue }
            let der = unsafe try encodeDER(named: "certificate") { unsafe i2d_X509(certificate, $0) }
            result.append(try Certificate(der: der))
        }
        return result
    }

    private static func text(of object: OpaquePointer) -> String {
        var text = [CChar](repeating: 0, count: 128)
        let length = unsafe Int(OBJ_obj2txt(&text, Int32(text.count), object, 1))
        return String(decoding: text.prefix(max(0, min(length, 127))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
