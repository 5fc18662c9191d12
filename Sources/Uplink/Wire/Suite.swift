/// How an item is sealed: the HPKE algorithms (RFC 9180) by the name they have on the wire.
package enum Suite: String, Codable, Sendable, CaseIterable {
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; `enc` is 32 bytes.
    case x25519 = "x25519-sha256-chacha20poly1305"
    /// X-Wing (ML-KEM-768 with X25519), HKDF-SHA256, ChaCha20-Poly1305; `enc` is 1120 bytes. Post-quantum hybrid.
    case xwing = "xwing-sha256-chacha20poly1305"
}
