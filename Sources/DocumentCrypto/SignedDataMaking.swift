import COpenSSL
package import StationCore

extension SignedData {
    /// Signs content the way a document signer makes EF.SOD: CMS SignedData version 3, signer's certificate inside,
    /// signed attributes contentType, messageDigest and signingTime.
    package static func sign(
        content: [UInt8],
        contentType: String,
        certificate: Certificate,
        key: SigningKey,
        digest: DigestAlgorithm,
        signingTime: Timestamp
    ) throws(CryptoFailure) -> [UInt8] {
        let flags = UInt32(CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP)
        let message = unsafe try OpenSSLObject(
            CMS_sign(nil, nil, nil, nil, flags),
            { unsafe CMS_ContentInfo_free($0) },
            else: .library("signed data")
        )
        let type = unsafe try OpenSSLObject(
            OBJ_txt2obj(contentType, 1),
            { unsafe ASN1_OBJECT_free($0) },
            else: .malformed("content type")
        )
        try check(unsafe CMS_set1_eContentType(message.pointer, type.pointer), "content type")
        try check(unsafe CMS_set_detached(message.pointer, 0), "signed data")
        let signer = try Certificate.decode(certificate.der)
        let signing = try SigningKey.decode(key.pkcs8.unredacted)
        // Borrowed: the message owns it.
        guard
            let info = unsafe CMS_add1_signer(message.pointer, signer.pointer, signing.pointer, digest.function, flags)
        else {
            ERR_clear_error()
            throw .library("signer")
        }
        let time = try CertificateTime.encode(signingTime)
        try check(
            unsafe CMS_signed_add1_attr_by_NID(
                info,
                NID_pkcs9_signingTime,
                ASN1_STRING_type(time.pointer),
                time.pointer,
                -1
            ),
            "signing time"
        )
        let source = unsafe try OpenSSLObject(
            BIO_new(BIO_s_mem()),
            { unsafe BIO_free($0) },
            else: .library("buffer")
        )
        guard unsafe BIO_write(source.pointer, content, Int32(content.count)) == Int32(content.count) else {
            throw .library("buffer")
        }
        try check(unsafe CMS_final(message.pointer, source.pointer, nil, flags), "signature")
        return unsafe try encodeDER(named: "signed data") { unsafe i2d_CMS_ContentInfo(message.pointer, $0) }
    }
}
