import ChipDocument
import DocumentCrypto
import StationCore

/// The chip's side of PACE with ECDH generic mapping on brainpoolP256r1 and AES-128 (ICAO 9303-11, 4.4).
///
/// Each GENERAL AUTHENTICATE moves it one step; any error throws the run away.
struct CardPACE: Sendable {
    /// What is still to come.
    private enum Step: Sendable {
        case nonce
        case mapping(nonce: [UInt8])
        case agreement(CurvePoint)
        case token(secret: [UInt8], own: CurvePoint, terminal: CurvePoint)
    }

    /// What a step came to.
    enum Outcome {
        /// Dynamic authentication data for the answer; the run goes on.
        case proceeds(TLV)
        /// The last answer and the shared secret for secure messaging.
        case established(TLV, secret: [UInt8])
        /// The run is over with this status.
        case refused(UInt16)
    }

    private let passwordKey: [UInt8]
    private var step = Step.nonce

    /// - Parameter password: the digits of the CAN as characters, or the SHA-1 of the MRZ information (4.4.4.1).
    init(password: [UInt8]) {
        passwordKey = KeyDerivation.key(from: password, purpose: .password, cipher: .aes128)
    }

    /// Whether the next command must have the class bit of command chaining: all but the last.
    var expectsChaining: Bool {
        if case .token = step { false } else { true }
    }

    mutating func advance(_ data: [TLVTag: [UInt8]], random: any RandomSource) throws -> Outcome {
        switch step {
        case .nonce:
            guard data.isEmpty else { return .refused(Status.wrongData) }
            let nonce = random.bytes(16)
            step = .mapping(nonce: nonce)
            let encrypted = try BlockCipher.aes128.encryptCBC(nonce, key: passwordKey, iv: BlockCipher.aes128.zeroIV)
            return .proceeds(TLV(0x80, encrypted))
        case .mapping(let nonce):
            guard let terminal = Self.point(data, tag: 0x81) else { return .refused(Status.wrongData) }
            let generator = try CurvePoint.generator(of: .brainpoolP256r1)
            let own = try CurveKeyPair(generator: generator, random: Boxed(random))
            guard terminal != own.publicPoint else { return .refused(Status.wrongData) }
            let mapped = try generator.multiplied(by: nonce).adding(own.sharedPoint(with: terminal))
            step = .agreement(mapped)
            return .proceeds(TLV(0x82, own.publicPoint.encoded))
        case .agreement(let generator):
            guard let terminal = Self.point(data, tag: 0x83) else { return .refused(Status.wrongData) }
            let own = try CurveKeyPair(generator: generator, random: Boxed(random))
            guard terminal != own.publicPoint else { return .refused(Status.wrongData) }
            step = .token(secret: try own.sharedPoint(with: terminal).x, own: own.publicPoint, terminal: terminal)
            return .proceeds(TLV(0x84, own.publicPoint.encoded))
        case .token(let secret, let own, let terminal):
            guard data.count == 1, let token = data[0x85] else { return .refused(Status.wrongData) }
            guard MessageAuthentication.equal(token, try Self.token(secret, over: own)) else {
                return .refused(Status.verificationFailed)
            }
            return .established(TLV(0x86, try Self.token(secret, over: terminal)), secret: secret)
        }
    }

    private static func point(_ data: [TLVTag: [UInt8]], tag: TLVTag) -> CurvePoint? {
        guard data.count == 1, let encoded = data[tag] else { return nil }
        return try? CurvePoint(curve: .brainpoolP256r1, encoded: encoded)
    }

    /// The authentication token: a MAC over the other side's ephemeral key with its object identifier (4.4.3.4).
    private static func token(_ secret: [UInt8], over point: CurvePoint) throws -> [UInt8] {
        let key = KeyDerivation.key(from: secret, purpose: .authentication, cipher: .aes128)
        let parts = [TLV(.objectIdentifier, ProtocolIdentifier.pace), TLV(0x86, point.encoded)]
        let input = TLV(0x7F49, parts).encoded
        return Array(try MessageAuthentication.cmac(input, key: key).prefix(MessageAuthentication.byteCount))
    }
}

/// Hands an `any RandomSource` to a generic parameter.
struct Boxed: RandomSource {
    private let source: any RandomSource

    init(_ source: any RandomSource) { self.source = source }

    func bytes(_ count: Int) -> [UInt8] { source.bytes(count) }
}
