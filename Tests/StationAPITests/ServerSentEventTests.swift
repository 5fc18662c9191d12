import StationCore
import Testing

@testable import StationAPI

/// `text/event-stream`, WHATWG HTML 9.2.6.
@Suite struct ServerSentEventTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        let event = ServerSentEvent(id: "7", event: "read", data: "a\nb: c\n")
        var parser = ServerSentEventParser()
        #expect(try parser.push(Array(event.wire.utf8)) == [event])
    }

    @Test(arguments: 1...9)
    func chunksMayEndAnywhere(size: Int) throws {
        let events = [ServerSentEvent(id: "1", data: "x"), ServerSentEvent(event: "é", data: "ộ")]
        let bytes = Array((ServerSentEvent.keepAlive + events.map(\.wire).joined()).utf8)
        var parser = ServerSentEventParser()
        var found: [ServerSentEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try parser.push(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(found == events)
    }

    @Test func carriageReturnsAndUnknownFieldsAreIgnored() throws {
        var parser = ServerSentEventParser()
        let events = try parser.push(Array("retry: 5\r\nnonsense\r\ndata:x\r\n\r\n".utf8))
        #expect(events == [ServerSentEvent(data: "x")])
    }

    @Test func anEndlessEventIsRefused() throws {
        var parser = ServerSentEventParser()
        #expect(throws: Failure(.requestTooLarge, "one event over the limit")) {
            _ = try parser.push(Array(repeating: UInt8(ascii: "x"), count: Limits.Local.bodyBytes + 1))
        }
    }
}
