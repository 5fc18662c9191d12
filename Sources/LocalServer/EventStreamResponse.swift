import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import StationAPI
import StationCore

/// An answer that never ends by itself: events as they come, a comment when nothing came for a while.
///
/// It ends when the client closes, when the station shuts down, when the hub cut the stream because the client is slow, and
/// before the first frame at which `mayHear` says no.
func eventStreamResponse(
    _ events: AsyncStream<StationEvent>, to request: Request,
    while mayHear: @escaping @Sendable () async -> Bool = { true }
) -> Response {
    let body = ResponseBody { writer in
        // Cancellation ends the loop; the hub forgets the stream when its iterator goes.
        try? await request.body.consumeWithCancellationOnInboundClose { _ in
            try await write(events, to: &writer, while: mayHear)
        }
        try await writer.finish(nil)
    }
    // Said beforehand: the connection is closed behind the stream, and a client that meant to use it again would find it gone
    // under its next request.
    return Response(
        status: .ok,
        headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close"], body: body)
}

private enum Frame: Sendable {
    case event(StationEvent)
    case tick
    case end
}

@concurrent
private func write(
    _ events: AsyncStream<StationEvent>, to writer: inout any ResponseBodyWriter, while mayHear: () async -> Bool
) async throws {
    let ticks = AsyncTimerSequence(interval: Limits.Local.keepAlive, clock: .continuous).map { _ in Frame.tick }
    let frames = chain(events.map(Frame.event), CollectionOfOne(Frame.end).async)
    for try await frame in merge(frames, ticks).cancelOnGracefulShutdown() {
        guard await mayHear() else { return }
        switch frame {
        case .event(let event):
            let data = String(decoding: try StrictJSON.encode(event), as: UTF8.self)
            let wire = ServerSentEvent(id: event.id.map(String.init), event: event.kind.rawValue, data: data).wire
            try await writer.write(ByteBuffer(string: wire))
        case .tick: try await writer.write(ByteBuffer(string: ServerSentEvent.keepAlive))
        case .end: return
        }
    }
}
