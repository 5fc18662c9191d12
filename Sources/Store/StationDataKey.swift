import Crypto
package import StationCore

import struct Foundation.Data

/// The station data key: encrypts follow-up data and keys its hashes. Without it the station is locked.
package struct StationDataKey: Equatable, Sendable {
    private let sealing: SymmetricKey
    private let hashing: SymmetricKey

    /// Takes 32 bytes; other lengths are `keyInvalid`.
    package init(bytes: Redacted<[UInt8]>) throws(Failure) {
        guard bytes.unredacted.count == 32 else {
            throw Failure(.keyInvalid, "the station data key is not 32 bytes long")
        }
        let key = SymmetricKey(data: bytes.unredacted)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("intake-station/\(purpose)/v1".utf8), outputByteCount: 32)
        }
        sealing = derived("follow-up-seal")
        hashing = derived("follow-up-hash")
    }

    /// The first 16 bytes of HMAC-SHA256 over `purpose`, a zero byte and the text.
    func hash(_ text: String, purpose: String) -> [UInt8] {
        let message = Array(purpose.utf8) + [0] + Array(text.utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: hashing).prefix(16))
    }

    /// `nonce || ciphertext || tag` of ChaCha20-Poly1305, bound to the item.
    func seal(_ plaintext: [UInt8], for item: ItemID, random: any RandomSource) throws -> [UInt8] {
        let nonce = try ChaChaPoly.Nonce(data: random.bytes(12))
        let box = try ChaChaPoly.seal(plaintext, using: sealing, nonce: nonce, authenticating: item.bytes)
        return Array(box.combined)
    }

    /// The plaintext; throws when the blob is another item's, changed, or sealed under another key.
    func open(_ combined: [UInt8], for item: ItemID) throws -> [UInt8] {
        let box = try ChaChaPoly.SealedBox(combined: combined)
        return Array(try ChaChaPoly.open(box, using: sealing, authenticating: item.bytes))
    }
}

extension StationDataKey: CustomStringConvertible, CustomReflectable {
    /// A fixed text.
    package var description: String { "‹redacted›" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
