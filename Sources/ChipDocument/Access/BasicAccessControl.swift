import DocumentCrypto
package import StationCore

/// Basic access control on the reader's side (ICAO 9303-11, 4.3) as a value.
package struct BasicAccessControl: Sendable {
    private let keys: SessionKeys
    private let terminalNonce: [UInt8]
    private let terminalKey: [UInt8]
    private var cardNonce: [UInt8]?

    /// Starts with the key fields of the MRZ; throws `credentialInvalid` for a CAN, which BAC does not take.
    package init(credential: AccessCredential, random: any RandomSource) throws(Failure) {
        guard credential.kind == .mrz else { throw Failure(.credentialInvalid, "BAC needs the machine-readable zone") }
        keys = Self.accessKeys(credential)
        terminalNonce = random.bytes(8)
        terminalKey = random.bytes(16)
    }

    /// K_Enc and K_MAC of the document (ICAO 9303-11, 9.7.2), for both ends.
    package static func accessKeys(_ credential: AccessCredential) -> SessionKeys {
        SessionKeys(secret: Array(credential.secret.prefix(16)), suite: .tripleDES)
    }

    /// GET CHALLENGE.
    package var challengeCommand: CommandAPDU { CommandAPDU(ins: 0x84, expectedLength: 8) }

    /// Takes the card's nonce and gives EXTERNAL AUTHENTICATE.
    package mutating func authenticate(_ response: ResponseAPDU) throws(Failure) -> CommandAPDU {
        guard response.status == .success else {
            throw Failure(.cardAccessRefused, "GET CHALLENGE: \(response.status)")
        }
        guard response.data.count == 8 else { throw Failure(.cardProtocolError, "BAC: length of the card's nonce") }
        cardNonce = response.data
        let data = try Self.seal(terminalNonce + response.data + terminalKey, keys: keys)
        return CommandAPDU(ins: 0x82, data: data, expectedLength: 40)
    }

    /// Takes the card's proof; throws `cardWrongCredential` when the card refuses ours.
    package mutating func finish(_ response: ResponseAPDU) throws(Failure) -> SecureMessaging {
        guard let cardNonce = cardNonce.take() else { throw Failure(.cardSessionBroken, "BAC is over") }
        guard response.status == .success else {
            throw Failure(.cardWrongCredential, "EXTERNAL AUTHENTICATE: \(response.status)")
        }
        guard let plain = try Self.open(response.data, keys: keys), plain.prefix(8) == cardNonce[...],
            plain[8..<16] == terminalNonce[...]
        else { throw Failure(.cardProtocolError, "BAC: the card's proof is wrong") }
        return Self.session(
            terminalKey: terminalKey,
            cardKey: Array(plain[16...]),
            terminalNonce: terminalNonce,
            cardNonce: cardNonce
        )
    }

    /// Cryptogram and code over 32 bytes, for both ends: E ‖ MAC.
    package static func seal(_ plain: [UInt8], keys: SessionKeys) throws(Failure) -> [UInt8] {
        let encrypted = try keys.encrypt(plain, iv: keys.suite.cipher.zeroIV)
        return encrypted + (try keys.code(padding: encrypted))
    }

    /// Opens what `seal` makes: 32 bytes, or nil when length or code is wrong.
    package static func open(_ sealed: [UInt8], keys: SessionKeys) throws(Failure) -> [UInt8]? {
        guard sealed.count == 40 else { return nil }
        let encrypted = Array(sealed.prefix(32))
        guard MessageAuthentication.equal(try keys.code(padding: encrypted), Array(sealed.suffix(8))) else {
            return nil
        }
        return try keys.decrypt(encrypted, iv: keys.suite.cipher.zeroIV)
    }

    /// The session of both ends: K_seed = K.IFD xor K.IC, counter = ends of both nonces.
    package static func session(
        terminalKey: [UInt8],
        cardKey: [UInt8],
        terminalNonce: [UInt8],
        cardNonce: [UInt8]
    ) -> SecureMessaging {
        let secret = zip(terminalKey, cardKey).map { $0 ^ $1 }
        return SecureMessaging(
            keys: SessionKeys(secret: secret, suite: .tripleDES),
            counter: Array(cardNonce.suffix(4) + terminalNonce.suffix(4))
        )
    }
}
