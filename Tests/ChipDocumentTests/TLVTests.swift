import ChipDocument
import SeededRandom
import StationCore
import Testing

@Suite struct TLVTests {
    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func `written objects read back`(length: Int) throws {
        for tag in [0x04, 0x5f1f, 0x7f49, 0x87] as [TLVTag] {
            let object = TLV(tag, [UInt8](repeating: 7, count: length))
            #expect(try TLV(parsing: object.encoded, tag: tag) == object)
        }
    }

    @Test(arguments: [
        "", "30", "3001", "300200", "3081", "308101", "30800000", "0000", "3084ffffffff", "3085000000000100", "1f",
        "1f8001", "1f81818101", "30810100", "3082000100", "7f",
    ])
    func `ill-formed bytes are refused in DER`(text: String) async throws {
        do {
            _ = try TLV(parsing: hex(text))
            Issue.record("accepted")
        } catch { #expect([.cardDataMalformed, .cardDataTooLarge].contains((error as? Failure)?.code)) }
    }

    @Test func `long lengths pass only as BER`() throws {
        #expect(try TLV(parsing: hex("0482000142"), rules: .ber).value == [0x42])
        #expect(throws: Failure.self) { try TLV(parsing: hex("0482000142")) }
    }

    @Test func `bytes after the object are refused`() throws {
        #expect(throws: Failure.self) { try TLV(parsing: hex("04014200")) }
        #expect(throws: Failure.self) { try TLV(parsing: hex("040142"), tag: 0x05) }
    }

    @Test func `the number of objects is bounded`() throws {
        let many =
            [UInt8](repeating: 0, count: 0) + (0..<Limits.Card.tlvObjects + 1).flatMap { _ in [0x04, 0x00] as [UInt8] }
        #expect(throws: Failure(.cardDataTooLarge, "TLV: too many objects")) { try TLV.list(many) }
        #expect(try TLV.list(Array(many.dropLast(2))).count == Limits.Card.tlvObjects)
    }

    @Test func `small integers are minimal and not negative`() {
        #expect(TLV(.integer, [0]).smallInteger == 0)
        #expect(TLV(.integer, [0, 0x80]).smallInteger == 128)
        for bad in [[], [0x80], [0, 1], [0, 0, 0x80], [1, 2, 3, 4, 5]] as [[UInt8]] {
            #expect(TLV(.integer, bad).smallInteger == nil)
        }
    }

    @Test func `object identifiers in text`() throws {
        #expect(
            "\(try ObjectIdentifier(TLV(.objectIdentifier, hex("04007F00070202040202"))))" == "0.4.0.127.0.7.2.2.4.2.2"
        )
        #expect("\(try ObjectIdentifier(TLV(.objectIdentifier, hex("6781080101 01"))))" == "2.23.136.1.1.1")
        for bad in ["", "80", "8001", "0180", "018001"] {
            #expect(throws: Failure.self) { try ObjectIdentifier(TLV(.objectIdentifier, hex(bad))) }
        }
    }

    @Test func `mutated objects never crash, and what is read is written back`() throws {
        let seed = TLV(
            0x7f61,
            [
                TLV(.integer, [1]),
                TLV(0x7f60, [TLV(0xa1, [TLV(0x80, [1, 1])]), TLV(0x5f2e, [UInt8](repeating: 9, count: 200))]),
            ]
        ).encoded
        var mutator = SeededGenerator(seed: 5)
        for _ in 0..<20_000 {
            let mutated = mutator.mutated(seed)
            guard let object = try? TLV(parsing: mutated) else { continue }
            #expect(object.encoded == mutated)
            if object.tag.isConstructed { _ = try? object.children() }
        }
    }
}

@Suite struct APDUTests {
    @Test(arguments: [false, true])
    func `commands of every case read back`(extended: Bool) throws {
        for data in [0, 1, 255, 256, 65_535] {
            for length in [nil, 1, 255, 256, 257, 65_535, 65_536] as [Int?] {
                let command = CommandAPDU(
                    cla: 0x0c,
                    ins: 0xb0,
                    p1: 1,
                    p2: 2,
                    data: [UInt8](repeating: 3, count: data),
                    expectedLength: length
                )
                let parsed = try CommandAPDU.parse(command.encoded(extended: extended))
                #expect(parsed.command == command)
                let needed = data > 255 || length ?? 0 > 256
                if data > 0 || length != nil { #expect(parsed.extended == (extended || needed)) }
            }
        }
    }

    @Test(arguments: ["", "00a404", "00a4040c0201", "00a4040c02010203ff", "00a4040c0000", "00a4040c0000000000"])
    func `lengths that disagree are refused`(text: String) async throws {
        await expectFailure(.cardProtocolError) { _ = try CommandAPDU.parse(hex(text)) }
    }

    @Test func `lengths beyond the wire are refused`() async throws {
        await expectFailure(.cardDataTooLarge) { _ = try CommandAPDU(ins: 0, expectedLength: 65_537).encoded() }
        await expectFailure(.cardDataTooLarge) { _ = try CommandAPDU(ins: 0, expectedLength: 0).encoded() }
        await expectFailure(.cardDataTooLarge) {
            _ = try CommandAPDU(ins: 0, data: [UInt8](repeating: 0, count: 65_536)).encoded()
        }
        await expectFailure(.cardProtocolError) { _ = try ResponseAPDU(parsing: [0x90]) }
    }

    @Test func `status words say what they ask for`() {
        #expect(StatusWord(rawValue: 0x6100).remainingBytes == 256 && StatusWord(rawValue: 0x6110).remainingBytes == 16)
        #expect(StatusWord(rawValue: 0x6c10).correctLength == 16 && StatusWord.success.correctLength == nil)
        #expect(
            StatusWord(rawValue: 0x63c2).remainingTries == 2 && StatusWord.authenticationFailed.remainingTries == nil
        )
    }
}
