import Crypto
import Foundation
package import StationCore

/// The public half of a recipient key, ready to be sealed to.
package struct RecipientPublicKey: Sendable, Equatable {
    enum Backing: Sendable {
        case x25519(Curve25519.KeyAgreement.PublicKey)
        case xwing(XWingMLKEM768X25519.PublicKey)
    }

    let backing: Backing

    /// Whether two are the same key: suite and bytes.
    package static func == (one: RecipientPublicKey, other: RecipientPublicKey) -> Bool {
        switch (one.backing, other.backing) {
        case (.x25519(let one), .x25519(let other)): one.rawRepresentation == other.rawRepresentation
        case (.xwing(let one), .xwing(let other)): one.rawRepresentation == other.rawRepresentation
        default: false
        }
    }

    /// How the key is used.
    package var suite: Suite {
        switch backing {
        case .x25519: .x25519
        case .xwing: .xwing
        }
    }

    /// - Parameter rawRepresentation: 32 bytes for X25519, 1216 for X-Wing. Throws `keyInvalid` for anything else, and
    ///   for an X25519 point of low order.
    package init(suite: Suite, rawRepresentation: [UInt8]) throws {
        if suite == .x25519, Curve25519.KeyAgreement.isWeak(rawRepresentation) {
            throw Failure(.keyInvalid, "not a public key of suite \(suite.rawValue)")
        }
        do {
            switch suite {
            case .x25519:
                backing = .x25519(try Curve25519.KeyAgreement.PublicKey(rawRepresentation: rawRepresentation))
            case .xwing: backing = .xwing(try XWingMLKEM768X25519.PublicKey(rawRepresentation: rawRepresentation))
            }
        } catch {
            throw Failure(.keyInvalid, "not a public key of suite \(suite.rawValue)")
        }
    }
}

/// The private half of a recipient key: upstream's alone.
package struct RecipientPrivateKey: Sendable {
    enum Backing: Sendable {
        case x25519(Curve25519.KeyAgreement.PrivateKey)
        case xwing(XWingMLKEM768X25519.PrivateKey)
    }

    let backing: Backing

    /// How the key is used.
    package var suite: Suite {
        switch backing {
        case .x25519: .x25519
        case .xwing: .xwing
        }
    }

    /// A new key from the operating system's random generator. Throws `keyInvalid` when the library cannot.
    package init(generated suite: Suite) throws {
        do {
            switch suite {
            case .x25519: backing = .x25519(Curve25519.KeyAgreement.PrivateKey())
            case .xwing: backing = .xwing(try XWingMLKEM768X25519.PrivateKey())
            }
        } catch {
            throw Failure(.keyInvalid, "cannot make a key of suite \(suite.rawValue)")
        }
    }

    /// - Parameter seed: the 32 secret bytes of either suite. Throws `keyInvalid` for anything else.
    package init(suite: Suite, seed: [UInt8]) throws {
        do {
            switch suite {
            case .x25519: backing = .x25519(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: seed))
            case .xwing:
                backing = .xwing(try XWingMLKEM768X25519.PrivateKey(seedRepresentation: seed, publicKey: nil))
            }
        } catch {
            throw Failure(.keyInvalid, "not a private key of suite \(suite.rawValue)")
        }
    }

    /// The 32 secret bytes, for whoever stores the key.
    package var seed: Redacted<[UInt8]> {
        switch backing {
        case .x25519(let key): Redacted(Array(key.rawRepresentation))
        case .xwing(let key): Redacted(Array(key.seedRepresentation))
        }
    }

    /// The public half's bytes, which a key list carries as base64.
    package var publicKey: [UInt8] {
        switch backing {
        case .x25519(let key): Array(key.publicKey.rawRepresentation)
        case .xwing(let key): Array(key.publicKey.rawRepresentation)
        }
    }
}

extension RecipientKey {
    /// The key to seal with; throws `keyInvalid` when this station does not know the suite or the key is not one.
    package func sealingKey() throws -> RecipientPublicKey {
        guard let suite = Suite(rawValue: suite.text), let bytes = strictBase64(publicKey) else {
            throw Failure(.keyInvalid, "\(keyId.text): suite \(suite.text) cannot be used here")
        }
        return try RecipientPublicKey(suite: suite, rawRepresentation: bytes)
    }

    /// Publishes the public half of a private key. Throws `keyInvalid` for a suite name that is no wire name.
    package init(
        keyId: WireName, key: RecipientPrivateKey, notBefore: Timestamp, notAfter: Timestamp
    ) throws {
        guard let suite = WireName(key.suite.rawValue) else { throw Failure(.keyInvalid, key.suite.rawValue) }
        self.init(
            keyId: keyId, suite: suite, publicKey: Data(key.publicKey).base64EncodedString(), notBefore: notBefore,
            notAfter: notAfter)
    }
}
