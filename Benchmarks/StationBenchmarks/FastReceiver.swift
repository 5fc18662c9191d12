import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import StationCore
import Synchronization
import Uplink
import UpstreamServer

/// A receiver of the contract that only does what no receiver can leave out: it ends TLS, reads the manifest, and signs a
/// receipt for each item. It opens nothing and stores nothing, so that what is measured is who sends. What other
/// forwarders post to other paths it counts.
final class FastReceiver: Sendable {
    /// One request, as it is sent again by others.
    struct Batch: Sendable {
        let items: Int
        let fields: [(String, String)]
        /// Nil beyond the bytes that are kept.
        let body: ByteBuffer?
        let began: ContinuousClock.Instant
        let ended: ContinuousClock.Instant
    }

    struct State: Sendable {
        var batches: [Batch] = []
        var keptBytes = 0
        var waiters: [(count: Int, outcome: StationCore.Outcome<Bool>)] = []
        var items: Int { batches.reduce(0) { $0 + $1.items } }
    }

    /// Bodies are kept up to this much.
    static let keptBytes = 400_000_000

    let port: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let state: ReceiverState

    /// - Parameter upstream: the reference upstream's directory, of which certificates and keys are used.
    init(upstream: String, port: Int) async throws {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(upstream + "/server.pem").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: upstream + "/server.key", format: .pem)))
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(upstream + "/ca.pem"))
        tls.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: tls)
        let keys = try UpstreamDirectory(upstream).keys()
        let state = ReceiverState(authority: keys.authority, keys: try StrictJSON.encode(keys.published))
        self.state = state
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ReceiverHandler(state: state))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = channel.localAddress?.port ?? port
    }

    /// Waits until so many items have come in all, or until nothing has for a while; returns what came.
    func batches(items: Int, quietFor: Duration = .seconds(15)) async -> [Batch] {
        var last = -1
        while true {
            let now = state.value.withLock { $0.items }
            if now >= items || now == last { return state.value.withLock { $0.batches } }
            last = now
            let outcome = StationCore.Outcome<Bool>()
            state.value.withLock { state in
                if state.items >= items { outcome.settle(true) } else { state.waiters.append((items, outcome)) }
            }
            let timer = Task {
                try? await Task.sleep(for: quietFor)
                outcome.settle(false)
            }
            _ = await outcome.value
            timer.cancel()
        }
    }

    /// Forgets what came.
    func forget() {
        state.value.withLock { state in
            state.batches = []
            state.keptBytes = 0
        }
    }

    func stop() async {
        try? await channel.close()
        try? await group.shutdownGracefully()
    }
}

final class ReceiverState: Sendable {
    let value = Mutex(FastReceiver.State())
    let authority: AuthoritySigningKey
    let keys: [UInt8]

    init(authority: AuthoritySigningKey, keys: [UInt8]) {
        self.authority = authority
        self.keys = keys
    }

    func note(_ batch: FastReceiver.Batch) {
        value.withLock { state in
            var batch = batch
            let size = batch.body?.readableBytes ?? 0
            if state.keptBytes + size > FastReceiver.keptBytes {
                batch = .init(
                    items: batch.items, fields: batch.fields, body: nil, began: batch.began, ended: batch.ended)
            } else {
                state.keptBytes += size
            }
            state.batches.append(batch)
            let items = state.items
            for waiter in state.waiters where items >= waiter.count { waiter.outcome.settle(true) }
            state.waiters.removeAll { items >= $0.count }
        }
    }
}

/// One connection.
private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: ReceiverState
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var began = ContinuousClock.now

    init(state: ReceiverState) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            began = .now
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            body = context.channel.allocator.buffer(capacity: length)
        case .body(var part): body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let (answer, items) = (try? self.answer(to: head)) ?? (Array("{}".utf8), 0)
            var headers = HTTPHeaders()
            headers.add(name: "content-type", value: "application/json")
            headers.add(name: "content-length", value: "\(answer.count)")
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if items > 0 {
                let fields = head.headers.filter {
                    ["intake-batch-id", "content-digest", "content-type"].contains($0.name.lowercased())
                }
                state.note(
                    .init(
                        items: items, fields: fields.map { ($0.name, $0.value) },
                        body: head.uri == "/v1/intake/batches" ? body : nil, began: began, ended: .now))
            }
        }
    }

    private func answer(to head: HTTPRequestHead) throws -> ([UInt8], Int) {
        switch head.uri.prefix(while: { $0 != "?" }) {
        case "/v1/intake/keys": return (state.keys, 0)
        case "/v1/intake/batches":
            let manifest = try StrictJSON.decode(BatchManifest.self, from: manifestBytes())
            let now = SystemClock().now
            let results = try manifest.items.map { item in
                ItemResult(
                    itemId: item.itemId, outcome: .accepted, sha256: item.sha256,
                    receipt: try Receipt(
                        receiptId: WireName("r-\(item.itemId.text)") ?? item.keyId, verdict: .accepted,
                        stationId: item.stationId, itemId: item.itemId, sha256: item.sha256, receivedAt: now,
                        key: state.authority))
            }
            return (
                try StrictJSON.encode(BatchAnswer(batchId: manifest.batchId, receivedAt: now, results: results)),
                results.count
            )
        case "/_bulk":
            // What omelasticsearch asks of a bulk request: a line of action and a line of data each.
            let lines = body.readableBytesView.count { $0 == UInt8(ascii: "\n") }
            return (Array(#"{"took":1,"errors":false,"items":[]}"#.utf8), lines / 2)
        case "/sink":
            let lines = body.readableBytesView.count { $0 == UInt8(ascii: "\n") }
            return (Array("{}".utf8), max(1, lines + (body.readableBytesView.last == UInt8(ascii: "\n") ? 0 : 1)))
        default: return (Array(#"{"version":{"number":"7.0.0"}}"#.utf8), 0)
        }
    }

    private func manifestBytes() -> [UInt8] {
        let start = Array(body.getBytes(at: body.readerIndex, length: min(512, body.readableBytes)) ?? [])
        let blank = Data(start).range(of: Data("\r\n\r\n".utf8))?.upperBound ?? 0
        let rest = body.readableBytes - blank
        let view =
            body.getBytes(at: body.readerIndex + blank, length: min(rest, Limits.Uplink.manifestBytes + 512)) ?? []
        // Its JSON has no line feed of its own.
        return Array(view.prefix { $0 != UInt8(ascii: "\r") })
    }
}
