package import StationCore

/// One event of a `text/event-stream` (WHATWG HTML, 9.2.6).
package struct ServerSentEvent: Hashable, Sendable {
    /// The `id` field; nil when the event has none.
    package var id: String?
    /// The `event` field; nil when the event has none.
    package var event: String?
    /// The `data` fields, joined by line feeds.
    package var data: String

    /// Makes an event.
    package init(id: String? = nil, event: String? = nil, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// A comment that keeps the connection alive.
    package static let keepAlive = ":\n\n"

    /// The event on the wire.
    package var wire: String {
        var text = ""
        if let id { text += "id: \(id)\n" }
        if let event { text += "event: \(event)\n" }
        for line in data.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            text += "data: \(Substring(line))\n"
        }
        return text + "\n"
    }
}

/// Parses a `text/event-stream` as it arrives. Lines end in LF or CRLF; one event is bounded by the body limit.
package struct ServerSentEventParser: Sendable {
    private var line: [UInt8] = []
    private var id: String?
    private var event: String?
    private var data: [String] = []
    private var size = 0

    /// A parser at the beginning of a stream.
    package init() {}

    /// Takes the next bytes; returns the events they complete. Throws `requestTooLarge` past the limit.
    package mutating func push(_ bytes: [UInt8]) throws(Failure) -> [ServerSentEvent] {
        var complete: [ServerSentEvent] = []
        for byte in bytes {
            size += 1
            guard size <= Limits.Local.bodyBytes else { throw Failure(.requestTooLarge, "one event over the limit") }
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if !data.isEmpty {
                    complete.append(ServerSentEvent(id: id, event: event, data: data.joined(separator: "\n")))
                }
                (id, event, data, size) = (nil, nil, [], 0)
            } else {
                take(String(decoding: line, as: UTF8.self))
            }
            line.removeAll(keepingCapacity: true)
        }
        return complete
    }

    private mutating func take(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else { return }
        var value = line[line.index(after: colon)...]
        if value.first == " " { value.removeFirst() }
        switch line[..<colon] {
        case "id": id = String(value)
        case "event": event = String(value)
        case "data": data.append(String(value))
        default: break
        }
    }
}
