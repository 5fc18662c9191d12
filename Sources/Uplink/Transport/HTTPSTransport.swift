import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import StationCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// HTTP/1.1 over TLS 1.3 with mutual authentication and a pinned private CA. Redirects are not followed, nothing is
/// decompressed, every reply is bounded in head, body and time.
package final class HTTPSTransport: Transport {
    private let base: UpstreamBase
    private let clock: any StationClock
    private let client: HTTPClient
    private let credentials: Mutex<TLSCredentials>

    /// Makes a transport; end it with `shutdown`.
    package init(base: UpstreamBase, credentials: TLSCredentials, clock: any StationClock) {
        self.base = base
        self.clock = clock
        self.credentials = Mutex(credentials)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(Limits.Uplink.connectDuration.wholeMilliseconds * 1_000_000)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        // The lane owns every retry; a hidden one would only hide the cause.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One for the lane, one for who follows decisions: the time to connect counts from the question, so that waiting for
        // the other's answer would be taken for a network that is slow.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2
        configuration.http1_1ConnectionDebugInitializer = { channel in
            // A link that died silently is known by bytes that nobody acknowledges, long before a reply is overdue.
            let unanswered = SocketOptionValue(Limits.Uplink.unansweredDuration.wholeMilliseconds)
            return channel.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)), value: unanswered)
                .flatMapError { _ in channel.eventLoop.makeSucceededVoidFuture() }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Replaces certificate, key and CA for every connection from now on.
    package func replaceCredentials(_ new: TLSCredentials) {
        credentials.withLock { $0 = new }
    }

    /// Closes the connections. To be called once, after the last `send`.
    ///
    /// A handshake under way cannot be recalled and may take its full time: it is left to end by itself, so that a
    /// silent peer does not hold up the daemon's end.
    package func shutdown() async {
        let closed = WakeSignal()
        client.shutdown { [client] _ in
            // Named here so that the client lives until it is shut down.
            _ = client
            closed.post(.flush)
        }
        try? await closed.wait(atMost: Limits.Uplink.closeDuration, clock: clock)
    }

    /// Sends a request and collects its reply, within the request's bounds of size and time.
    package func send(_ request: UpstreamRequest) async throws -> UpstreamReply {
        let quality = clock.quality
        let credentials = self.credentials.withLock { $0 }
        if let obstacle = credentials.obstacle(at: clock.now, quality: quality) { throw obstacle }
        let body = BodySequence(request.body, pieceBytes: request.pieceBytes)
        do {
            return try await withTimeLimit(request.duration) {
                try await self.exchange(request, body: body, credentials: credentials)
            }
        } catch {
            try Task.checkCancellation()
            throw FaultClassifier.fault(of: error, bodyBegan: body.began, quality: quality)
        }
    }

    private func exchange(
        _ request: UpstreamRequest, body: BodySequence, credentials: TLSCredentials
    ) async throws -> UpstreamReply {
        var message = HTTPClientRequest(url: base.url(request.path))
        message.method = HTTPMethod(rawValue: request.method)
        message.tlsConfiguration = credentials.configuration
        for field in request.fields { message.headers.add(name: field.name, value: field.value) }
        if request.size > 0 { message.body = .stream(body, length: .known(Int64(request.size))) }
        let deadline = NIODeadline.now() + .nanoseconds(request.duration.wholeMilliseconds * 1_000_000)
        let response = try await client.execute(message, deadline: deadline)
        let fields = response.headers.map { HeaderField($0.name, $0.value) }
        guard fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }) <= Limits.Uplink.replyHeadBytes
        else { throw TransportFault(.replyNotUpstream, mayHaveArrived: body.began, "the reply's head is too long") }
        var received: [UInt8] = []
        for try await part in response.body {
            guard received.count + part.readableBytes <= request.replyBodyBytes else {
                throw TransportFault(.replyNotUpstream, mayHaveArrived: body.began, "the reply's body is too long")
            }
            received.append(contentsOf: part.readableBytesView)
        }
        return UpstreamReply(status: Int(response.status.code), fields: fields, body: received)
    }

    private func withTimeLimit(
        _ duration: Duration, _ operation: @escaping @Sendable () async throws -> UpstreamReply
    ) async throws -> UpstreamReply {
        let clock = self.clock
        return try await withThrowingTaskGroup(of: UpstreamReply?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await clock.sleep(for: duration)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let reply = first else { throw HTTPClientError.deadlineExceeded }
            return reply
        }
    }
}

/// A request's body, read in pieces that fit a socket's buffer; knows whether reading began. The next piece is read when
/// the link has room for it.
private final class BodySequence: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let source: any BodySource
    private let pieceBytes: Int
    private let hasBegun = Atomic(false)

    init(_ source: any BodySource, pieceBytes: Int) {
        self.source = source
        self.pieceBytes = pieceBytes
    }

    var began: Bool { hasBegun.load(ordering: .acquiring) }

    func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    struct Iterator: AsyncIteratorProtocol {
        let sequence: BodySequence
        var index = 0
        var piece: [UInt8]?
        var offset = 0

        mutating func next() async throws -> ByteBuffer? {
            sequence.hasBegun.store(true, ordering: .releasing)
            var buffer = ByteBuffer()
            while buffer.readableBytes < sequence.pieceBytes {
                if piece == nil { piece = try await sequence.source.piece(index) }
                guard let bytes = piece else { break }
                let end = Swift.min(bytes.count, offset + sequence.pieceBytes - buffer.readableBytes)
                buffer.writeBytes(bytes[offset..<end])
                offset = end
                if offset == bytes.count {
                    index += 1
                    piece = nil
                    offset = 0
                }
            }
            return buffer.readableBytes == 0 ? nil : buffer
        }
    }
}
