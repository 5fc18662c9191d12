import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
package import StationCore

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
    package var operations: Set<String> { Set(router().routes.map { "\($0.method) \($0.path)" }) }

    /// The routes behind what refuses strangers and names what goes wrong.
    func router() -> Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        router.addMiddleware {
            ProblemMiddleware()
            LocalOnlyMiddleware()
        }
        switch self {
        case .operators(let control): OperatorRoutes(control: control).add(to: router)
        case .administrators(let control): AdministratorRoutes(control: control).add(to: router)
        }
        return router
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

    /// - Parameters:
    ///   - surface: whose socket this is.
    ///   - socketPath: where to listen; at most 107 bytes.
    ///   - group: name of the group that may connect; nil leaves the socket to its owner.
    ///   - onRunning: called once the socket takes connections.
    /// - Throws: `configurationInvalid` for an unknown group or a path that is too long.
    package init(
        _ surface: SocketSurface, socketPath: String, group: String?, logger: Logger,
        onRunning: @escaping @Sendable () async -> Void
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
        self.socketPath = socketPath
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the graceful shutdown or cancellation.
    package func run() async throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = Limits.Local.headBytes
        decoder.maxHeaderListSize = Limits.Local.headBytes
        decoder.maxHeaderFieldCount = Limits.Local.headFields
        let application = Application(
            responder: surface.router().buildResponder(),
            server: .http1(configuration: .init(httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: .unixDomainSocket(path: socketPath), serverName: nil,
                availableConnectionsDelegate: .maximum(Limits.Local.connections, logger: logger)),
            onServerRunning: { _ in
                openToGroup()
                await onRunning()
            },
            eventLoopGroupProvider: .shared(threads), logger: logger)
        // Nothing that a route calls may block: cards, disk and decoder have threads or processes of their own.
        do {
            try await withTaskExecutorPreference(EventLoopExecutor(threads.next())) { try await application.run() }
        } catch {
            try? await threads.shutdownGracefully()
            throw error
        }
        try await threads.shutdownGracefully()
    }

    private func openToGroup() {
        guard let group else { return }
        guard chown(socketPath, uid_t.max, group) == 0, chmod(socketPath, 0o660) == 0 else {
            logger.critical("cannot give the socket to its group", metadata: ["errno": "\(errno)"])
            return
        }
    }
}
