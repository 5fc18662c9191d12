import Crypto
import Foundation
import StationCore

/// An item that does not open: cut, altered, moved to another identity, or sealed to another key.
package struct UnsealingFailed: Error, Hashable, Sendable {}

/// Seals items and opens them: HPKE (RFC 9180) base mode, one context per item. Sealed bytes are `enc || ciphertext`.
package enum ItemSealer {
    /// Seals one item, with what was prepared where that is for this key and not used yet. Throws `keyInvalid` when the
    /// context names another suite than the key's, or the key is weak.
    package static func seal(
        _ plaintext: [UInt8], context: ItemContext, to recipient: RecipientPublicKey, prepared: PreparedSeal? = nil
    ) throws -> [UInt8] {
        guard context.suite == recipient.suite else {
            throw Failure(.keyInvalid, "\(context.keyId.text) is not a key of suite \(context.suite.rawValue)")
        }
        var sender = try prepared?.take(for: recipient) ?? recipient.sender(info: SigningBytes.applicationInfo)
        let data = SigningBytes.itemAuthenticatedData(context)
        do {
            return Array(sender.encapsulatedKey) + Array(try sender.seal(plaintext, authenticating: data))
        } catch {
            throw Failure(.keyInvalid, "the recipient key cannot be sealed to")
        }
    }

    /// Opens one item. Throws `UnsealingFailed`.
    package static func open(
        _ sealed: [UInt8], context: ItemContext, with key: RecipientPrivateKey
    ) throws(UnsealingFailed) -> [UInt8] {
        guard context.suite == key.suite else { throw UnsealingFailed() }
        return try open(
            sealed, info: SigningBytes.applicationInfo,
            authenticating: SigningBytes.itemAuthenticatedData(context), with: key)
    }

    static func open(
        _ sealed: [UInt8], info: [UInt8], authenticating data: [UInt8], with key: RecipientPrivateKey
    ) throws(UnsealingFailed) -> [UInt8] {
        let length = key.suite.encapsulatedBytes
        guard sealed.count > length else { throw UnsealingFailed() }
        let encapsulated = Data(sealed[..<length])
        if key.suite == .x25519, Curve25519.KeyAgreement.isWeak(Array(sealed[..<length])) { throw UnsealingFailed() }
        do {
            var recipient =
                switch key.backing {
                case .x25519(let key):
                    try HPKE.Recipient(
                        privateKey: key, ciphersuite: Suite.x25519.ciphersuite, info: Data(info),
                        encapsulatedKey: encapsulated)
                case .xwing(let key):
                    try HPKE.Recipient(
                        privateKey: key, ciphersuite: Suite.xwing.ciphersuite, info: Data(info),
                        encapsulatedKey: encapsulated)
                }
            return Array(try recipient.open(sealed[length...], authenticating: data))
        } catch {
            throw UnsealingFailed()
        }
    }
}

extension Suite {
    /// Bytes of `enc` in front of the ciphertext.
    package var encapsulatedBytes: Int {
        switch self {
        case .x25519: 32
        case .xwing: 1_120
        }
    }

    var ciphersuite: HPKE.Ciphersuite {
        switch self {
        case .x25519: HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .chaChaPoly)
        case .xwing: HPKE.Ciphersuite(kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .chaChaPoly)
        }
    }
}

extension Curve25519.KeyAgreement {
    /// Whether a public key is a point of low order, whose shared secret is zero with every private key. RFC 9180,
    /// 7.1.4 demands that it be refused.
    static func isWeak(_ publicKey: [UInt8]) -> Bool {
        guard let key = try? PublicKey(rawRepresentation: publicKey),
            let secret = try? PrivateKey().sharedSecretFromKeyAgreement(with: key)
        else { return true }
        return secret.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
    }
}
