import AsyncHTTPClient
import NIOCore
import StationCore

/// The event stream of a station, as an asynchronous sequence. It throws a `Problem` when the daemon goes away.
public struct StationEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = StationEvent

    let body: HTTPClientResponse.Body

    /// Reads the stream.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: body.makeAsyncIterator()) }

    /// Reads the stream.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        var parser = ServerSentEventParser()
        var parsed: ArraySlice<ServerSentEvent> = []

        /// The next event; nil when the daemon ended the stream.
        @concurrent
        public mutating func next() async throws -> StationEvent? {
            while true {
                if let event = parsed.popFirst() {
                    do {
                        return try StrictJSON.decode(StationEvent.self, from: Array(event.data.utf8))
                    } catch {
                        throw Problem(.internalFault, "an event does not fit this client: \(error)")
                    }
                }
                let chunk: ByteBuffer?
                do {
                    chunk = try await chunks.next()
                } catch let error as CancellationError {
                    throw error
                } catch {
                    throw Problem(.stationUnreachable, "\(error)")
                }
                guard let chunk else { return nil }
                do {
                    parsed = try parser.push(Array(buffer: chunk))[...]
                } catch {
                    throw Problem(.internalFault, "\(error)")
                }
            }
        }
    }
}
