import ChipDocument
import DocumentCrypto

/// A CMS SignedData put together by hand (RFC 5652, 5.1): every field can be left out or be something else.
struct SignedDataComposer {
    private static let attributeTypes: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09]
    private static let signedDataType: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]

    var version: [UInt8]? = DEREncoder.integer(3)
    /// The digest of the content, and the AlgorithmIdentifiers that name it.
    var digest = DigestAlgorithm.sha256
    var digestAlgorithms: [UInt8]??
    var signerDigest: [UInt8]??
    var contentType: [UInt8]? = DEREncoder.securityObjectType
    var content: [UInt8]
    var hasCertificate = true
    var signerVersion: [UInt8]? = DEREncoder.integer(1)
    var signerIdentifier: [UInt8]?
    var attributeContentType: [UInt8]?
    var messageDigest: [UInt8]?
    var hasMessageDigest = true
    var signatureAlgorithm: [UInt8]?
    var hasSignature = true
    var flipsSignature = false

    init(_ content: [UInt8]) { self.content = content }

    static let issuerAndSerial = DEREncoder.sequence(
        CertificateChainComposer.authorityName, CertificateChainComposer.signerSerial)

    static func keyIdentifier(_ identifier: [UInt8]) -> [UInt8] { DEREncoder.tagged(0x80, identifier) }

    private func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        DEREncoder.sequence(DEREncoder.identifier(Self.attributeTypes + [type]), TLV(.set, value).encoded)
    }

    func encoded(by chain: CertificateChainComposer) throws -> [UInt8] {
        let type = contentType ?? DEREncoder.securityObjectType
        var attributes = [attribute(3, attributeContentType ?? type)]
        if hasMessageDigest {
            attributes.append(attribute(4, DEREncoder.octets(messageDigest ?? digest.digest(content))))
        }
        let signed = DEREncoder.set(attributes)
        var signature = try chain.documentScheme.sign(signed, chain.signerKey)
        if flipsSignature { signature[signature.count - 1] ^= 1 }
        let implicit: [UInt8] = [0xa0] + signed.dropFirst()
        let info: [[UInt8]?] = [
            signerVersion, signerIdentifier ?? Self.issuerAndSerial, signerDigest ?? DEREncoder.digest(digest),
            implicit, signatureAlgorithm ?? chain.documentScheme.identifier,
            hasSignature ? DEREncoder.octets(signature) : nil,
        ]
        let fields: [[UInt8]?] = [
            version, digestAlgorithms ?? DEREncoder.set([DEREncoder.digest(digest)]),
            DEREncoder.sequence(contentType ?? [], DEREncoder.tagged(0xa0, DEREncoder.octets(content))),
            hasCertificate ? DEREncoder.tagged(0xa0, try chain.signer()) : nil,
            DEREncoder.set([TLV(.sequence, info.compactMap(\.self).flatMap(\.self)).encoded]),
        ]
        return DEREncoder.sequence(
            DEREncoder.identifier(Self.signedDataType),
            DEREncoder.tagged(0xa0, TLV(.sequence, fields.compactMap(\.self).flatMap(\.self)).encoded))
    }
}

/// The LDSSecurityObject (ICAO 9303-10, 4.6.2.3), by its parts.
struct SecurityObjectComposer {
    var version: [UInt8]? = DEREncoder.integer(0)
    var digest = DigestAlgorithm.sha256
    var digestAlgorithm: [UInt8]??
    /// Data group numbers as INTEGER, and hashes.
    var entries: [(number: [UInt8]?, hash: [UInt8])] = []
    var versionInfo: [UInt8]?

    /// LDS version and Unicode version 4.0.0.
    static func versionInfo(_ version: String) -> [UInt8] {
        DEREncoder.sequence(
            TLV(.printableString, Array(version.utf8)).encoded, TLV(.printableString, Array("040000".utf8)).encoded)
    }

    /// Lists what a reader gets of each file: as much as the file's own header says.
    mutating func list(_ files: [FileIdentifier: [UInt8]]) {
        let groups = files.compactMap { file, bytes in file.dataGroup.map { ($0, bytes) } }.sorted { $0.0 < $1.0 }
        entries = groups.map { number, bytes in
            let header = (try? TLVReader.header(bytes[...], rules: .ber))?.totalBytes ?? bytes.count
            return (DEREncoder.integer(UInt8(number)), digest.digest(Array(bytes.prefix(header))))
        }
    }

    func index(of file: FileIdentifier) -> Int? {
        file.dataGroup.flatMap { number in
            entries.firstIndex { $0.number == DEREncoder.integer(UInt8(number)) }
        }
    }

    var encoded: [UInt8] {
        let list = entries.flatMap { DEREncoder.sequence($0.number ?? [], DEREncoder.octets($0.hash)) }
        let parts: [[UInt8]?] = [
            version, digestAlgorithm ?? DEREncoder.digest(digest), TLV(.sequence, list).encoded, versionInfo,
        ]
        return TLV(.sequence, parts.compactMap(\.self).flatMap(\.self)).encoded
    }
}
