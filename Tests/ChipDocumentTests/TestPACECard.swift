import ChipDocument
import DocumentCrypto
import StationCore

/// The card's side of PACE from the shared computations, with one thing wrong on purpose.
struct TestPACECard {
    enum Misbehaviour: CaseIterable {
        case refusesTemplate, shortNonce, noNonce, mirrorsMappingKey, mappingOffCurve, mirrorsEphemeralKey
        case repeatsMappingKey, emptyAnswer, extraObject, wrongToken, infinity
    }

    let info: PACEInfo
    let curve: NamedCurve
    let secret: [UInt8]
    var fault: Misbehaviour?
    private(set) var session: SecureMessaging?
    private var round = 0
    private var nonce: [UInt8] = []
    private var mapping: CurveKeyPair?
    private var generator: CurvePoint?
    private var keys: SessionKeys?
    private var terminalPoint: CurvePoint?
    private var ownPoint: CurvePoint?

    init(info: PACEInfo, curve: NamedCurve, secret: [UInt8], fault: Misbehaviour? = nil) {
        self.info = info
        self.curve = curve
        self.secret = secret
        self.fault = fault
    }

    mutating func answer(_ command: CommandAPDU) throws -> ResponseAPDU {
        if command.ins == 0x22 {
            return fault == .refusesTemplate ? ResponseAPDU(status: .conditionsNotSatisfied) : .ok()
        }
        round += 1
        let object = try TLV(parsing: command.data, tag: 0x7c).children().first
        func reply(_ tag: TLVTag, _ value: [UInt8]) -> ResponseAPDU { .ok(TLV(0x7c, [TLV(tag, value)]).encoded) }
        let random = SystemRandomSource()
        switch round {
        case 1:
            if fault == .noNonce { return reply(0x81, []) }
            nonce = random.bytes(PACEComputation.nonceBytes(info.suite))
            let encrypted = try PACEComputation.encryptNonce(nonce, secret: secret, suite: info.suite)
            return reply(0x80, fault == .shortNonce ? Array(encrypted.dropLast()) : encrypted)
        case 2:
            let other = try CurvePoint(curve: curve, encoded: object?.value ?? [])
            let own = try CurveKeyPair(generator: CurvePoint.generator(of: curve), random: random)
            mapping = own
            generator = try PACEComputation.genericMapping(nonce: nonce, own: own, other: other)
            if fault == .mirrorsMappingKey { return reply(0x82, other.encoded) }
            if fault == .infinity { return reply(0x82, [0]) }
            var bytes = own.publicPoint.encoded
            if fault == .mappingOffCurve { bytes[bytes.count - 1] ^= 1 }
            return reply(0x82, bytes)
        case 3:
            let other = try CurvePoint(curve: curve, encoded: object?.value ?? [])
            guard let generator, let mapping else { return ResponseAPDU(status: .conditionsNotSatisfied) }
            if fault == .mirrorsEphemeralKey { return reply(0x84, other.encoded) }
            if fault == .repeatsMappingKey { return reply(0x84, mapping.publicPoint.encoded) }
            if fault == .emptyAnswer { return .ok() }
            let own = try CurveKeyPair(generator: generator, random: random)
            keys = try PACEComputation.sessionKeys(own: own, other: other, suite: info.suite)
            terminalPoint = other
            ownPoint = own.publicPoint
            return reply(0x84, own.publicPoint.encoded)
        default:
            guard let keys, let ownPoint, let terminalPoint else {
                return ResponseAPDU(status: .conditionsNotSatisfied)
            }
            let expected = try PACEComputation.token(over: ownPoint, identifier: info.identifier, keys: keys)
            guard object?.value == expected else { return ResponseAPDU(status: .authenticationFailed) }
            session = SecureMessaging(keys: keys)
            var token = try PACEComputation.token(over: terminalPoint, identifier: info.identifier, keys: keys)
            if fault == .wrongToken { token[0] ^= 1 }
            if fault == .extraObject {
                return .ok(TLV(0x7c, [TLV(0x86, token), TLV(0x87, [1])]).encoded)
            }
            return reply(0x86, token)
        }
    }
}
