import ChipDocument
import DocumentCrypto
import StationCore

/// CMS SignedData put together by hand, so that each part can be wrong on its own.
struct HandMadeSignedData {
    enum SignerName {
        case issuerAndSerial
        case keyIdentifier
        /// Somebody else's serial number.
        case stranger
    }

    /// Object identifiers by their content octets.
    enum OID {
        static let signedData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
        static let attribute: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09]
        static let securityObject: [UInt8] = ObjectIdentifier.mrtdSecurity + [1]
        static let masterList: [UInt8] = ObjectIdentifier.mrtdSecurity + [2]
        static let ecdsa: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03]
        static let rsaEncryption: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
    }

    let certificate: Certificate
    let key: SigningKey
    var content: [UInt8] = [1, 2, 3]
    var contentType = OID.securityObject
    var attributeContentType: [UInt8]? = nil
    var version: UInt8 = 3
    var signerVersion: UInt8? = nil
    var name = SignerName.issuerAndSerial
    var digest = DigestAlgorithm.sha256
    var digestHasNull = false
    /// The digests that the message announces; they are a hint only.
    var announced: [DigestAlgorithm] = [.sha256]
    /// The signature's digest and the identifier that names it.
    var signatureDigest = DigestAlgorithm.sha256
    var signatureAlgorithm: [UInt8] = OID.ecdsa + [2]
    var plain = false
    var hasSignedAttributes = true
    var hasMessageDigest = true
    var repeatsMessageDigest = false
    var sortsAttributes = true
    var signers = 1
    var extraCertificates: [[UInt8]] = []
    var hasCertificate = true
    var isIndefinite = false

    func attribute(_ type: UInt8, _ value: TLV) -> TLV {
        TLV(.sequence, [TLV(.objectIdentifier, OID.attribute + [type]), TLV(.set, [value])])
    }

    func algorithm(_ identifier: [UInt8], null: Bool = false) -> TLV {
        TLV(.sequence, [TLV(.objectIdentifier, identifier)] + (null ? [TLV(0x05, [UInt8]())] : []))
    }

    var encoded: [UInt8] {
        get throws {
            var attributes = [
                attribute(3, TLV(.objectIdentifier, attributeContentType ?? contentType)),
                attribute(5, TLV(0x17, Array("250615000000Z".utf8))),
            ]
            let hash = attribute(4, TLV(.octetString, digest.digest(content)))
            if hasMessageDigest { attributes.append(hash) }
            if repeatsMessageDigest { attributes.append(hash) }
            attributes.sort { $0.encoded.lexicographicallyPrecedes($1.encoded) }
            if !sortsAttributes { attributes.reverse() }
            let signed = hasSignedAttributes ? TLV(.set, attributes).encoded : content
            var signature = try key.sign(signed, digest: signatureDigest)
            if plain { signature = try plainSignature(signature) }

            let sid: TLV
            switch name {
            case .issuerAndSerial:
                sid = TLV(.sequence, [try TLV(parsing: certificate.issuer), TLV(.integer, certificate.serial)])
            case .stranger:
                sid = TLV(.sequence, [try TLV(parsing: certificate.issuer), TLV(.integer, [0x7f, 0x11])])
            case .keyIdentifier: sid = TLV(0x80, certificate.subjectKeyIdentifier ?? [])
            }
            var defaultVersion: UInt8 = 1
            if case .keyIdentifier = name { defaultVersion = 3 }
            let info = TLV(
                .sequence,
                [
                    TLV(.integer, [signerVersion ?? defaultVersion]), sid,
                    algorithm(digest.objectIdentifier, null: digestHasNull),
                ] + (hasSignedAttributes ? [TLV(0xa0, attributes)] : []) + [
                    algorithm(signatureAlgorithm), TLV(.octetString, signature),
                ]
            )
            let certificates = (hasCertificate ? [certificate.der] : []) + extraCertificates
            let octets = TLV(.octetString, content)
            let fields: [[UInt8]] = [
                TLV(.integer, [version]).encoded,
                TLV(.set, announced.map { algorithm($0.objectIdentifier) }).encoded,
                wrap(
                    0x30,
                    TLV(.objectIdentifier, contentType).encoded
                        + wrap(0xa0, isIndefinite ? pieces(content) : octets.encoded)
                ),
                certificates.isEmpty ? [] : wrap(0xa0, certificates.flatMap { $0 }),
                TLV(.set, [TLV](repeating: info, count: signers)).encoded,
            ]
            return wrap(
                0x30,
                TLV(.objectIdentifier, OID.signedData).encoded + wrap(0xa0, wrap(0x30, fields.flatMap { $0 }))
            )
        }
    }

    /// A constructed element, of indefinite length when that is asked for.
    private func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        isIndefinite ? [tag, 0x80] + content + [0, 0] : TLV(TLVTag(UInt32(tag)), content).encoded
    }

    /// An OCTET STRING cut into pieces of two bytes, as stream writers do.
    private func pieces(_ content: [UInt8]) -> [UInt8] {
        let parts = stride(from: 0, to: content.count, by: 2).flatMap {
            TLV(.octetString, Array(content[$0..<min($0 + 2, content.count)])).encoded
        }
        return [0x24, 0x80] + parts + [0, 0]
    }

    private func plainSignature(_ der: [UInt8]) throws -> [UInt8] {
        guard case .ellipticCurve(let point) = key.publicKey.kind else { return der }
        return try TLV(parsing: der).children().flatMap { number in
            let digits = number.value.drop { $0 == 0 }
            return [UInt8](repeating: 0, count: point.curve.fieldBytes - digits.count) + digits
        }
    }
}
