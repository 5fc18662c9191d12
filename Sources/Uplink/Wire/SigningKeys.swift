import Crypto
import Foundation
package import StationCore

/// An Ed25519 signature (RFC 8032), 64 bytes. Its text on the wire is base64 with padding.
package struct Signature: Hashable, Sendable {
    /// The 64 bytes.
    package let bytes: [UInt8]

    /// Takes 64 bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 64 else { return nil }
        self.bytes = bytes
    }
}

extension Signature: Codable {
    /// Reads the base64 text of 64 bytes; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = strictBase64(try container.decode(String.self)), let value = Signature(bytes: bytes) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the base64 of 64 bytes")
        }
        self = value
    }

    /// Writes the base64 text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes).base64EncodedString())
    }
}

/// An Ed25519 public key with the name it has on the wire.
package struct VerifyingKey: Sendable {
    /// The key's name.
    package let keyId: WireName
    /// The 32 bytes (RFC 8032, 5.1.5).
    package let rawRepresentation: [UInt8]
    private let key: Curve25519.Signing.PublicKey

    /// Throws `keyInvalid` when the bytes are no Ed25519 public key.
    package init(keyId: WireName, rawRepresentation: [UInt8]) throws {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: rawRepresentation) else {
            throw Failure(.keyInvalid, "\(keyId.text) is not an Ed25519 public key")
        }
        self.keyId = keyId
        self.rawRepresentation = rawRepresentation
        self.key = key
    }

    /// Whether the signature over these bytes was made with the private half.
    package func verifies(_ signature: Signature, over bytes: [UInt8]) -> Bool {
        key.isValidSignature(signature.bytes, for: bytes)
    }
}

/// An Ed25519 key that signs: a station's, or an upstream authority's.
package struct SigningKey: Sendable {
    /// The key's name on the wire.
    package let keyId: WireName
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: the 32 bytes of RFC 8032, 5.1.5. Throws `keyInvalid` for anything else.
    package init(keyId: WireName, seed: [UInt8]) throws {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw Failure(.keyInvalid, "\(keyId.text) is not an Ed25519 private key")
        }
        self.keyId = keyId
        self.key = key
    }

    /// A new key from the operating system's random generator.
    package init(generated keyId: WireName) {
        self.keyId = keyId
        key = Curve25519.Signing.PrivateKey()
    }

    /// The 32 secret bytes, for whoever stores the key.
    package var seed: Redacted<[UInt8]> { Redacted(Array(key.rawRepresentation)) }

    /// The 32 bytes of the public half.
    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// Signs some bytes. Throws `keyInvalid` when the library cannot.
    package func sign(_ bytes: [UInt8]) throws -> Signature {
        guard let raw = try? key.signature(for: bytes), let signature = Signature(bytes: Array(raw)) else {
            throw Failure(.keyInvalid, "\(keyId.text) cannot sign")
        }
        return signature
    }
}

/// The key with which a station signs items and audit heads.
package typealias StationSigningKey = SigningKey

/// The key with which upstream's authority signs receipts and key lists.
package typealias AuthoritySigningKey = SigningKey

/// The public keys of upstream's authorities, pinned by configuration.
package struct AuthorityKeys: Sendable {
    private let keys: [WireName: VerifyingKey]

    /// Takes the pinned keys; of two with one name the first stands.
    package init(_ keys: [VerifyingKey]) {
        self.keys = Dictionary(keys.map { ($0.keyId, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether a pinned key of this name made the signature.
    package func verifies(_ signature: Signature, over bytes: [UInt8], by keyId: WireName) -> Bool {
        keys[keyId]?.verifies(signature, over: bytes) ?? false
    }
}
