import DocumentCrypto
package import StationCore

/// KS_Enc and KS_MAC of one session. Never printed.
package struct SessionKeys: Hashable, Sendable {
    /// Cipher and MAC.
    package let suite: CipherSuite
    /// KS_Enc.
    package let encryption: Redacted<[UInt8]>
    /// KS_MAC.
    package let authentication: Redacted<[UInt8]>

    /// Derives both keys from a shared secret (ICAO 9303-11, 9.7.1).
    package init(secret: [UInt8], suite: CipherSuite) {
        self.suite = suite
        encryption = Redacted(KeyDerivation.key(from: secret, purpose: .encryption, cipher: suite.cipher))
        authentication = Redacted(KeyDerivation.key(from: secret, purpose: .authentication, cipher: suite.cipher))
    }

    /// The eight-byte code over data that is padded here (method 2) to whole cipher blocks.
    package func code(padding data: [UInt8]) throws(Failure) -> [UInt8] {
        try code(padded: BlockPadding.padded(data, blockBytes: suite.cipher.blockBytes))
    }

    /// The eight-byte code over data that is padded already, or that CMAC takes as it is.
    package func code(padded data: [UInt8]) throws(Failure) -> [UInt8] {
        do {
            return suite == .tripleDES
                ? try MessageAuthentication.retailMAC(data, key: authentication.unredacted)
                : Array(try MessageAuthentication.cmac(data, key: authentication.unredacted).prefix(8))
        } catch { throw Failure(.internalFault, "message authentication: \(error)") }
    }

    /// Encrypts whole blocks.
    package func encrypt(_ data: [UInt8], iv: [UInt8]) throws(Failure) -> [UInt8] {
        do { return try suite.cipher.encryptCBC(data, key: encryption.unredacted, iv: iv) } catch {
            throw Failure(.internalFault, "encryption: \(error)")
        }
    }

    /// Decrypts whole blocks; throws `cardProtocolError` when the data is not whole blocks.
    package func decrypt(_ data: [UInt8], iv: [UInt8]) throws(Failure) -> [UInt8] {
        do { return try suite.cipher.decryptCBC(data, key: encryption.unredacted, iv: iv) } catch {
            throw Failure(.cardProtocolError, "cryptogram: \(error)")
        }
    }
}
