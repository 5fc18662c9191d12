import ChipDocument
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

/// Chip authentication and active authentication.
@Suite struct ChipProofTests {
    @Test(arguments: [false, true])
    func `chip authentication changes the keys; a copy cannot`(cloned: Bool) throws {
        var terminal = try TestTerminal.opened(cloned ? [.clonedChip] : [])
        let infos = try SecurityInfos(dataGroup14: #require(TestCards.image.files[.dg14]))
        let key = try #require(infos.chipAuthenticationKeys.first)
        let info = try #require(infos.chipAuthentication.first)
        let set = CommandAPDU(ins: 0x22, p1: 0x41, p2: 0xA4, data: TLV(0x80, info.identifier.bytes).encoded)
        #expect(try terminal.send(set).status == .success)
        let pair = try CurveKeyPair(generator: .generator(of: .brainpoolP256r1), random: SystemRandomSource())
        let template = TLV(0x7C, [TLV(0x80, pair.publicPoint.encoded)]).encoded
        let agreed = try terminal.send(CommandAPDU(ins: 0x86, data: template, expectedLength: 256))
        #expect(agreed == ResponseAPDU(data: [0x7C, 0x00], status: .success))
        // The old keys are dead.
        var stale = terminal
        #expect(throws: SecureMessagingFault.self) { try stale.read(.dg1, count: 16) }
        terminal.session = SecureMessaging(
            keys: SessionKeys(secret: try pair.sharedPoint(with: #require(key.point)).x, suite: .aes128))
        if cloned {
            #expect(throws: SecureMessagingFault.self) { try terminal.read(.dg1, count: 16) }
        } else {
            #expect(try terminal.read(.dg1, count: 256).data == TestCards.image.files[.dg1])
        }
    }

    @Test func `chip authentication refuses other suites and points off the curve`() throws {
        var terminal = try TestTerminal.opened()
        func set(_ hex: String) throws -> StatusWord {
            try terminal.send(CommandAPDU(ins: 0x22, p1: 0x41, p2: 0xA4, data: #require(Hex.bytes(hex)))).status
        }
        #expect(try set("800A04007F00070202030201") == .incorrectData)
        #expect(try set("800A04007F00070202030202840101") == .incorrectData)
        #expect(try set("800A04007F00070202030202") == .success)
        let off = TLV(0x7C, [TLV(0x80, [4] + [UInt8](repeating: 0x22, count: 64))]).encoded
        let agree = CommandAPDU(ins: 0x86, data: off, expectedLength: 256)
        #expect(try terminal.send(agree).status == .incorrectData)
        #expect(try terminal.send(agree).status == .conditionsNotSatisfied)
        #expect(try terminal.read(.dg1, count: 16).status == .success)
    }

    @Test(arguments: [false, true])
    func `active authentication signs the challenge with the key of DG15; a copy cannot`(cloned: Bool) throws {
        var terminal = try TestTerminal.opened(cloned ? [.clonedChip] : [])
        let challenge: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let answer = try terminal.send(CommandAPDU(ins: 0x88, data: challenge, expectedLength: 256))
        #expect(answer.status == .success && answer.data.count == 256)
        let file = try TLV(parsing: #require(TestCards.image.files[.dg15]), tag: 0x6F)
        // ISO/IEC 9796-2, scheme 1: 6A, recoverable part, digest over it and the challenge, 34 CC for SHA-256.
        let message = try? PublicKey(der: file.value).recoverRSA(answer.data)
        let holds = message.map {
            $0[0] == 0x6A && $0.suffix(2) == [0x34, 0xCC]
                && Array($0[222..<254]) == DigestAlgorithm.sha256.digest(Array($0[1..<222]) + challenge)
        }
        #expect(holds == !cloned || (cloned && holds == nil))
    }

    @Test func `active authentication wants eight bytes and room for the answer`() throws {
        var terminal = try TestTerminal.opened()
        func sign(_ challenge: [UInt8], _ count: Int?) throws -> UInt16 {
            try terminal.send(CommandAPDU(ins: 0x88, data: challenge, expectedLength: count)).status.rawValue
        }
        let challenge = [UInt8](repeating: 7, count: 8)
        #expect(try sign(challenge, 128) == 0x6C00)
        #expect(try sign([1], 256) == Status.wrongLength)
        #expect(try sign(challenge, nil) == Status.wrongLength)
        #expect(try sign(challenge, 256) == Status.success)
    }
}
