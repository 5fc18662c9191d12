package import DocumentCrypto
public import StationCore

/// EF.SOD: the signed list of data-group hashes (ICAO 9303-10, 4.6.2). Parsed here, verified by
/// `PassiveAuthentication`.
public struct SecurityObject: Sendable {
    /// The CMS structure around the list.
    package let signedData: SignedData
    /// The digest of the data-group hashes.
    package let digest: DigestAlgorithm
    /// The hash of each data group listed.
    public let hashes: [FileIdentifier: [UInt8]]
    /// LDS version from the signed version info (LDS 1.8); nil in older objects.
    public let ldsVersion: String?

    /// The data groups listed, by number.
    public var dataGroups: [FileIdentifier] {
        hashes.keys.sorted { ($0.dataGroup ?? 0) < ($1.dataGroup ?? 0) }
    }

    /// id-icao-mrtd-security-ldsSecurityObject.
    package static let contentType = "2.23.136.1.1.1"

    /// Parses the file; throws `cardDataMalformed`, `cardDataTooLarge`, or `cardUnsupported` for a digest or
    /// certificate outside the supported set.
    public init(_ bytes: [UInt8]) throws(Failure) {
        let inner = try TLV(parsing: bytes, tag: 0x77, rules: .ber).value
        do { signedData = try SignedData(inner) } catch { throw error.asFailure(in: "EF.SOD") }
        guard signedData.contentType == Self.contentType else {
            throw Failure(.cardDataMalformed, "EF.SOD: content type \(signedData.contentType)")
        }
        var reader = TLVReader(try TLV(parsing: signedData.content, tag: .sequence, rules: .ber).value, rules: .ber)
        guard let version = try reader.next(.integer).smallInteger, version <= 1 else {
            throw Failure(.cardDataMalformed, "LDSSecurityObject: version")
        }
        digest = try Self.digest(reader.next(.sequence))
        hashes = try Self.hashes(reader.next(.sequence), digest: digest)
        if version == 1 {
            let fields = try reader.next(.sequence).children(rules: .ber)
            guard fields.count == 2, fields[0].tag == .printableString, fields[0].value.count == 4 else {
                throw Failure(.cardDataMalformed, "LDSSecurityObject: version info")
            }
            ldsVersion = String(decoding: fields[0].value, as: UTF8.self)
        } else {
            ldsVersion = nil
        }
        try reader.finish()
    }

    /// Whether a file's bytes have the listed hash; nil when the file is not listed.
    public func matches(_ bytes: [UInt8], file: FileIdentifier) -> Bool? {
        hashes[file].map { $0 == digest.digest(bytes) }
    }

    private static func digest(_ algorithm: TLV) throws(Failure) -> DigestAlgorithm {
        let fields = try algorithm.children(rules: .ber)
        guard let first = fields.first, fields.count <= 2, fields.count < 2 || fields[1] == TLV(0x05, [UInt8]()) else {
            throw Failure(.cardDataMalformed, "LDSSecurityObject: digest")
        }
        let identifier = try ObjectIdentifier(first)
        guard let digest = DigestAlgorithm(objectIdentifier: identifier.bytes) else {
            throw Failure(.cardUnsupported, "LDSSecurityObject: digest \(identifier)")
        }
        return digest
    }

    private static func hashes(_ list: TLV, digest: DigestAlgorithm) throws(Failure) -> [FileIdentifier: [UInt8]] {
        var result: [FileIdentifier: [UInt8]] = [:]
        for entry in try list.children(rules: .ber) {
            let fields = try entry.children(rules: .ber)
            guard entry.tag == .sequence, fields.count == 2, fields[0].tag == .integer,
                let file = fields[0].smallInteger.flatMap(FileIdentifier.init(dataGroup:)), result[file] == nil,
                fields[1].tag == .octetString, fields[1].value.count == digest.byteCount
            else { throw Failure(.cardDataMalformed, "LDSSecurityObject: hash list") }
            result[file] = fields[1].value
        }
        guard !result.isEmpty else { throw Failure(.cardDataMalformed, "LDSSecurityObject: no hashes") }
        return result
    }

    /// Makes the list that EF.SOD signs, LDS 1.7: the issuing side.
    package static func content(
        hashing files: [FileIdentifier: [UInt8]],
        digest: DigestAlgorithm
    ) -> [UInt8] {
        let entries = files.compactMap { file, bytes in file.dataGroup.map { ($0, digest.digest(bytes)) } }
            .sorted { $0.0 < $1.0 }
            .map { TLV(.sequence, [TLV(.integer, [UInt8($0.0)]), TLV(.octetString, $0.1)]) }
        let algorithm = TLV(.sequence, [ObjectIdentifier(digest.objectIdentifier).encoded])
        return TLV(.sequence, [TLV(.integer, [0]), algorithm, TLV(.sequence, entries)]).encoded
    }
}

extension CryptoFailure {
    /// As a failure of the card's data.
    package func asFailure(in place: String) -> Failure {
        switch self {
        case .unsupported(let what): Failure(.cardUnsupported, "\(place): \(what)")
        case .library(let what): Failure(.internalFault, "\(place): \(what)")
        case .malformed(let what): Failure(.cardDataMalformed, "\(place): \(what)")
        case .invalidLength, .invalidPoint, .signatureInvalid, .signerAbsent, .signerUnknown, .contentAltered:
            Failure(.cardDataMalformed, "\(place): \(self)")
        }
    }
}
