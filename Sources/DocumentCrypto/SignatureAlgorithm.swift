/// A signature algorithm with its parameters, as ICAO 9303-12, 4.4 allows and as documents of the field name it.
package enum SignatureAlgorithm: Hashable, Sendable {
    /// RSASSA-PKCS1-v1_5.
    case rsa(DigestAlgorithm)
    /// rsaEncryption: RSASSA-PKCS1-v1_5 whose digest stands elsewhere (RFC 3370, 3.2).
    case rsaUnnamed
    /// RSASSA-PSS (RFC 4055, 3.1).
    case rsaPSS(DigestAlgorithm, mask: DigestAlgorithm, saltBytes: Int)
    /// ECDSA; plain says r ‖ s (TR-03111, 5.2.1) instead of DER.
    case ecdsa(DigestAlgorithm, plain: Bool)

    private static let pkcs1: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    private static let x962Signatures: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04]
    private static let plainSignatures: [UInt8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01]

    /// Parses an AlgorithmIdentifier. Throws `unsupported` for an algorithm outside the set.
    package init(der: [UInt8]) throws(CryptoFailure) {
        self = try Self(
            BERReader.only(der[...], BERElement.sequence, named: "signature algorithm", rules: .ber)
        )
    }

    init(_ element: BERElement) throws(CryptoFailure) {
        let (identifier, parameters) = try Self.parts(element)
        if identifier == Self.pkcs1 + [10] {
            self = try Self.pss(parameters)
            return
        }
        if identifier == Self.x962Signatures + [3] {
            guard let parameters else { throw .malformed("signature algorithm") }
            self = .ecdsa(try Self.digest(parameters), plain: false)
            return
        }
        // RFC 4055 wants NULL with RSA and RFC 5758 nothing with ECDSA; documents of the field mix the two.
        guard parameters == nil || parameters?.tag == BERElement.null else { throw .malformed("signature algorithm") }
        if let digest = Self.rsaDigests.first(where: { identifier == Self.pkcs1 + [$0.0] })?.1 {
            self = .rsa(digest)
        } else if identifier == Self.pkcs1 + [1] {
            self = .rsaUnnamed
        } else if let digest = Self.ecdsaDigests.first(where: { identifier == Self.x962Signatures + $0.0 })?.1 {
            self = .ecdsa(digest, plain: false)
        } else if let digest = Self.plainDigests.first(where: { identifier == Self.plainSignatures + [$0.0] })?.1 {
            self = .ecdsa(digest, plain: true)
        } else {
            throw .unsupported(
                "signature algorithm \(try ObjectIdentifierText.dotted(identifier[...], named: "signature algorithm"))"
            )
        }
    }

    private static let rsaDigests: [(UInt8, DigestAlgorithm)] = [
        (5, .sha1), (11, .sha256), (12, .sha384), (13, .sha512), (14, .sha224),
    ]
    private static let ecdsaDigests: [([UInt8], DigestAlgorithm)] = [
        ([1], .sha1), ([3, 1], .sha224), ([3, 2], .sha256), ([3, 3], .sha384), ([3, 4], .sha512),
    ]
    private static let plainDigests: [(UInt8, DigestAlgorithm)] = [
        (1, .sha1), (2, .sha224), (3, .sha256), (4, .sha384), (5, .sha512),
    ]

    /// The digest of an AlgorithmIdentifier; parameters absent or NULL.
    static func digest(_ element: BERElement) throws(CryptoFailure) -> DigestAlgorithm {
        let (identifier, parameters) = try parts(element)
        guard parameters == nil || parameters?.tag == BERElement.null else { throw .malformed("digest algorithm") }
        guard let digest = DigestAlgorithm(objectIdentifier: identifier) else {
            throw .unsupported(
                "digest \(try ObjectIdentifierText.dotted(identifier[...], named: "digest algorithm"))"
            )
        }
        return digest
    }

    private static func parts(_ element: BERElement) throws(CryptoFailure) -> ([UInt8], BERElement?) {
        guard element.tag == BERElement.sequence else { throw .malformed("algorithm") }
        var reader = BERReader(element.content, named: "algorithm", rules: .ber)
        let identifier = try reader.next(BERElement.objectIdentifier)
        let parameters = reader.isAtEnd ? nil : try reader.next()
        try reader.finish()
        if let parameters, parameters.tag == BERElement.null, !parameters.content.isEmpty {
            throw .malformed("algorithm")
        }
        return (Array(identifier.content), parameters)
    }

    /// RSASSA-PSS-params; absent fields have the defaults of RFC 4055. The mask's digest may differ from the message's,
    /// as some documents have it; a salt longer than any digest has no reason to be.
    private static func pss(_ parameters: BERElement?) throws(CryptoFailure) -> SignatureAlgorithm {
        let name = "PSS parameters"
        guard let parameters else { return .rsaPSS(.sha1, mask: .sha1, saltBytes: 20) }
        guard parameters.tag == BERElement.sequence else { throw .malformed(name) }
        var reader = BERReader(parameters.content, named: name, rules: .ber)
        var digest = DigestAlgorithm.sha1
        var mask = DigestAlgorithm.sha1
        var saltBytes = 20
        if let field = try reader.nextIfPresent(0xa0) {
            digest = try Self.digest(BERReader.only(field.content, BERElement.sequence, named: name, rules: .ber))
        }
        if let field = try reader.nextIfPresent(0xa1) {
            let (identifier, inner) = try parts(
                BERReader.only(field.content, BERElement.sequence, named: name, rules: .ber)
            )
            guard identifier == pkcs1 + [8], let inner else { throw .unsupported("PSS mask generation") }
            mask = try Self.digest(inner)
        }
        if let field = try reader.nextIfPresent(0xa2) {
            guard
                let count = try BERReader.only(field.content, BERElement.integer, named: name, rules: .ber)
                    .smallInteger,
                count <= DigestAlgorithm.sha512.byteCount
            else { throw .unsupported("PSS salt length") }
            saltBytes = count
        }
        if let field = try reader.nextIfPresent(0xa3) {
            guard
                try BERReader.only(field.content, BERElement.integer, named: name, rules: .ber).smallInteger == 1
            else { throw .unsupported("PSS trailer") }
        }
        try reader.finish()
        return .rsaPSS(digest, mask: mask, saltBytes: saltBytes)
    }
}
