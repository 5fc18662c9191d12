import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import StationAPI
package import StationCore

/// The operator's page and its gateway to the daemon.
///
/// A browser cannot open a Unix socket and the daemon opens no TCP port; this is the process in between. It listens on
/// 127.0.0.1 only, keeps in memory who is signed in and nothing else, and knows of the citizen only what passes through it.
package struct ConsoleServer: Service {
    /// Where it listens and where the daemon is.
    package struct Configuration: Sendable {
        /// TCP port on 127.0.0.1; 0 lets the system choose.
        package var port: Int
        /// The daemon's operator socket.
        package var socketPath: String
        /// Whether the desk has a camera that the page may use.
        package var hasCamera: Bool

        /// Makes a configuration.
        package init(
            port: Int = 8_420, socketPath: String = "/run/intake-station/operator.sock", hasCamera: Bool = false
        ) {
            self.port = port
            self.socketPath = socketPath
            self.hasCamera = hasCamera
        }
    }

    private let port: Int
    private let application: Application<ConsoleResponder>

    /// - Parameters:
    ///   - clock: paces the keep-alive of event streams and the idle time of sessions.
    ///   - random: makes the ids of sessions.
    ///   - onListening: called once with the port.
    package init(
        configuration: Configuration, clock: any StationClock,
        random: any RandomSource = SystemRandomSource(), logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        port = configuration.port
        let gateway = StationGateway(
            socketPath: configuration.socketPath, sessions: ConsoleSessions(clock: clock, random: random),
            relay: EventRelay(clock: clock))
        let heads = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Limits.Local.headBytes, maxHeaderListSize: Limits.Local.headBytes)
        application = Application(
            responder: ConsoleResponder(gateway: gateway, hasCamera: configuration.hasCamera),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Limits.Local.idleConnectionSeconds), httpDecoderConfiguration: heads)),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.Local.connections, logger: logger)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
    }

    /// Serves until graceful shutdown. Throws `portTaken` when it cannot listen.
    package func run() async throws {
        do { try await application.run() } catch let error as IOError where Self.isRefusedPort(error) {
            throw Failure(.portTaken, "127.0.0.1:\(port), errno \(error.errnoCode)")
        }
    }

    private static func isRefusedPort(_ error: IOError) -> Bool {
        [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode)
    }
}
