import StationCore
import Testing

@testable import VirtualCard

@Suite struct VpcdTests {
    @Test func `frames come whole, in pieces and several at once`() {
        var frames = VpcdFrames()
        #expect(frames.next() == nil)
        frames.append([0])
        #expect(frames.next() == nil)
        frames.append([1, 4, 0, 2, 0xAA])
        #expect(frames.next() == [4])
        #expect(frames.next() == nil)
        frames.append([0xBB, 0, 0, 0, 1, 0])
        #expect(frames.next() == [0xAA, 0xBB])
        #expect(frames.next() == [])
        #expect(frames.next() == [0])
        #expect(frames.next() == nil)
        #expect(VpcdFrames.frame([1, 2, 3]) == [0, 3, 1, 2, 3])
        #expect(VpcdFrames.frame([UInt8](repeating: 0, count: 65_535))?.prefix(2) == [0xFF, 0xFF])
        #expect(VpcdFrames.frame([UInt8](repeating: 0, count: 65_536)) == nil)
    }

    @Test func `controls and commands`() throws {
        var session = VpcdSession(applet: TestCards.applet())
        #expect(session.take([4]) == .send(VpcdSession.answerToReset, isAPDU: false))
        // TCK: the exclusive or of everything after TS is zero (ISO/IEC 7816-3, 8.2.5).
        #expect(VpcdSession.answerToReset.dropFirst().reduce(0, ^) == 0)
        let select = try #require(Hex.bytes("00A4040C07A0000002471001"))
        let read = try #require(Hex.bytes("00B0810010"))
        #expect(session.take(select) == .send([0x90, 0x00], isAPDU: true))
        #expect(session.take(read) == .send([0x69, 0x82], isAPDU: true))
        for control: UInt8 in [0, 1, 2] {
            #expect(session.take([control]) == .wait)
            #expect(session.take(read) == .send([0x6A, 0x82], isAPDU: true))
            #expect(session.take(select) == .send([0x90, 0x00], isAPDU: true))
        }
        #expect(session.take([9]) == .wait && session.take([]) == .wait)
        #expect(session.commandCount == 8)
        session.connected()
        #expect(session.take(read) == .send([0x6A, 0x82], isAPDU: true))
    }

    @Test func `a card that leaves or falls silent after so many commands`() throws {
        let read = try #require(Hex.bytes("00B09C0000"))
        var leaving = VpcdSession(applet: TestCards.applet(), behaviour: .init(removedAfter: 2))
        var silent = VpcdSession(applet: TestCards.applet(), behaviour: .init(muteAfter: 2))
        for _ in 0..<2 {
            guard case .send = leaving.take(read), case .send = silent.take(read) else {
                Issue.record("no answer")
                return
            }
        }
        #expect(leaving.take(read) == .remove)
        #expect(silent.take(read) == .wait)
        #expect(silent.take([4]) == .send(VpcdSession.answerToReset, isAPDU: false))
        #expect(leaving.commandCount == 2 && silent.commandCount == 2)
    }

    @Test func `in memory the card can be torn away`() async throws {
        let channel = InMemoryCardChannel(TestCards.applet(), removedAfter: 1)
        let read = try #require(Hex.bytes("00B09C0000"))
        #expect(try await channel.transmit(read).suffix(2) == [0x90, 0x00])
        await #expect(throws: Failure(.cardRemoved)) { try await channel.transmit(read) }
        #expect(channel.commands == [read])
    }
}
