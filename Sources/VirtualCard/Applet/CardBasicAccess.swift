import ChipDocument
import DocumentCrypto
import StationCore

/// The chip's side of basic access control (ICAO 9303-11, 4.3).
struct CardBasicAccess: Sendable {
    private let encryptionKey: [UInt8]
    private let macKey: [UInt8]

    init(mrzInformation: String) {
        let seed = Array(KeyDerivation.mrzSeed(mrzInformation).prefix(16))
        encryptionKey = KeyDerivation.key(from: seed, purpose: .encryption, cipher: .tripleDES)
        macKey = KeyDerivation.key(from: seed, purpose: .authentication, cipher: .tripleDES)
    }

    /// A finished mutual authentication.
    struct Session {
        /// E.IC ‖ M.IC, 40 bytes.
        let answer: [UInt8]
        /// The session seed: both key halves xored.
        let secret: [UInt8]
        /// The start of the send sequence counter.
        let counter: [UInt8]
    }

    /// Answers EXTERNAL AUTHENTICATE; nil when the terminal does not know the MRZ. `misquotes` is the fault of a chip that
    /// does not return the terminal's nonce.
    func authenticate(
        _ data: [UInt8], challenge: [UInt8], random: any RandomSource, misquotes: Bool = false
    ) throws -> Session? {
        guard data.count == 40 else { return nil }
        let cryptogram = Array(data.prefix(32))
        guard MessageAuthentication.equal(try mac(cryptogram), Array(data.suffix(8))) else { return nil }
        let cipher = BlockCipher.tripleDES
        let plain = try cipher.decryptCBC(cryptogram, key: encryptionKey, iv: cipher.zeroIV)
        let terminalRandom = Array(plain[0..<8])
        guard MessageAuthentication.equal(Array(plain[8..<16]), challenge) else { return nil }
        let ownKey = random.bytes(16)
        let quoted = misquotes ? [UInt8](terminalRandom.reversed()) : terminalRandom
        let answer = try cipher.encryptCBC(challenge + quoted + ownKey, key: encryptionKey, iv: cipher.zeroIV)
        return Session(
            answer: answer + (try mac(answer)),
            secret: zip(plain[16..<32], ownKey).map { $0 ^ $1 },
            counter: Array(challenge.suffix(4) + terminalRandom.suffix(4)))
    }

    private func mac(_ data: [UInt8]) throws -> [UInt8] {
        try MessageAuthentication.retailMAC(BlockPadding.padded(data, blockBytes: 8), key: macKey)
    }
}
