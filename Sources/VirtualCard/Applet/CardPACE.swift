import ChipDocument
import DocumentCrypto
import StationCore

/// The chip's side of PACE over elliptic curves, in every mapping (ICAO 9303-11, 4.4).
///
/// Each GENERAL AUTHENTICATE moves it one step; any error throws the run away.
struct CardPACE: Sendable {
    /// What is still to come.
    private enum Step: Sendable {
        case nonce
        case mapping(nonce: [UInt8])
        case agreement(generator: CurvePoint, mappingKey: CurveKeyPair?)
        case token(SessionKeys, own: CurvePoint, terminal: CurvePoint, mappingKey: CurveKeyPair?)
    }

    /// What a step came to.
    enum Outcome {
        /// Dynamic authentication data for the answer; the run goes on.
        case proceeds(TLV)
        /// The last answer, and the keys of secure messaging.
        case established([TLV], SessionKeys)
        /// The run is over with this status.
        case refused(UInt16)
    }

    private let info: PACEInfo
    private let curve: NamedCurve
    private let password: [UInt8]
    private let staticKey: SigningKey
    private var step = Step.nonce

    /// - Parameters:
    ///   - password: the digits of the CAN as characters, or the SHA-1 of the MRZ information (4.4.4.1).
    ///   - staticKey: the key that chip authentication mapping shows.
    init?(info: PACEInfo, password: [UInt8], staticKey: SigningKey) {
        guard PACE.supports(info), let curve = info.curve else { return nil }
        self.info = info
        self.curve = curve
        self.password = password
        self.staticKey = staticKey
    }

    /// Whether the next command must have the class bit of command chaining: all but the last.
    var expectsChaining: Bool {
        if case .token = step { false } else { true }
    }

    /// Which GENERAL AUTHENTICATE comes next, 1 to 4.
    var stepNumber: Int {
        switch step {
        case .nonce: 1
        case .mapping: 2
        case .agreement: 3
        case .token: 4
        }
    }

    mutating func advance(_ data: [TLVTag: [UInt8]], random: any RandomSource) throws -> Outcome {
        switch step {
        case .nonce:
            guard data.isEmpty else { return .refused(Status.wrongData) }
            let nonce = random.bytes(PACEComputation.nonceBytes(info.suite))
            step = .mapping(nonce: nonce)
            return .proceeds(
                TLV(0x80, try PACEComputation.encryptNonce(nonce, secret: password, suite: info.suite)))
        case .mapping(let nonce): return try map(nonce, data, random: random)
        case .agreement(let generator, let mappingKey):
            guard let terminal = point(data, tag: 0x83) else { return .refused(Status.wrongData) }
            let own = try CurveKeyPair(generator: generator, random: Boxed(random))
            guard terminal != own.publicPoint else { return .refused(Status.wrongData) }
            let keys = try PACEComputation.sessionKeys(own: own, other: terminal, suite: info.suite)
            step = .token(keys, own: own.publicPoint, terminal: terminal, mappingKey: mappingKey)
            return .proceeds(TLV(0x84, own.publicPoint.encoded))
        case .token(let keys, let own, let terminal, let mappingKey):
            guard data.count == 1, let token = data[0x85] else { return .refused(Status.wrongData) }
            let expected = try PACEComputation.token(over: own, identifier: info.identifier, keys: keys)
            guard MessageAuthentication.equal(token, expected) else { return .refused(Status.verificationFailed) }
            let answer = try PACEComputation.token(over: terminal, identifier: info.identifier, keys: keys)
            guard let mappingKey else { return .established([TLV(0x86, answer)], keys) }
            let shown = try ChipAuthenticationMapping.encrypted(
                mappingKey: mappingKey, staticKey: staticKey.curveKeyPair(), keys: keys)
            return .established([TLV(0x86, answer), TLV(0x8A, shown)], keys)
        }
    }

    private mutating func map(
        _ nonce: [UInt8], _ data: [TLVTag: [UInt8]], random: any RandomSource
    ) throws -> Outcome {
        if info.mapping == .integrated {
            guard data.count == 1, let terminalNonce = data[0x81],
                terminalNonce.count == IntegratedMapping.terminalNonceBytes(info.suite)
            else { return .refused(Status.wrongData) }
            let generator = try IntegratedMapping.generator(
                nonce: nonce, terminalNonce: terminalNonce, curve: curve, suite: info.suite)
            step = .agreement(generator: generator, mappingKey: nil)
            return .proceeds(TLV(0x82, [UInt8]()))
        }
        guard let terminal = point(data, tag: 0x81) else { return .refused(Status.wrongData) }
        let own = try CurveKeyPair(generator: .generator(of: curve), random: Boxed(random))
        guard terminal != own.publicPoint else { return .refused(Status.wrongData) }
        let generator = try PACEComputation.genericMapping(nonce: nonce, own: own, other: terminal)
        step = .agreement(generator: generator, mappingKey: info.mapping == .chipAuthentication ? own : nil)
        return .proceeds(TLV(0x82, own.publicPoint.encoded))
    }

    private func point(_ data: [TLVTag: [UInt8]], tag: TLVTag) -> CurvePoint? {
        guard data.count == 1, let encoded = data[tag] else { return nil }
        return try? CurvePoint(curve: curve, encoded: encoded)
    }
}

/// Hands an `any RandomSource` to a generic parameter.
struct Boxed: RandomSource {
    private let source: any RandomSource

    init(_ source: any RandomSource) { self.source = source }

    func bytes(_ count: Int) -> [UInt8] { source.bytes(count) }
}
