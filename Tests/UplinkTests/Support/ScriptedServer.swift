import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import Uplink

/// A server on a real socket that answers every request as its script says, right or wrong, byte by byte.
final class ScriptedServer: Sendable {
    enum Script: Sendable {
        /// Writes these bytes once the request is complete; then closes or not.
        case answer(String, close: Bool)
        /// Writes a head, then for ever more of a body.
        case endless(head: String)
        /// Closes after so many bytes of a request.
        case closeAfter(bytes: Int)
        /// Writes these bytes and closes as soon as a request's head has come.
        case early(String)
        /// Writes these bytes and closes as soon as anything has come.
        case blurt(String)
        /// Writes these bytes, one at a time, far apart.
        case drip(String)
        /// Never answers.
        case silent
    }

    private struct Seen {
        var connections = 0
        var requests: [[UInt8]] = []
        var awaited: (count: Int, waiter: CheckedContinuation<Void, Never>)?
    }

    private let seen = Mutex(Seen())
    private let channel: any Channel

    var connections: Int { seen.withLock { $0.connections } }
    var requests: [[UInt8]] { seen.withLock { $0.requests } }
    var port: Int { channel.localAddress?.port ?? 0 }

    private init(channel: any Channel) { self.channel = channel }

    /// Returns once so many whole requests have come.
    func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { waiter in
            let isThere = seen.withLock { seen in
                guard seen.requests.count < count else { return true }
                seen.awaited = (count, waiter)
                return false
            }
            if isThere { waiter.resume() }
        }
    }

    private func note(_ request: [UInt8]) {
        let waiter = seen.withLock { seen -> CheckedContinuation<Void, Never>? in
            seen.requests.append(request)
            guard let awaited = seen.awaited, seen.requests.count >= awaited.count else { return nil }
            seen.awaited = nil
            return awaited.waiter
        }
        waiter?.resume()
    }

    /// Serves while the body runs. Without TLS settings it speaks plain TCP.
    static func serving(
        _ script: Script, tls: TLSConfiguration?, _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        let holder = Holder()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    holder.server?.seen.withLock { $0.connections += 1 }
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(script: script, holder: holder))
                }
            }
            .bind(host: "localhost", port: 0).get()
        let server = ScriptedServer(channel: channel)
        holder.set(server)
        do { try await body(server) } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Holder: Sendable {
        private let box = Mutex<ScriptedServer?>(nil)
        var server: ScriptedServer? { box.withLock { $0 } }
        func set(_ server: ScriptedServer) { box.withLock { $0 = server } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let script: Script
        private let holder: Holder
        private var received: [UInt8] = []

        init(script: Script, holder: Holder) {
            self.script = script
            self.holder = holder
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
            if case .closeAfter(let bytes) = script, received.count >= bytes { return context.close(promise: nil) }
            if case .blurt(let text) = script { return write(text, context, close: true) }
            guard let end = BytePattern([0x0d, 0x0a, 0x0d, 0x0a]).first(in: received) else { return }
            if case .early(let text) = script {
                write(text, context, close: true)
                return
            }
            let head = String(decoding: received[..<end], as: UTF8.self).lowercased()
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            guard received.count >= end + 4 + length else { return }
            let request = received
            received = []
            holder.server?.note(request)
            switch script {
            case .answer(let text, let close): write(text, context, close: close)
            case .endless(let head):
                write(head, context, close: false)
                pour(context)
            case .drip(let text): drip(Array(text.utf8), context)
            case .closeAfter, .early, .blurt, .silent: break
            }
        }

        private func drip(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
            guard let first = bytes.first else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [first])), promise: nil)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(50)) {
                handler.value.drip(Array(bytes.dropFirst()), bound.value)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext, close: Bool) {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
                if close { bound.value.close(promise: nil) }
            }
        }

        private func pour(_ context: ChannelHandlerContext) {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0x20, count: 65_536))).whenSuccess {
                // A turn of the loop between pieces, or a quick peer would deepen the stack without end.
                handler.value.turn(bound)
            }
        }

        private func turn(_ bound: NIOLoopBound<ChannelHandlerContext>) {
            let handler = NIOLoopBound(self, eventLoop: bound.value.eventLoop)
            bound.value.eventLoop.execute { handler.value.pour(bound.value) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
