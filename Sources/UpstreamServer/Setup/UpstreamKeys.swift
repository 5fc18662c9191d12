import Foundation
package import StationCore
package import Uplink

/// Upstream's own keys: the authority that signs, and every recipient key ever published.
package struct UpstreamKeys: Sendable {
    /// Signs receipts and key lists.
    package let authority: AuthoritySigningKey
    /// The signed list that stations get now.
    package let published: KeyList
    private let recipients: [WireName: RecipientPrivateKey]

    /// Makes a key ring. Of two keys with one name the first stands.
    package init(authority: AuthoritySigningKey, published: KeyList, recipients: [(WireName, RecipientPrivateKey)]) {
        self.authority = authority
        self.published = published
        self.recipients = Dictionary(recipients, uniquingKeysWith: { first, _ in first })
    }

    /// The key with which to open, also long after it left the published list.
    package func recipient(_ keyId: WireName) -> RecipientPrivateKey? { recipients[keyId] }
}

/// How the recipient keys lie on disk.
struct RecipientKeyFile: Codable {
    struct Entry: Codable {
        let keyId: WireName
        let suite: Suite
        /// The 32 secret bytes, base64.
        let seed: String
        let notBefore: Timestamp
        let notAfter: Timestamp
        /// Whether stations still get it.
        let published: Bool
    }

    let serial: Int64
    let issuedAt: Timestamp
    let keys: [Entry]

    /// One key of each suite, valid for sealing for two years.
    static func new(at now: Timestamp, random: some RandomSource) throws -> RecipientKeyFile {
        let keys = try Suite.allCases.map { suite in
            let name = "\(suite == .x25519 ? "x25519" : "xwing")-\(Hex.text(random.bytes(4)))"
            guard let keyId = WireName(name) else { throw Failure(.internalFault, name) }
            let key = try RecipientPrivateKey(generated: suite)
            return Entry(
                keyId: keyId,
                suite: suite,
                seed: Data(key.seed.unredacted).base64EncodedString(),
                notBefore: now.adding(.seconds(-3_600)),
                notAfter: now.adding(.seconds(2 * 365 * 86_400)),
                published: true
            )
        }
        return RecipientKeyFile(serial: 1, issuedAt: now, keys: keys)
    }

    /// The ring, with the list signed by the authority.
    func ring(authority: AuthoritySigningKey) throws -> UpstreamKeys {
        let keys = try keys.map { entry in
            guard let seed = strictBase64(entry.seed) else { throw Failure(.keyInvalid, entry.keyId.text) }
            return (entry, try RecipientPrivateKey(suite: entry.suite, seed: seed))
        }
        let published = try keys.filter(\.0.published).map { entry, key in
            try RecipientKey(keyId: entry.keyId, key: key, notBefore: entry.notBefore, notAfter: entry.notAfter)
        }
        let list = try KeyList(
            serial: serial,
            issuedAt: issuedAt,
            keys: published,
            maxItems: Limits.Uplink.batchItems,
            maxBytes: Limits.Uplink.batchBytes,
            key: authority
        )
        return UpstreamKeys(authority: authority, published: list, recipients: keys.map { ($0.0.keyId, $0.1) })
    }
}
