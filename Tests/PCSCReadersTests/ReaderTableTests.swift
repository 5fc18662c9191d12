import StationCore
import Testing

@testable import PCSCReaders

@Suite struct ReaderTableTests {
    private static let present: UInt32 = 0x20
    private static let empty: UInt32 = 0x10

    private func observation(
        _ flags: UInt32, counter: UInt32, name: String = "R", atr: [UInt8] = [0x3B, 0x00]
    ) -> ReaderTable.Observation {
        ReaderTable.Observation(name: name, eventState: counter << 16 | flags, answerToReset: atr)
    }

    @Test func `nothing is known before the service answers`() {
        #expect(ReaderTable().snapshot.serviceFailure?.code == .readerServiceDown)
    }

    @Test func `a placing keeps its number while it lasts`() {
        var table = ReaderTable()
        table.observe([observation(Self.present, counter: 1)])
        let first = table.snapshot.readers[0].card.insertion
        // Another program connects and leaves: in use, exclusive, neither.
        for flags: UInt32 in [0x100, 0x80, 0] {
            table.observe([observation(Self.present | flags, counter: 1)])
            #expect(table.snapshot.readers[0].card.insertion == first)
        }
        table.observe([observation(Self.present | ReaderTable.mute, counter: 1)])
        #expect(table.snapshot.readers[0].card == first.map(CardState.mute))
    }

    @Test func `a card that went and came unseen is another placing`() {
        var table = ReaderTable()
        table.observe([observation(Self.present, counter: 1)])
        table.observe([observation(Self.present, counter: 3)])
        #expect(table.snapshot.readers[0].card.insertion?.number == 2)
        #expect(table.snapshot.readers[0].card.insertion?.eventCounter == 3)
    }

    @Test func `a restarted service starts its counters over, the numbers go on`() {
        var table = ReaderTable()
        table.observe([observation(Self.present, counter: 1)])
        table.lose(Failure(.readerServiceDown))
        #expect(table.snapshot.readers.isEmpty)
        table.observe([observation(Self.present, counter: 1)])
        #expect(table.snapshot.readers[0].card.insertion?.number == 2)
        #expect(table.snapshot.serviceFailure == nil)
    }

    @Test(
        arguments: [
            (0x10, CardState.absent), (0x08, .unknown), (0x04, .unknown), (0x28, .unknown), (0x00, .unknown),
        ] as [(UInt32, CardState)])
    func `flags without a card`(flags: UInt32, state: CardState) {
        var table = ReaderTable()
        table.observe([observation(flags, counter: 0)])
        #expect(table.snapshot.readers[0].card == state)
    }

    @Test func `placings of several readers never share a number`() {
        var table = ReaderTable()
        table.observe((0..<20).map { observation(Self.present, counter: 1, name: "R\($0)") })
        let numbers = table.snapshot.readers.compactMap { $0.card.insertion?.number }
        #expect(numbers == Array(1...UInt64(Limits.Card.readers)))
    }

    @Test func `an answer to reset is bounded`() {
        var table = ReaderTable()
        table.observe([observation(Self.present, counter: 1, atr: [UInt8](repeating: 0x3B, count: 64))])
        #expect(table.snapshot.readers[0].card.insertion?.answerToReset.count == Limits.Card.answerToResetBytes)
    }
}
