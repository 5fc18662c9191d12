package import StationCore

/// A certificate revocation list (RFC 5280, 5; ICAO 9303-12, 7.1.4), parsed once. Whether its issuer may be believed is
/// for the caller to see.
package struct RevocationList: Hashable, Sendable {
    /// The DER, as found.
    package let der: [UInt8]
    /// DER of the issuer's name.
    package let issuer: [UInt8]
    /// When it was issued.
    package let thisUpdate: Timestamp
    /// When the next one is due at the latest; nil when it does not say, against ICAO's profile.
    package let nextUpdate: Timestamp?
    /// Key identifier of the signing authority; nil when absent.
    package let authorityKeyIdentifier: [UInt8]?
    /// Serial numbers of the revoked certificates, without leading zeros.
    package let serials: Set<[UInt8]>

    private static let name = "revocation list"

    /// Parses DER. Lists that speak of part of the certificates only (delta lists, other scopes) are unsupported: what
    /// is missing on them means nothing. Their extensions are critical, so that no critical one is taken.
    package init(der: [UInt8]) throws(CryptoFailure) {
        let structure = try SignedStructure(der, named: Self.name)
        var reader = BERReader(structure.body.content, named: Self.name, rules: .der)
        if let version = try reader.nextIfPresent(BERElement.integer), version.smallInteger != 1 {
            throw .malformed(Self.name)
        }
        guard structure.agrees(with: try reader.next(BERElement.sequence)) else { throw .malformed(Self.name) }
        issuer = try Array(reader.next(BERElement.sequence).encoded)
        thisUpdate = try Self.time(reader.next())
        var next = reader.isAtEnd ? nil : try reader.next()
        if let element = next, element.tag == BERElement.utcTime || element.tag == BERElement.generalizedTime {
            nextUpdate = try Self.time(element)
            next = reader.isAtEnd ? nil : try reader.next()
        } else {
            nextUpdate = nil
        }
        if let element = next, element.tag == BERElement.sequence {
            serials = try Self.serials(element)
            next = reader.isAtEnd ? nil : try reader.next()
        } else {
            serials = []
        }
        guard next == nil || next?.tag == 0xa0 else { throw .malformed(Self.name) }
        try reader.finish()
        let extensions = try X509Extensions(next, named: Self.name)
        guard extensions.critical.isEmpty else { throw .unsupported("critical extension of a revocation list") }
        authorityKeyIdentifier = try extensions.value(X509Extensions.authorityKeyIdentifier).flatMap(Self.keyIdentifier)
        self.der = der
    }

    /// SHA-256 of the DER, lower-case hexadecimal.
    package var fingerprint: String { Hex.text(DigestAlgorithm.sha256.digest(der)) }

    /// The issuer for people: RFC 2253 text.
    package var issuerText: String { DistinguishedName.text(issuer) }

    /// Whether the list names a certificate of its issuer.
    package func revokes(_ certificate: Certificate) -> Bool {
        serials.contains(Array(certificate.serial.drop { $0 == 0 }))
    }

    /// Whether the list's signature verifies under an authority's key. Names and usages are not looked at.
    package func isSigned(by authority: Certificate) -> Bool {
        guard let structure = try? SignedStructure(der, named: Self.name) else { return false }
        return (try? structure.verify(by: authority.publicKey)) != nil
    }

    private static func time(_ element: BERElement) throws(CryptoFailure) -> Timestamp {
        try CertificateTime.decode(tag: element.tag, element.content)
    }

    private static func serials(_ list: BERElement) throws(CryptoFailure) -> Set<[UInt8]> {
        var reader = BERReader(list.content, named: name, rules: .der)
        var result: Set<[UInt8]> = []
        while !reader.isAtEnd {
            guard result.count < Limits.Trust.revokedCertificates else { throw .unsupported("number of serials") }
            var fields = reader.inside(try reader.next(BERElement.sequence))
            let serial = try fields.next(BERElement.integer)
            _ = try time(fields.next())
            // ICAO's profile forbids entry extensions; with or without them, the certificate is revoked.
            _ = try fields.nextIfPresent(BERElement.sequence)
            try fields.finish()
            result.insert(Array(serial.content.drop { $0 == 0 }))
        }
        return result
    }

    private static func keyIdentifier(_ value: [UInt8]) throws(CryptoFailure) -> [UInt8]? {
        var reader = BERReader(
            try BERReader.only(value[...], BERElement.sequence, named: name, rules: .der).content,
            named: name,
            rules: .der
        )
        return try reader.nextIfPresent(0x80).map { Array($0.content) }
    }
}
