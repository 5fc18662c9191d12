package import StationCore

/// A public key to which stations seal.
package struct RecipientKey: Codable, Hashable, Sendable {
    /// The key's name.
    package let keyId: WireName
    /// How it is used; a name that `Suite` may not know.
    package let suite: WireName
    /// The suite's public key, base64 with padding, exactly as it is signed.
    package let publicKey: String
    /// From when a station may seal to it.
    package let notBefore: Timestamp
    /// Until when a station may seal to it. Upstream opens with it for ever.
    package let notAfter: Timestamp

    /// Makes a key.
    package init(keyId: WireName, suite: WireName, publicKey: String, notBefore: Timestamp, notAfter: Timestamp) {
        self.keyId = keyId
        self.suite = suite
        self.publicKey = publicKey
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Refuses a public key that is not base64: its text is signed as it stands and must not reach into other fields.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        keyId = try container.decode(WireName.self, forKey: .keyId)
        suite = try container.decode(WireName.self, forKey: .suite)
        publicKey = try container.decode(String.self, forKey: .publicKey)
        notBefore = try container.decode(Timestamp.self, forKey: .notBefore)
        notAfter = try container.decode(Timestamp.self, forKey: .notAfter)
        guard strictBase64(publicKey) != nil else {
            throw DecodingError.dataCorruptedError(forKey: .publicKey, in: container, debugDescription: "not base64")
        }
    }
}

/// `GET /v1/intake/keys`: the keys that stations may seal to now, signed by an authority. A key that a newer list
/// leaves out is revoked.
package struct KeyList: Codable, Hashable, Sendable {
    /// Grows with every list; a lower one than was seen is a replay.
    package let serial: Int64
    /// When the list was made, by upstream's clock.
    package let issuedAt: Timestamp
    /// The keys.
    package let keys: [RecipientKey]
    /// Most items of a batch that upstream takes.
    package let maxItems: Int
    /// Largest batch body that upstream takes.
    package let maxBytes: Int
    /// The authority key that signed.
    package let authorityKeyId: WireName
    /// Over `SigningBytes.keys`.
    package let signature: Signature

    /// Signs a list. Throws `keyInvalid`.
    package init(
        serial: Int64, issuedAt: Timestamp, keys: [RecipientKey], maxItems: Int, maxBytes: Int,
        key: AuthoritySigningKey
    ) throws {
        self.serial = serial
        self.issuedAt = issuedAt
        self.keys = keys
        self.maxItems = maxItems
        self.maxBytes = maxBytes
        authorityKeyId = key.keyId
        signature = try key.sign(SigningBytes.keys(serial: serial, issuedAt: issuedAt, keys: keys))
    }

    /// Whether a pinned authority signed this list.
    package func verifies(by authorities: AuthorityKeys) -> Bool {
        authorities.verifies(
            signature, over: SigningBytes.keys(serial: serial, issuedAt: issuedAt, keys: keys), by: authorityKeyId)
    }
}
