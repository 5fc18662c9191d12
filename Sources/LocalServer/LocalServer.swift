import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
package import StationCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Which verbs a socket has.
package enum SocketSurface: Sendable {
    /// Taking people in.
    case operators(any StationControl)
    /// Everything that is not for every operator.
    case administrators(any AdministrationControl)

    /// Every method and path that the socket has, such as `GET /v1/reads/{id}`.
    package var operations: Set<String> { Set(bareRouter.routes.map { "\($0.method) \($0.path)" }) }

    /// The words of `GET /v1`: which parts of the API the socket has.
    package var features: [String] {
        switch self {
        case .operators: Features.operators
        case .administrators: Features.administrators
        }
    }

    /// The routes behind what refuses strangers and names what goes wrong.
    func router(_ allowance: PeerAllowance) -> Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        let table = RouteTable(bareRouter)
        router.addMiddleware {
            ProblemMiddleware(table: table)
            LocalOnlyMiddleware()
            RateMiddleware(allowance: allowance)
        }
        addRoutes(to: router)
        return router
    }

    private var bareRouter: Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        addRoutes(to: router)
        return router
    }

    private func addRoutes(to router: Router<PeerContext>) {
        router.get("/v1/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.station_yaml)))
        }
        switch self {
        case .operators(let control): OperatorRoutes(control: control).add(to: router)
        case .administrators(let control): AdministratorRoutes(control: control).add(to: router)
        }
    }
}

/// The socket API on one Unix socket.
///
/// The socket is bound while the process's umask is 0177, so nobody else can connect before group and mode are set; the
/// caller holds the instance lock, because binding removes whatever socket stands at the path.
package struct LocalServer {
    private let surface: SocketSurface
    private let socketPath: String
    private let group: gid_t?
    private let logger: Logger
    private let onRunning: @Sendable () async -> Void
    private let allowance: PeerAllowance
    private let patience: ConnectionPatience

    /// - Parameters:
    ///   - surface: whose socket this is.
    ///   - socketPath: where to listen; at most 107 bytes.
    ///   - group: name of the group that may connect; nil leaves the socket to its owner.
    ///   - patience: how long slow clients are borne; only tests have another one than the product's.
    ///   - onRunning: called once the socket takes connections.
    /// - Throws: `configurationInvalid` for an unknown group or a path that is too long.
    package init(
        _ surface: SocketSurface, socketPath: String, group: String?, logger: Logger,
        patience: ConnectionPatience = ConnectionPatience(), onRunning: @escaping @Sendable () async -> Void
    ) throws(Failure) {
        guard (1...107).contains(socketPath.utf8.count) else {
            throw Failure(.configurationInvalid, "socket path over 107 bytes")
        }
        if let group {
            guard let entry = getgrnam(group) else {
                throw Failure(.configurationInvalid, "there is no group \(group)")
            }
            self.group = entry.pointee.gr_gid
        } else {
            self.group = nil
        }
        self.surface = surface
        self.patience = patience
        allowance = PeerAllowance(
            connections: patience.connections, burst: patience.requestsAtOnce,
            perSecond: patience.requestsPerSecond, clock: SystemClock())
        self.socketPath = socketPath
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the graceful shutdown or cancellation.
    package func run() async throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let allowance = allowance
        let patience = patience
        let listening = Mutex<(any Channel)?>(nil)
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = Limits.Local.headBytes
        decoder.maxHeaderListSize = Limits.Local.headBytes
        decoder.maxHeaderFieldCount = Limits.Local.headFields
        let application = Application(
            responder: surface.router(allowance).buildResponder(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionWatch(patience, allowance)],
                    idleTimeout: TimeAmount(patience.idle), httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: .unixDomainSocket(path: socketPath), serverName: nil,
                availableConnectionsDelegate: .maximum(Limits.Local.connections, logger: logger)),
            onServerRunning: { listener in
                listening.withLock { $0 = listener }
                openToGroup()
                await onRunning()
            },
            eventLoopGroupProvider: .shared(threads), logger: logger)
        // Nothing that a route calls may block: cards, disk and decoder have threads or processes of their own.
        do {
            try await Self.run(application, on: EventLoopExecutor(threads.next())) { listening.withLock { $0 } }
        } catch {
            try? await threads.shutdownGracefully()
            throw error
        }
        try await threads.shutdownGracefully()
    }

    /// Runs the application; a cancellation reaches it only when no connection is being accepted any more: one that was
    /// taken from the kernel and not yet handed to anybody would trap (NIOAsyncWriter).
    private static func run(
        _ application: some ApplicationProtocol, on executor: EventLoopExecutor,
        listening: @escaping @Sendable () -> (any Channel)?
    ) async throws {
        let serving = Task(executorPreference: executor) { try await application.run() }
        let ending = Mutex<Task<Void, Never>?>(nil)
        let result = await withTaskCancellationHandler {
            await serving.result
        } onCancel: {
            let task = Task {
                if let listener = listening() {
                    try? await listener.setOption(.autoRead, value: false).get()
                    // The loop's turns in which what was accepted before is registered and handed over.
                    for _ in 0..<4 { try? await listener.eventLoop.submit {}.get() }
                }
                serving.cancel()
            }
            ending.withLock { $0 = task }
        }
        // The loop is the caller's to shut down: not under its turns.
        await ending.withLock { $0 }?.value
        try result.get()
    }

    private func openToGroup() {
        guard let group else { return }
        guard chown(socketPath, uid_t.max, group) == 0, chmod(socketPath, 0o660) == 0 else {
            logger.critical("cannot give the socket to its group", metadata: ["errno": "\(errno)"])
            return
        }
    }
}
