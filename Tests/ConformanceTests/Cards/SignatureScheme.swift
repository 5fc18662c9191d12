import ChipDocument
import Crypto
import DocumentCrypto
import StationCore

/// Every way of signing that documents use, and one that they must not.
enum SignatureScheme: Hashable, Sendable {
    case pkcs1(DigestAlgorithm)
    /// RSASSA-PKCS1-v1_5 under the identifier rsaEncryption, which names no digest.
    case unnamed(DigestAlgorithm)
    case pss(DigestAlgorithm)
    case pkcs1MD5
    /// ECDSA in DER under the identifiers of X9.62.
    case ecdsa(DigestAlgorithm)
    /// ECDSA as r ‖ s under the identifiers of TR-03111.
    case plainECDSA(DigestAlgorithm)
    /// DSA, always with the one key that the run has.
    case dsa(DigestAlgorithm)

    private static let pkcs1Identifier: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    static let md5Identifier: [UInt8] = pkcs1Identifier + [4]

    /// The AlgorithmIdentifier.
    var identifier: [UInt8] {
        switch self {
        case .pkcs1(let digest):
            DEREncoder.sequence(
                DEREncoder.identifier(Self.pkcs1Identifier + [Self.number(digest, [5, 14, 11, 12, 13])]),
                DEREncoder.null)
        case .unnamed: DEREncoder.sequence(DEREncoder.identifier(Self.pkcs1Identifier + [1]), DEREncoder.null)
        case .pkcs1MD5: DEREncoder.sequence(DEREncoder.identifier(Self.md5Identifier), DEREncoder.null)
        case .pss(let digest):
            DEREncoder.sequence(
                DEREncoder.identifier(Self.pkcs1Identifier + [10]),
                DEREncoder.sequence(
                    DEREncoder.tagged(0xa0, DEREncoder.digest(digest)),
                    DEREncoder.tagged(
                        0xa1,
                        DEREncoder.sequence(
                            DEREncoder.identifier(Self.pkcs1Identifier + [8]), DEREncoder.digest(digest))),
                    DEREncoder.tagged(0xa2, DEREncoder.integer(UInt8(digest.byteCount)))))
        case .ecdsa(let digest):
            DEREncoder.sequence(
                DEREncoder.identifier(
                    [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04]
                        + (digest == .sha1 ? [1] : [3, Self.number(digest, [0, 1, 2, 3, 4])])))
        case .plainECDSA(let digest):
            DEREncoder.sequence(
                DEREncoder.identifier(ObjectIdentifier.plainECDSA + [Self.number(digest, [1, 2, 3, 4, 5])]))
        case .dsa(.sha1): DEREncoder.sequence(DEREncoder.identifier([0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03]))
        case .dsa(let digest):
            DEREncoder.sequence(
                DEREncoder.identifier(
                    [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, Self.number(digest, [0, 1, 2, 3, 4])]))
        }
    }

    private static func number(_ digest: DigestAlgorithm, _ numbers: [UInt8]) -> UInt8 {
        let order: [DigestAlgorithm] = [.sha1, .sha224, .sha256, .sha384, .sha512]
        return order.firstIndex(of: digest).map { numbers[$0] } ?? 0
    }

    /// Signs.
    func sign(_ data: [UInt8], _ key: SigningKey) throws -> [UInt8] {
        switch self {
        case .pkcs1(let digest), .unnamed(let digest), .ecdsa(let digest): return try key.sign(data, digest: digest)
        case .plainECDSA(let digest):
            guard case .ellipticCurve(let point) = key.publicKey.kind else { throw CryptoFailure.invalidLength }
            return try TLV(parsing: key.sign(data, digest: digest)).children().flatMap { number in
                let digits = number.value.drop { $0 == 0 }
                return [UInt8](repeating: 0, count: point.curve.fieldBytes - digits.count) + digits
            }
        case .pss(let digest):
            return try key.applyRSA(to: Self.probabilisticBlock(data, digest, count: Self.modulusBytes(key)))
        case .dsa(let digest): return try DSAKey.shared().sign(data, digest)
        case .pkcs1MD5:
            let info = DEREncoder.sequence(DEREncoder.md5, DEREncoder.octets(Array(Insecure.MD5.hash(data: data))))
            let padding = [UInt8](repeating: 0xff, count: try Self.modulusBytes(key) - info.count - 3)
            return try key.applyRSA(to: [0, 1] + padding + [0] + info)
        }
    }

    private static func modulusBytes(_ key: SigningKey) throws -> Int {
        guard case .rsa(let bits) = key.publicKey.kind else { throw CryptoFailure.invalidLength }
        return bits / 8
    }

    /// EMSA-PSS (RFC 8017, 9.1.1) for a modulus of whole bytes, salt as long as the digest.
    private static func probabilisticBlock(
        _ data: [UInt8], _ digest: DigestAlgorithm, count: Int
    ) -> [UInt8] {
        let salt = SystemRandomSource().bytes(digest.byteCount)
        let hash = digest.digest([UInt8](repeating: 0, count: 8) + digest.digest(data) + salt)
        let block = [UInt8](repeating: 0, count: count - 2 * digest.byteCount - 2) + [1] + salt
        var mask: [UInt8] = []
        var counter: UInt8 = 0
        while mask.count < block.count {
            mask += digest.digest(hash + [0, 0, 0, counter])
            counter += 1
        }
        var masked = zip(block, mask).map { $0 ^ $1 }
        masked[0] &= 0x7f
        return masked + hash + [0xbc]
    }
}
