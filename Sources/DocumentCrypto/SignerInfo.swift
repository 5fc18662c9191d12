import StationCore

/// One SignerInfo of CMS (RFC 5652, 5.3) with signed attributes.
struct SignerInfo: Sendable {
    private enum Identifier: Sendable {
        case issuerAndSerial(issuer: [UInt8], serial: [UInt8])
        case keyIdentifier([UInt8])
    }

    private static let name = "signer"
    private static let attributeTypes: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09]

    private let identifier: Identifier
    private let digest: DigestAlgorithm
    private let signatureAlgorithm: SignatureAlgorithm
    private let signature: [UInt8]
    /// The signed attributes as the SET that was signed: in the order found, and in DER's order.
    private let signedForms: [[UInt8]]
    private let contentType: [UInt8]
    private let messageDigest: [UInt8]
    /// The signed signing-time attribute; nil when absent.
    let signingTime: Timestamp?

    init(_ element: BERElement) throws(CryptoFailure) {
        var reader = BERReader(element.content, named: Self.name, rules: .ber)
        let version = try reader.next(BERElement.integer).smallInteger
        let named = try reader.next()
        // The version says which form the name has (RFC 5652, 5.3); BSI TR-03105-5.1, LDS_H_84 and _85 hold it.
        switch (version, named.tag) {
        case (1, BERElement.sequence):
            var fields = reader.inside(named)
            let issuer = try fields.next(BERElement.sequence)
            let serial = try fields.next(BERElement.integer)
            try fields.finish()
            identifier = .issuerAndSerial(issuer: Array(issuer.encoded), serial: Self.number(Array(serial.content)))
        case (3, 0x80): identifier = .keyIdentifier(Array(named.content))
        case (3, 0xa0): identifier = .keyIdentifier(try reader.inside(named).onlyOctets(Self.name))
        default: throw .malformed(Self.name)
        }
        digest = try SignatureAlgorithm.digest(reader.next(BERElement.sequence))
        // A signature over the bare content could be one over something else: typed content needs signed attributes
        // (RFC 5652, 5.3 and 11).
        guard let attributes = try reader.nextIfPresent(0xa0) else { throw .malformed("signed attributes") }
        let algorithm = try SignatureAlgorithm(reader.next(BERElement.sequence))
        signatureAlgorithm = algorithm == .rsaUnnamed ? .rsa(digest) : algorithm
        signature = try reader.next().octets(Self.name)
        _ = try reader.nextIfPresent(0xa1)
        try reader.finish()

        var found: [[UInt8]: BERElement] = [:]
        var encodings: [[UInt8]] = []
        var list = reader.inside(attributes)
        while !list.isAtEnd {
            guard encodings.count < Limits.Card.signedAttributes else { throw .unsupported("number of attributes") }
            let attribute = try list.next(BERElement.sequence)
            encodings.append(Array(attribute.encoded))
            var fields = list.inside(attribute)
            let type = try Array(fields.next(BERElement.objectIdentifier).content)
            let values = try fields.next(BERElement.set)
            try fields.finish()
            guard found.updateValue(values, forKey: type) == nil else { throw .malformed("signed attributes") }
        }
        let sorted = encodings.sorted { $0.lexicographicallyPrecedes($1) }
        signedForms = [attributes.retagged(BERElement.set), DEREncoding.element(BERElement.set, sorted.flatMap { $0 })]
        func value(_ type: UInt8) throws(CryptoFailure) -> BERElement? {
            guard let values = found[Self.attributeTypes + [type]] else { return nil }
            var reader = BERReader(values.content, named: "signed attributes", rules: .ber)
            let value = try reader.next()
            try reader.finish()
            return value
        }
        guard let type = try value(3), type.tag == BERElement.objectIdentifier, let hash = try value(4) else {
            throw .malformed("signed attributes")
        }
        contentType = Array(type.content)
        messageDigest = try hash.octets("signed attributes")
        signingTime = try value(5).map { time throws(CryptoFailure) in
            try CertificateTime.decode(tag: time.tag, time.content)
        }
    }

    /// Whether this is the certificate of the signer.
    func names(_ certificate: Certificate) -> Bool {
        switch identifier {
        case .issuerAndSerial(let issuer, let serial):
            serial == Self.number(certificate.serial) && DistinguishedName.matches(issuer, certificate.issuer)
        case .keyIdentifier(let identifier): certificate.subjectKeyIdentifier == identifier
        }
    }

    /// Throws `contentAltered` unless the attributes speak of this content and its type, `signatureInvalid` unless the key signed them with
    /// the algorithm that the signer info names. The digest inside that algorithm may differ from the content's
    /// (TR-03105-5.1, LDS_H_74 onward): each is used for what it is named for.
    func verify(content: [UInt8], contentType type: [UInt8], key: PublicKey) throws(CryptoFailure) {
        guard contentType == type, messageDigest == digest.digest(content) else { throw .contentAltered }
        do { try key.verify(signature, signatureAlgorithm, over: signedForms[0]) } catch {
            guard error == .signatureInvalid, signedForms[1] != signedForms[0] else { throw error }
            try key.verify(signature, signatureAlgorithm, over: signedForms[1])
        }
    }

    /// A serial number without the sign's zero, as OpenSSL hands it out.
    private static func number(_ content: [UInt8]) -> [UInt8] { Array(content.drop { $0 == 0 }) }
}

extension BERReader {
    /// The only element inside, an OCTET STRING.
    fileprivate func onlyOctets(_ name: String) throws(CryptoFailure) -> [UInt8] {
        var copy = self
        let octets = try copy.next().octets(name)
        try copy.finish()
        return octets
    }
}
