import COpenSSL

/// The hash functions of ICAO 9303-12 (FIPS 180-4).
package enum DigestAlgorithm: String, Sendable, CaseIterable {
    case sha1 = "SHA1"
    case sha224 = "SHA224"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"

    /// Length of a digest in bytes.
    package var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The object identifier's content octets (without tag and length).
    package var objectIdentifier: [UInt8] {
        let nist: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
        return switch self {
        case .sha1: [0x2b, 0x0e, 0x03, 0x02, 0x1a]
        case .sha256: nist + [1]
        case .sha384: nist + [2]
        case .sha512: nist + [3]
        case .sha224: nist + [4]
        }
    }

    /// The algorithm with this object identifier (content octets); nil when it is none of ours.
    package init?(objectIdentifier: [UInt8]) {
        guard let match = Self.allCases.first(where: { $0.objectIdentifier == objectIdentifier }) else { return nil }
        self = match
    }

    /// The digest of some bytes.
    package func digest(_ data: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        var length: UInt32 = 0
        let status = unsafe EVP_Digest(data, data.count, &result, &length, function, nil)
        // Fails only when libcrypto lacks the algorithm: an installation in which nothing may be verified.
        precondition(status == 1 && Int(length) == byteCount, "libcrypto has no \(rawValue)")
        return result
    }

    var function: OpaquePointer? {
        switch self {
        case .sha1: unsafe EVP_sha1()
        case .sha224: unsafe EVP_sha224()
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
