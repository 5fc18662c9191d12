package import DocumentCrypto
package import StationCore

/// A challenge of ours and the chip's signature over it: shows, to whoever trusts our randomness, that the key of DG15
/// was in the reader.
public struct ActiveAuthenticationEvidence: Codable, Hashable, Sendable {
    /// RND.IFD, 8 bytes.
    public let challenge: [UInt8]
    /// The chip's answer.
    public let signature: [UInt8]

    /// Takes both.
    public init(challenge: [UInt8], signature: [UInt8]) {
        self.challenge = challenge
        self.signature = signature
    }
}

/// Active authentication (ICAO 9303-11, 6.1): INTERNAL AUTHENTICATE and its verification.
package enum ActiveAuthentication {
    static let check = "activeAuthentication"

    /// The key of DG15.
    package static func key(dataGroup15 bytes: [UInt8]) throws(Failure) -> PublicKey {
        let content = try TLV(parsing: bytes, tag: 0x6f, rules: .ber).value
        do { return try PublicKey(der: content) } catch { throw error.asFailure(in: "DG15") }
    }

    /// INTERNAL AUTHENTICATE; Le follows from the key, since chips exist that refuse or cut at other values.
    package static func command(challenge: [UInt8], key: PublicKey) -> CommandAPDU {
        CommandAPDU(ins: 0x88, data: challenge, expectedLength: max(256, responseBytes(key)))
    }

    /// Length of the signature that a key makes, in bytes.
    package static func responseBytes(_ key: PublicKey) -> Int {
        switch key.kind {
        case .rsa(let bits): (bits + 7) / 8
        case .ellipticCurve(let point): 2 * point.curve.fieldBytes + 9
        }
    }

    /// Judges evidence. DG15 counts only when its hash was found in a security object: nil when it was not.
    package static func verify(
        _ evidence: ActiveAuthenticationEvidence,
        dataGroup15: [UInt8]?,
        dataGroup14: [UInt8]?
    ) -> Finding {
        guard let dataGroup15 else { return Finding(check: check, verdict: .notDetermined, reason: "keyNotSigned") }
        do {
            let digest = dataGroup14.flatMap { try? SecurityInfos(dataGroup14: $0) }?.activeAuthenticationDigest
            try verify(evidence, key: key(dataGroup15: dataGroup15), ecdsaDigest: digest)
            return Finding(check: check, verdict: .passed)
        } catch {
            switch error.code {
            case .cardForged: return Finding(check: check, verdict: .failed, reason: "signatureInvalid")
            case .cardUnsupported:
                return Finding(check: check, verdict: .notDetermined, reason: "algorithmUnsupported")
            default: return Finding(check: check, verdict: .failed, reason: "keyMalformed")
            }
        }
    }

    /// Throws `cardForged` unless the signature is the chip's. RSA by ISO/IEC 9796-2 scheme 1; ECDSA plain or, as some
    /// chips do, DER, with the digest that DG14 names.
    package static func verify(
        _ evidence: ActiveAuthenticationEvidence,
        key: PublicKey,
        ecdsaDigest: DigestAlgorithm?
    ) throws(Failure) {
        guard evidence.challenge.count == 8 else { throw Failure(.cardForged, "active authentication: challenge") }
        switch key.kind {
        case .rsa: try MessageRecovery.verify(evidence.signature, over: evidence.challenge, key: key)
        case .ellipticCurve(let point):
            guard let ecdsaDigest else { throw Failure(.cardUnsupported, "active authentication: digest not stated") }
            let plain = evidence.signature.count == 2 * point.curve.fieldBytes
            do {
                try key.verifyECDSA(evidence.signature, plain: plain, digest: ecdsaDigest, over: evidence.challenge)
            } catch { throw Failure(.cardForged, "active authentication: \(error)") }
        }
    }
}

/// ISO/IEC 9796-2 digital signature scheme 1 with partial recovery, as ICAO 9303-11, 6.1.2.2 uses it.
package enum MessageRecovery {
    /// The trailer's hash identifiers (ISO/IEC 10118-3); BC alone stands for SHA-1.
    private static let trailers: [UInt8: DigestAlgorithm] = [
        0x33: .sha1, 0x34: .sha256, 0x35: .sha512, 0x36: .sha384, 0x38: .sha224,
    ]

    /// Throws `cardForged` unless the recovered block is 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer; M2 is the challenge.
    package static func verify(_ signature: [UInt8], over challenge: [UInt8], key: PublicKey) throws(Failure) {
        let block: [UInt8]
        do { block = try key.recoverRSA(signature) } catch {
            throw Failure(.cardForged, "active authentication: \(error)")
        }
        guard let (digest, trailerBytes) = try trailer(of: block), block.first == 0x6a,
            block.count > 1 + digest.byteCount + trailerBytes
        else { throw Failure(.cardForged, "active authentication: block") }
        let hashStart = block.count - trailerBytes - digest.byteCount
        let recovered = Array(block[1..<hashStart])
        guard digest.digest(recovered + challenge) == Array(block[hashStart..<hashStart + digest.byteCount]) else {
            throw Failure(.cardForged, "active authentication: hash")
        }
    }

    /// Makes the block that the chip signs with its bare RSA operation: the card's side. `filler` is M1, random, of
    /// `fillerBytes`.
    package static func block(
        challenge: [UInt8],
        filler: [UInt8],
        digest: DigestAlgorithm
    ) -> [UInt8] {
        let identifier = trailers.first { $0.value == digest }?.key
        let trailer: [UInt8] = digest == .sha1 ? [0xbc] : [identifier ?? 0x33, 0xcc]
        return [0x6a] + filler + digest.digest(filler + challenge) + trailer
    }

    /// Length of M1 for a modulus of so many bytes.
    package static func fillerBytes(modulusBytes: Int, digest: DigestAlgorithm) -> Int {
        modulusBytes - 1 - digest.byteCount - (digest == .sha1 ? 1 : 2)
    }

    private static func trailer(of block: [UInt8]) throws(Failure) -> (DigestAlgorithm, Int)? {
        switch block.last {
        case 0xbc: return (.sha1, 1)
        case 0xcc:
            guard block.count > 2 else { return nil }
            let identifier = block[block.count - 2]
            guard let digest = trailers[identifier] else {
                throw Failure(.cardUnsupported, "active authentication: hash identifier \(Hex.text([identifier]))")
            }
            return (digest, 2)
        default: return nil
        }
    }
}
