import ChipDocument
import DocumentCrypto

/// A certificate put together by hand: every field can be left out or be something else.
struct CertificateComposer {
    struct Extension {
        var identifier: [UInt8]
        var isCritical = false
        var value: [UInt8]

        var encoded: [UInt8] {
            DEREncoder.sequence(
                DEREncoder.identifier(identifier), isCritical ? [0x01, 0x01, 0xff] : [], DEREncoder.octets(value))
        }
    }

    static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1d, 0x0e]
    static let keyUsage: [UInt8] = [0x55, 0x1d, 0x0f]
    static let basicConstraints: [UInt8] = [0x55, 0x1d, 0x13]
    static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1d, 0x23]

    var version: [UInt8]? = DEREncoder.tagged(0xa0, DEREncoder.integer(2))
    var serial: [UInt8]?
    var innerAlgorithm: [UInt8]?
    var issuer: [UInt8]?
    var validity: [UInt8]?
    var subject: [UInt8]
    var publicKey: [UInt8]?
    var extensions: [Extension]
    var outerAlgorithm: [UInt8]?
    var hasSignature = true
    var flipsSignature = false

    static func name(_ text: String, country: String? = "VN") -> [UInt8] {
        let fields: [([UInt8], TLV)] =
            (country.map { [([0x55, 4, 6], TLV(.printableString, Array($0.utf8)))] } ?? []) + [
                ([0x55, 4, 3], TLV(.utf8String, Array(text.utf8)))
            ]
        return TLV(
            .sequence, fields.map { TLV(.set, [TLV(.sequence, [TLV(.objectIdentifier, $0.0), $0.1])]) }
        ).encoded
    }

    static func utcTime(_ text: String) -> [UInt8] { DEREncoder.tagged(0x17, Array(text.utf8)) }
    static func generalizedTime(_ text: String) -> [UInt8] { DEREncoder.tagged(0x18, Array(text.utf8)) }

    static func keyIdentifier(_ key: SigningKey) -> [UInt8] {
        Array(DigestAlgorithm.sha1.digest(key.publicKey.der))
    }

    /// The fields of an extension, to be changed in place.
    mutating func change(_ identifier: [UInt8], _ edit: (inout Extension) -> Void) {
        for index in extensions.indices where extensions[index].identifier == identifier { edit(&extensions[index]) }
    }

    mutating func remove(_ identifier: [UInt8]) { extensions.removeAll { $0.identifier == identifier } }

    func encoded(_ scheme: SignatureScheme, by key: SigningKey) throws -> [UInt8] {
        let parts: [[UInt8]?] = [
            version, serial, innerAlgorithm, issuer, validity, subject, publicKey,
            DEREncoder.tagged(0xa3, TLV(.sequence, extensions.flatMap(\.encoded)).encoded),
        ]
        let body = TLV(.sequence, parts.compactMap(\.self).flatMap(\.self)).encoded
        var signature = try scheme.sign(body, key)
        if flipsSignature { signature[signature.count / 2] ^= 1 }
        return DEREncoder.sequence(body, outerAlgorithm ?? [], hasSignature ? DEREncoder.bits(signature) : [])
    }
}

/// A CSCA and the document signer below it.
struct CertificateChainComposer: Sendable {
    var authorityKey = ConformanceKeys.authority(.brainpoolP256r1)
    var signerKey = ConformanceKeys.signer(.brainpoolP256r1)
    /// Signs both certificates.
    var scheme = SignatureScheme.ecdsa(.sha256)
    /// Signs the documents.
    var documentScheme = SignatureScheme.ecdsa(.sha256)
    /// What is wrong with the signer's certificate.
    var editSigner: @Sendable (inout CertificateComposer) -> Void = { _ in }
    /// What is wrong with the authority's.
    var editAuthority: @Sendable (inout CertificateComposer) -> Void = { _ in }

    static let authorityName = CertificateComposer.name("Conformance CSCA of no country")
    static let signerName = CertificateComposer.name("Conformance document signer")
    static let signerSerial = DEREncoder.integer(0x41, 0x02)

    func authority() throws -> Certificate {
        let identifier = CertificateComposer.keyIdentifier(authorityKey)
        var composer = CertificateComposer(
            serial: DEREncoder.integer(0x41, 0x01), innerAlgorithm: scheme.identifier, issuer: Self.authorityName,
            validity: Self.validity("360101000000Z"), subject: Self.authorityName,
            publicKey: authorityKey.publicKey.der,
            extensions: [
                .init(
                    identifier: CertificateComposer.basicConstraints, isCritical: true,
                    value: DEREncoder.sequence([0x01, 0x01, 0xff], DEREncoder.integer(0))),
                .init(
                    identifier: CertificateComposer.keyUsage, isCritical: true,
                    value: TLV(.bitString, [0x01, 0x06]).encoded),
                .init(
                    identifier: CertificateComposer.subjectKeyIdentifier, value: DEREncoder.octets(identifier)),
            ], outerAlgorithm: scheme.identifier)
        editAuthority(&composer)
        return try Certificate(der: composer.encoded(scheme, by: authorityKey))
    }

    func anchors() throws -> TrustAnchors { TrustAnchors(certificates: [try authority()]) }

    /// The signer's certificate, which need not be one that can be parsed.
    func signer() throws -> [UInt8] {
        var composer = CertificateComposer(
            serial: Self.signerSerial, innerAlgorithm: scheme.identifier, issuer: Self.authorityName,
            validity: Self.validity("320101000000Z"), subject: Self.signerName, publicKey: signerKey.publicKey.der,
            extensions: [
                .init(
                    identifier: CertificateComposer.authorityKeyIdentifier,
                    value: DEREncoder.sequence(
                        DEREncoder.tagged(0x80, CertificateComposer.keyIdentifier(authorityKey)))),
                .init(
                    identifier: CertificateComposer.subjectKeyIdentifier,
                    value: DEREncoder.octets(CertificateComposer.keyIdentifier(signerKey))),
                .init(
                    identifier: CertificateComposer.keyUsage, isCritical: true,
                    value: TLV(.bitString, [0x07, 0x80]).encoded),
            ], outerAlgorithm: scheme.identifier)
        editSigner(&composer)
        return try composer.encoded(scheme, by: authorityKey)
    }

    private static func validity(_ end: String) -> [UInt8] {
        DEREncoder.sequence(CertificateComposer.utcTime("210101000000Z"), CertificateComposer.utcTime(end))
    }
}
