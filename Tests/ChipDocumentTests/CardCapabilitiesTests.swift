import ChipDocument
import SeededRandom
import StationCore
import Testing

@Suite struct CardCapabilitiesTests {
    /// An answer to reset with T=0 and T=1 and the historical bytes given, as contactless readers make it (PC/SC part 3).
    private func answer(_ historical: [UInt8]) -> [UInt8] {
        let body = [0x80 | UInt8(historical.count), 0x80, 0x01] + historical
        return [0x3b] + body + [body.reduce(0, ^)]
    }

    @Test(
        arguments: [
            ([0x80, 0x73, 0x00, 0x00, 0xe0], true, true, true), ([0x80, 0x73, 0x00, 0x00, 0x40], false, true, false),
            ([0x80, 0x31, 0x01, 0x73, 0x00, 0x00, 0x80], true, false, false),
            ([0x00, 0x73, 0x00, 0x00, 0xc0, 0x05, 0x90, 0x00], true, true, false),
        ] as [([UInt8], Bool, Bool, Bool)])
    func `historical bytes tell what the card takes`(
        historical: [UInt8], chaining: Bool, extended: Bool, information: Bool
    ) throws {
        let found = try #require(CardCapabilities(answerToReset: answer(historical)))
        #expect(found.commandChaining == chaining && found.extendedLength == extended)
        #expect(found.lengthInformation == information)
    }

    @Test(
        arguments: [[], [0x80], [0x80, 0x31, 0x01], [0x80, 0x73, 0x00, 0x00], [0x10, 0x73, 0, 0, 0xe0], [0x80, 0x70], [0x80, 0x72, 0x01, 0x02]]
            as [[UInt8]])
    func `historical bytes that do not say it say nothing`(historical: [UInt8]) {
        #expect(CardCapabilities(answerToReset: answer(historical)) == nil)
    }

    @Test func `an answer that is not whole is refused`() {
        let good = answer([0x80, 0x73, 0x00, 0x00, 0xe0])
        #expect(CardCapabilities(answerToReset: good) != nil)
        #expect(CardCapabilities(answerToReset: Array(good.dropLast())) == nil)
        #expect(CardCapabilities(answerToReset: good + [0]) == nil)
        #expect(CardCapabilities(answerToReset: good.dropLast() + [good.last! ^ 1]) == nil)
        #expect(CardCapabilities(answerToReset: [0x3c] + good.dropFirst()) == nil)
        #expect(CardCapabilities(answerToReset: [0x3b, 0xf0]) == nil)
        // T=0 alone has no check byte (ISO/IEC 7816-3, 8.2.5).
        #expect(CardCapabilities(answerToReset: [0x3b, 0x05, 0x80, 0x73, 0x00, 0x00, 0xe0])?.extendedLength == true)
    }

    @Test func `the file tells the lengths`() throws {
        let lengths = TLV(0x7f66, [TLV(.integer, [0x01, 0x00, 0x00]), TLV(.integer, [0x08, 0x00])])
        let file = TLV(0x47, [0x00, 0x00, 0x60]).encoded + [0x00, 0x00] + TLV(0x43, [0xb8]).encoded + lengths.encoded
        let found = try CardAttributes(file + [0x00, 0x00])
        #expect(found.maximumCommandBytes == 65_536 && found.maximumResponseBytes == 2_048)
        #expect(found.capabilities?.extendedLength == true && found.capabilities?.commandChaining == false)
    }

    @Test func `a file that says nothing is no error`() throws {
        for file in [[], [0x00, 0x00], [0x43, 0x01, 0xb8]] as [[UInt8]] {
            let found = try CardAttributes(file)
            #expect(found.capabilities == nil && found.maximumCommandBytes == nil)
        }
    }

    @Test(
        arguments: [
            [0x7f, 0x66], [0x7f, 0x66, 0x08, 0x02, 0x02, 0x08, 0x00], [0x7f, 0x66, 0x04, 0x02, 0x02, 0x08, 0x00],
            [0x7f, 0x66, 0x06, 0x02, 0x01, 0x03, 0x02, 0x01, 0x7f], [0x47, 0x00], [0x47, 0x04, 0, 0, 0, 0],
            [0x47, 0x01, 0x00, 0x47, 0x01, 0x00],
            [0x7f, 0x66, 0x0b, 0x02, 0x02, 0x08, 0x00, 0x02, 0x02, 0x08, 0x00, 0x02, 0x01, 0x7f], [0xff],
        ] as [[UInt8]])
    func `what is ill-formed is refused`(file: [UInt8]) {
        #expect(throws: Failure.self) { try CardAttributes(file) }
    }

    @Test func `reader and card are taken together`() throws {
        let file = TLV(0x7f66, [TLV(.integer, [0x04, 0x00]), TLV(.integer, [0x08, 0x00])]).encoded
        let both = ChannelCapabilities.extended.limited(by: try CardAttributes(file))
        #expect(both.extendedLength && both.maximumCommandBytes == 1_024 && both.maximumResponseBytes == 2_048)
        #expect(ChannelCapabilities.short.limited(by: try CardAttributes(file)) == .short)
        let refusing = try CardAttributes([0x47, 0x03, 0x00, 0x00, 0x80] + file)
        #expect(!ChannelCapabilities.extended.limited(by: refusing).extendedLength)
        let tiny = TLV(0x7f66, [TLV(.integer, [0x40]), TLV(.integer, [0x40])]).encoded
        #expect(ChannelCapabilities.extended.limited(by: try CardAttributes(tiny)) == .short)
        #expect(ChannelCapabilities.extended.limited(by: try CardAttributes([])) == .extended)
    }

    @Test func `mutated bytes never crash, and what is accepted keeps to the limits`() {
        var generator = SeededGenerator(seed: 0x7f66)
        let file =
            TLV(0x47, [0x00, 0x00, 0x60]).encoded
            + TLV(0x7f66, [TLV(.integer, [0x01, 0x00, 0x00]), TLV(.integer, [0x08, 0x00])]).encoded
        let reset = answer([0x80, 0x31, 0x01, 0x73, 0x00, 0x00, 0xe0])
        var accepted = 0
        for _ in 0..<20_000 {
            _ = CardCapabilities(answerToReset: generator.mutated(reset))
            guard let found = try? CardAttributes(generator.mutated(file)) else { continue }
            accepted += 1
            for length in [found.maximumCommandBytes, found.maximumResponseBytes].compactMap({ $0 }) {
                #expect((4...Limits.Card.apduBytes).contains(length))
            }
        }
        #expect(accepted > 100)
    }
}
