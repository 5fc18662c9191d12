import ChipDocument
import SeededRandom
import StationCore
import Testing

@testable import PCSCReaders

@Suite struct ReaderParsersTests {
    @Test func `names are ended by a zero, the list by another`() {
        #expect(ReaderNames.parse([]) == [])
        #expect(ReaderNames.parse([0]) == [])
        #expect(ReaderNames.parse(Array("A 00 00".utf8) + [0] + Array("Đọc".utf8) + [0, 0]) == ["A 00 00", "Đọc"])
    }

    @Test(
        arguments: [
            Array("A".utf8), Array("A".utf8) + [0], [0xFF, 0, 0], [UInt8](repeating: 0x41, count: 129) + [0, 0],
            [UInt8]((0..<34).map { $0 % 2 == 0 ? 0x41 : 0 }) + [0],
        ] as [[UInt8]])
    func `a list that is not whole is refused`(bytes: [UInt8]) {
        #expect(ReaderNames.parse(bytes) == nil)
    }

    // PC/SC part 10, 2.2: tag, length 4, control code in big-endian order.
    @Test func `the code for properties is found among the features`() {
        let features: [UInt8] = [0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x12, 4, 0x42, 0x33, 0x00, 0x12]
        #expect(ReaderFeatures.propertiesControlCode(features: features) == 0x4233_0012)
        #expect(ReaderFeatures.propertiesControlCode(features: [0x06, 4, 0x42, 0x33, 0x00, 0x06]) == nil)
        #expect(ReaderFeatures.propertiesControlCode(features: [0x12, 3, 1, 2, 3]) == nil)
        #expect(ReaderFeatures.propertiesControlCode(features: [0x12, 4, 1, 2, 3]) == nil)
    }

    // PC/SC part 10, 2.6.14: dwMaxAPDUDataSize, little-endian.
    @Test(
        arguments: [
            ([10, 4, 0x00, 0x00, 0x01, 0x00], 65_536), ([10, 2, 0x05, 0x01], 261), ([11, 1, 7, 10, 4, 0, 0, 0, 0], 0),
        ] as [([UInt8], Int)])
    func `the largest data size is read`(properties: [UInt8], size: Int) {
        #expect(ReaderFeatures.maximumDataBytes(properties: properties) == size)
    }

    @Test(arguments: [[10, 5, 0, 0, 0, 0, 0], [10, 0], [10, 4, 0, 0], [9, 1, 1]] as [[UInt8]])
    func `a size that is none is not known`(properties: [UInt8]) {
        #expect(ReaderFeatures.maximumDataBytes(properties: properties) == nil)
    }

    // PC/SC part 10, 2.6.15 and 2.6.16: little-endian.
    @Test func `vendor and product are read`() {
        let properties: [UInt8] = [11, 2, 0x2f, 0x07, 12, 2, 0x00, 0x22]
        #expect(ReaderFeatures.half(ReaderFeatures.vendor, properties: properties) == 0x072f)
        #expect(ReaderFeatures.half(ReaderFeatures.product, properties: properties) == 0x2200)
        for wrong in [[], [11, 1, 0x2f], [11, 4, 0, 0, 0, 0], [11, 2, 0x2f]] as [[UInt8]] {
            #expect(ReaderFeatures.half(ReaderFeatures.vendor, properties: wrong) == nil)
        }
    }

    @Test func `a channel is four bytes, or eight of which four say something`() {
        #expect(ReaderFeatures.channel([0x05, 0x01, 0x20, 0x00]) == 0x0020_0105)
        #expect(ReaderFeatures.channel([0x05, 0x01, 0x20, 0x00, 0, 0, 0, 0]) == 0x0020_0105)
        for wrong in [[], [1, 2, 3], [1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 0, 0, 0]] as [[UInt8]] {
            #expect(ReaderFeatures.channel(wrong) == nil)
        }
    }

    @Test func `a serial number is text, with or without its final zero`() {
        #expect(ReaderFeatures.serialNumber(Array("KX1".utf8) + [0]) == "KX1")
        #expect(ReaderFeatures.serialNumber(Array("KX1".utf8)) == "KX1")
        for wrong in [[], [0], [0xff], [0x0a], [UInt8](repeating: 0x41, count: 200)] as [[UInt8]] {
            #expect(ReaderFeatures.serialNumber(wrong) == nil)
        }
    }

    @Test func `what a reader announces becomes what the channel carries`() {
        #expect(ChannelCapabilities.carrying(dataBytes: 0) == .short)
        #expect(ChannelCapabilities.carrying(dataBytes: 256) == .short)
        #expect(ChannelCapabilities.carrying(dataBytes: 65_536) == .extended)
        let between = ChannelCapabilities.carrying(dataBytes: 2_048)
        #expect(between.extendedLength && between.maximumCommandBytes == 2_048 && between.maximumResponseBytes == 2_048)
    }

    @Test func `mutated lists never crash, and what is accepted keeps to the limits`() {
        var generator = SeededGenerator(seed: 7_816)
        let names: [UInt8] = Array("Reader A 00 00".utf8) + [0] + Array("Đầu đọc 00 01".utf8) + [0, 0]
        let features: [UInt8] = [0x06, 4, 0x42, 0x33, 0, 6, 0x12, 4, 0x42, 0x33, 0, 0x12, 10, 4, 0, 0, 1, 0]
        for round in 0..<20_000 {
            var bytes = round % 2 == 0 ? names : features
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0 where !bytes.isEmpty: bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
                case 1 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                default: bytes.insert(.random(in: 0...255, using: &generator), at: bytes.count / 2)
                }
            }
            if let list = ReaderNames.parse(bytes) {
                #expect(list.count <= Limits.Card.readers)
                #expect(list.allSatisfy { !$0.isEmpty && $0.utf8.count <= Limits.Card.readerNameBytes })
            }
            _ = ReaderFeatures.propertiesControlCode(features: bytes)
            if let size = ReaderFeatures.maximumDataBytes(properties: bytes) { #expect(size >= 0) }
        }
    }
}
