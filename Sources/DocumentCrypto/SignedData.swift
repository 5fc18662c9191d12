package import StationCore

/// A CMS SignedData (RFC 5652) with its content inside, as EF.SOD and master lists carry it (ICAO 9303-10, 4.6.2;
/// 9303-12, 9): one signer, whose certificate is inside too.
///
/// Read and verified here rather than by CMS_verify, which accepts a signature without signed attributes, a contentType
/// attribute of something else, and any ECDSA identifier at all, and does not know BSI's plain signatures.
package struct SignedData: Sendable {
    /// The DER or BER, as found.
    package let bytes: [UInt8]
    /// The eContentType's object identifier in dotted form.
    package let contentType: String
    /// The signed content.
    package let content: [UInt8]

    private let contentTypeOctets: [UInt8]
    private let certificateBytes: [[UInt8]]
    private let signer: SignerInfo

    /// What a verified signature says.
    package struct Signer: Hashable, Sendable {
        /// The signer's certificate. That it is inside proves nothing about trust: check its chain.
        package let certificate: Certificate
        /// The signed signing-time attribute; nil when absent.
        package let signingTime: Timestamp?
    }

    private static let name = "signed data"
    private static let signedDataType: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]

    /// Parses; verifies nothing. Certificates are taken as they are: a malformed one does not keep the content from
    /// being read.
    package init(_ bytes: [UInt8]) throws(CryptoFailure) {
        let outer = try BERReader.only(bytes[...], BERElement.sequence, named: Self.name, rules: .ber)
        var reader = BERReader(outer.content, named: Self.name, rules: .ber)
        guard try reader.next(BERElement.objectIdentifier).content.elementsEqual(Self.signedDataType) else {
            throw .malformed(Self.name)
        }
        let tagged = try reader.next(0xa0)
        try reader.finish()
        let signedData = try BERReader.only(tagged.content, BERElement.sequence, named: Self.name, rules: .ber)
        var fields = BERReader(signedData.content, named: Self.name, rules: .ber)
        // Version 3 is the one for typed content; old signers write 1.
        guard let version = try fields.next(BERElement.integer).smallInteger, version == 1 || version == 3 else {
            throw .malformed(Self.name)
        }
        // The set of digests is a hint for stream readers: what counts is what the signer says (RFC 5652, 5.1).
        _ = try fields.next(BERElement.set)
        var encapsulated = fields.inside(try fields.next(BERElement.sequence))
        let type = try encapsulated.next(BERElement.objectIdentifier)
        let inner = try encapsulated.next(0xa0)
        try encapsulated.finish()
        var holder = encapsulated.inside(inner)
        content = try holder.next().octets(Self.name)
        try holder.finish()
        certificateBytes = try Self.certificates(try fields.nextIfPresent(0xa0))
        _ = try fields.nextIfPresent(0xa1)
        var signers = fields.inside(try fields.next(BERElement.set))
        try fields.finish()
        guard !signers.isAtEnd else { throw .malformed("signer") }
        signer = try SignerInfo(signers.next(BERElement.sequence))
        guard signers.isAtEnd else { throw .unsupported("number of signers") }
        contentType = try ObjectIdentifierText.dotted(type.content, named: Self.name)
        contentTypeOctets = Array(type.content)
        self.bytes = bytes
    }

    /// The certificates inside, in order. Throws when one is malformed or of an unsupported kind: the content can be
    /// read all the same.
    package func certificates() throws(CryptoFailure) -> [Certificate] {
        var result: [Certificate] = []
        for der in certificateBytes { result.append(try Certificate(der: der)) }
        return result
    }

    /// Verifies content digest, signed attributes and signature against the certificate inside that the signer info
    /// names. Throws `contentAltered` or `signatureInvalid` when they do not hold, `signerAbsent` when no certificate is
    /// inside, `signerUnknown` when only others are, and what a certificate throws that cannot be read.
    package func verifiedSigner() throws(CryptoFailure) -> Signer {
        let certificate = try signerCertificate()
        try signer.verify(content: content, contentType: contentTypeOctets, key: certificate.publicKey)
        return Signer(certificate: certificate, signingTime: signer.signingTime)
    }

    /// The only certificate that the signer info names. Others inside, a CSCA's for one, may be of any kind.
    private func signerCertificate() throws(CryptoFailure) -> Certificate {
        var found: Certificate?
        var unreadable: CryptoFailure?
        for der in certificateBytes {
            do {
                let certificate = try Certificate(der: der)
                if signer.names(certificate), found == nil { found = certificate }
            } catch { unreadable = error }
        }
        if let found { return found }
        if certificateBytes.isEmpty { throw .signerAbsent }
        throw unreadable ?? .signerUnknown
    }

    private static func certificates(_ set: BERElement?) throws(CryptoFailure) -> [[UInt8]] {
        guard let set else { return [] }
        var reader = BERReader(set.content, named: name, rules: .ber)
        var result: [[UInt8]] = []
        while !reader.isAtEnd {
            let element = try reader.next()
            // Attribute certificates and the like have context tags and are nothing to us.
            guard element.tag == BERElement.sequence else { continue }
            guard result.count < Limits.Card.embeddedCertificates else { throw .unsupported("number of certificates") }
            result.append(Array(element.encoded))
        }
        return result
    }
}
