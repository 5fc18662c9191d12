import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import StationAPI
import StationCore

/// Watches one connection on its event loop: cuts a client that sends a request too slowly, sends on what nobody asked for
/// any more, or takes nothing of what is written to it; refuses a connection that its peer has too many; and says of what
/// is no HTTP what a problem says.
///
/// Hummingbird closes connections without a request, but a byte now and then keeps a request alive there, it waits
/// without end for a client to read, and reads a body to its end after the answer.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: ConnectionPatience
    private let allowance: PeerAllowance
    private var peer: Peer?
    private var isRefused = false
    /// What was sent is no HTTP (RFC 9112): the answer to it is the last.
    private var breach: HTTPParserError?
    /// The request that came last has its answer.
    private var isAnswered = false
    /// Bytes of its body that came after the answer.
    private var unaskedBytes = 0
    /// When the first byte of a request came that is not whole yet.
    private var arrivingSince: NIODeadline?
    private var arrivalTimer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?
    private var refusalTimer: Scheduled<Void>?

    init(_ patience: ConnectionPatience, _ allowance: PeerAllowance) {
        self.patience = patience
        self.allowance = allowance
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let watch = NIOLoopBound(self, eventLoop: context.eventLoop)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        try? context.value.pipeline.syncOperations.addHandler(
            FirstByteWatch { watch.value.bytesArrived(context.value) }, position: .first)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

    // MARK: How many

    func channelActive(context: ChannelHandlerContext) {
        let watch = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // Whoever is no peer is refused with each request.
        Peer.ask(context.channel).assumeIsolated().whenSuccess { watch.value.connected($0, bound.value) }
        context.fireChannelActive()
    }

    private func connected(_ peer: Peer, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        self.peer = peer
        switch allowance.connected(peer) {
        case .served: return
        case .toldWhy: refusalTimer = close(context, after: patience.refusal)
        case .refused: context.close(promise: nil)
        }
        isRefused = true
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let peer { allowance.disconnected(peer) }
        peer = nil
        stopTimers()
        context.fireChannelInactive()
    }

    private func refuse(_ context: ChannelHandlerContext) {
        write(lastProblem: .connectionsTooMany, context)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// Head and body of the last answer on this connection.
    private func write(lastProblem code: FailureCode, _ context: ChannelHandlerContext) {
        let body = (try? StrictJSON.encode(Problem(Failure(code), status: code.httpStatus))) ?? []
        let head = HTTPResponse(
            status: .init(code: code.httpStatus),
            headerFields: [
                .contentType: "application/problem+json", .cacheControl: "no-store", .connection: "close",
                .contentLength: "\(body.count)",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    }

    // MARK: What is no HTTP

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { breach = error }
        context.fireErrorCaught(error)
    }

    /// Hummingbird answers a breach with a bare 400, in its turn after the answers to what came before.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head)
        where breach != nil && head.status == .badRequest && head.headerFields[.contentType] == nil:
            write(lastProblem: breach == .headerOverflow ? .requestTooLarge : .requestMalformed, context)
            promise?.succeed()
            return
        case .end: isAnswered = true
        case .head, .body: break
        }
        context.write(data, promise: promise)
    }

    // MARK: How fast

    private func bytesArrived(_ context: ChannelHandlerContext) {
        guard arrivingSince == nil else { return }
        arrivingSince = .now()
        if arrivalTimer == nil { look(context, after: TimeAmount(patience.request)) }
    }

    /// One timer serves all requests of a connection: set anew for each, it would cost more than many a request.
    private func look(_ context: ChannelHandlerContext, after time: TimeAmount) {
        let watch = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        arrivalTimer = context.eventLoop.scheduleTask(in: time) { watch.value.judgeArrival(bound.value) }
    }

    private func judgeArrival(_ context: ChannelHandlerContext) {
        arrivalTimer = nil
        guard let arrivingSince else { return }
        let left = arrivingSince + TimeAmount(patience.request) - .now()
        if left > .zero { look(context, after: left) } else { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            (isAnswered, unaskedBytes) = (false, 0)
            if isRefused { refuse(context) }
        case .body(let part) where isAnswered:
            unaskedBytes += part.readableBytes
            if unaskedBytes > Limits.Local.unaskedBytes { return context.close(promise: nil) }
        case .body: break
        case .end: arrivingSince = nil
        }
        if !isRefused { context.fireChannelRead(data) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallTimer?.cancel()
        stallTimer = context.channel.isWritable ? nil : close(context, after: patience.stall)
        context.fireChannelWritabilityChanged()
    }

    private func close(_ context: ChannelHandlerContext, after duration: Duration) -> Scheduled<Void> {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: TimeAmount(duration)) { bound.value.close(promise: nil) }
    }

    private func stopTimers() {
        for timer in [arrivalTimer, stallTimer, refusalTimer] { timer?.cancel() }
        (arrivalTimer, stallTimer, refusalTimer) = (nil, nil, nil)
    }
}

/// Tells of every byte that comes, before anything makes sense of it.
private final class FirstByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let tell: () -> Void

    init(_ tell: @escaping () -> Void) { self.tell = tell }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tell()
        context.fireChannelRead(data)
    }
}
