import MockReaders
import SeededRandom
import StationCore
import Testing
import USBInventory

@Suite struct DescriptorTests {
    @Test func `a reader's own words are read`() throws {
        let descriptor = try #require(CCIDDescriptor(following: MockReader.ccid))
        #expect(descriptor.slots == 1 && descriptor.volts == [5, 3, 1.8])
        #expect(descriptor.exchangeLevel == .shortAPDU && descriptor.maximumMessageBytes == 271)
    }

    @Test(
        arguments: [(0, .character), (0x1_0000, .tpdu), (0x4_0000, .extendedAPDU)]
            as [(UInt32, CCIDDescriptor.ExchangeLevel)])
    func `the other levels`(bits: UInt32, level: CCIDDescriptor.ExchangeLevel) {
        let bytes = MockReader.descriptor(exchange: bits, message: 65_554)
        #expect(CCIDDescriptor(following: bytes)?.exchangeLevel == level)
    }

    @Test func `it is found behind other descriptors`() {
        #expect(CCIDDescriptor(following: [3, 0x25, 1] + MockReader.ccid + [2, 0x30]) != nil)
        #expect(CCIDDescriptor(following: [3, 0x25, 1]) == nil)
        #expect(CCIDDescriptor(following: []) == nil)
    }

    @Test func `what contradicts itself is refused`() {
        let good = MockReader.ccid
        #expect(CCIDDescriptor(following: good + good) == nil)
        #expect(CCIDDescriptor(following: Array(good.dropLast())) == nil)
        #expect(CCIDDescriptor(following: [0, 0x21] + good) == nil)
        #expect(CCIDDescriptor(following: [1] + good) == nil)
        #expect(CCIDDescriptor(following: [60] + good.dropFirst()) == nil)
        #expect(CCIDDescriptor(following: [53] + good.dropFirst().dropLast()) == nil)
        #expect(CCIDDescriptor(following: MockReader.descriptor(exchange: 0x3_0000, message: 271)) == nil)
        #expect(CCIDDescriptor(following: MockReader.descriptor(exchange: 0, message: 10)) == nil)
        #expect(CCIDDescriptor(following: MockReader.descriptor(exchange: 0, message: .max)) == nil)
        var supply = good
        supply[5] = 0x08
        #expect(CCIDDescriptor(following: supply) == nil)
        #expect(CCIDDescriptor(following: [UInt8](repeating: 2, count: 5_000)) == nil)
    }

    @Test func `mutated descriptors never crash, and what is accepted keeps to the limits`() {
        var generator = SeededGenerator(seed: 11_054)
        var accepted = 0
        for _ in 0..<20_000 {
            guard let found = CCIDDescriptor(following: generator.mutated([3, 0x25, 1] + MockReader.ccid)) else {
                continue
            }
            accepted += 1
            #expect((1...256).contains(found.slots) && found.volts.count <= 3)
            #expect((11...Limits.Card.apduBytes + 10).contains(found.maximumMessageBytes))
        }
        #expect(accepted > 100)
    }
}
