package import ChipDocument
import DocumentCrypto
import StationCore

/// The card's end of secure messaging (ICAO 9303-11, 9.8). It is used until the first error, then thrown away.
package struct CardSecureMessaging: Sendable {
    /// Why a command was refused; each ends the session.
    package enum Refusal: Error, Hashable {
        /// A data object that must be there is not.
        case missing
        /// A MAC, padding, order or length is wrong.
        case wrong
    }

    private let cipher: BlockCipher
    private let encryptionKey: [UInt8]
    private let macKey: [UInt8]
    private var counter: [UInt8]
    private let faults: Set<Fault>

    /// 3DES after BAC starts from the random halves of both sides, AES starts from zero.
    package init(keys: SessionKeys, counter: [UInt8]? = nil, faults: Set<Fault>) {
        cipher = keys.suite.cipher
        encryptionKey = keys.encryption.unredacted
        macKey = keys.authentication.unredacted
        self.counter = counter ?? keys.suite.cipher.zeroIV
        self.faults = faults
    }

    /// Checks a protected command and takes its protection off.
    package mutating func unwrap(_ command: ReceivedCommand) throws -> ReceivedCommand {
        increment()
        let objects = try ProtectedObjects(commandData: command.data, isOddInstruction: !command.ins.isMultiple(of: 2))
        let header = BlockPadding.padded(
            [command.cla, command.ins, command.p1, command.p2], blockBytes: cipher.blockBytes)
        // Without objects the padded header is the whole message (ISO/IEC 7816-4, 10.2.3.1).
        let expected =
            objects.authenticated.isEmpty ? try mac(padded: header) : try mac(padding: header + objects.authenticated)
        guard MessageAuthentication.equal(expected, objects.mac) else { throw Refusal.wrong }
        var plain = ReceivedCommand(
            header: [command.cla & ~0x0C, command.ins, command.p1, command.p2], isExtended: command.isExtended)
        if let cryptogram = objects.cryptogram {
            let padded = try decrypt(cryptogram)
            guard let data = BlockPadding.unpadded(padded, blockBytes: cipher.blockBytes) else { throw Refusal.wrong }
            plain.data = data
        }
        if let length = objects.expectedLength {
            let written = length.reduce(0) { $0 << 8 | Int($1) }
            plain.setExpected(written, maximum: length.count == 1 ? 256 : 65_536)
        }
        return plain
    }

    /// Protects an answer. `toRead` says that it answers READ BINARY, where the chip's faults show.
    mutating func wrap(_ answer: CardAnswer, isOddInstruction: Bool, toRead: Bool) throws -> CardAnswer {
        increment()
        func has(_ fault: Fault) -> Bool { toRead && faults.contains(fault) }
        var objects: [UInt8] = []
        if !answer.data.isEmpty, !has(.messagingWithoutCryptogram) {
            var cryptogram = try encrypt(BlockPadding.padded(answer.data, blockBytes: cipher.blockBytes))
            if has(.messagingWrongCryptogram) { cryptogram[cryptogram.count - 1] ^= 1 }
            objects += (isOddInstruction ? TLV(0x85, cryptogram) : TLV(0x87, [0x01] + cryptogram)).encoded
        }
        if !has(.messagingWithoutStatus) {
            objects += TLV(0x99, [UInt8(answer.status >> 8), UInt8(answer.status & 0xFF)]).encoded
        }
        var code = try mac(padding: objects)
        if faults.contains(.wrongMAC) { code[7] ^= 1 }
        if has(.messagingWithoutMAC) { return CardAnswer(objects, status: answer.status) }
        return CardAnswer(objects + TLV(0x8E, code).encoded, status: answer.status)
    }

    private mutating func increment() {
        for index in counter.indices.reversed() {
            counter[index] &+= 1
            if counter[index] != 0 { return }
        }
    }

    private func mac(padding data: [UInt8]) throws -> [UInt8] {
        try mac(padded: BlockPadding.padded(data, blockBytes: cipher.blockBytes))
    }

    private func mac(padded data: [UInt8]) throws -> [UInt8] {
        cipher == .tripleDES
            ? try MessageAuthentication.retailMAC(counter + data, key: macKey)
            : Array(try MessageAuthentication.cmac(counter + data, key: macKey).prefix(MessageAuthentication.byteCount))
    }

    private func encrypt(_ data: [UInt8]) throws -> [UInt8] {
        try cipher.encryptCBC(data, key: encryptionKey, iv: try initialVector())
    }

    private func decrypt(_ data: [UInt8]) throws -> [UInt8] {
        guard !data.isEmpty, data.count.isMultiple(of: cipher.blockBytes) else { throw Refusal.wrong }
        return try cipher.decryptCBC(data, key: encryptionKey, iv: try initialVector())
    }

    private func initialVector() throws -> [UInt8] {
        cipher == .tripleDES ? cipher.zeroIV : try cipher.encryptBlock(counter, key: encryptionKey)
    }
}

/// The data objects of a protected command, in their only order: 85 or 87, 97, 8E.
private struct ProtectedObjects {
    var cryptogram: [UInt8]?
    var expectedLength: [UInt8]?
    var mac: [UInt8] = []
    /// The bytes that the MAC covers: every object before 8E, as it came.
    var authenticated: [UInt8] = []

    init(commandData: [UInt8], isOddInstruction: Bool) throws {
        guard let objects = try? TLV.list(commandData) else { throw CardSecureMessaging.Refusal.wrong }
        for (position, object) in objects.enumerated() {
            switch object.tag {
            case 0x87 where !isOddInstruction && position == 0:
                guard object.value.first == 0x01 else { throw CardSecureMessaging.Refusal.wrong }
                cryptogram = Array(object.value.dropFirst())
            case 0x85 where isOddInstruction && position == 0:
                cryptogram = object.value
            case 0x97 where expectedLength == nil:
                guard (1...2).contains(object.value.count) else { throw CardSecureMessaging.Refusal.wrong }
                expectedLength = object.value
            case 0x8E:
                guard object.value.count == MessageAuthentication.byteCount, position == objects.count - 1 else {
                    throw CardSecureMessaging.Refusal.wrong
                }
                mac = object.value
                return
            default:
                throw CardSecureMessaging.Refusal.wrong
            }
            authenticated += object.encoded
        }
        throw CardSecureMessaging.Refusal.missing
    }
}
