import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
package import StationCore
import Uplink

/// The reference upstream: HTTPS with TLS 1.3 and client certificates, an embedded store, signed receipts.
package struct UpstreamServer: Service {
    /// How it runs.
    package struct Options: Sendable {
        /// Address to listen on.
        package var host: String
        /// Port to listen on; 0 takes a free one.
        package var port: Int
        /// What a failed verification of card evidence means.
        package var evidencePolicy: EvidencePolicy
        /// Trust anchors for document signers, PEM; none leaves their trust undetermined.
        package var trustAnchorsPEM: [UInt8]?
        /// Misbehaviour on request.
        package var faults: FaultPlan

        /// Loopback, a free port, truthful.
        package init(
            host: String = "127.0.0.1",
            port: Int = 0,
            evidencePolicy: EvidencePolicy = .refuse,
            trustAnchorsPEM: [UInt8]? = nil,
            faults: FaultPlan = FaultPlan()
        ) {
            self.host = host
            self.port = port
            self.evidencePolicy = evidencePolicy
            self.trustAnchorsPEM = trustAnchorsPEM
            self.faults = faults
        }
    }

    private let directory: UpstreamDirectory
    private let options: Options
    private let clock: any StationClock
    private let random: any RandomSource
    private let logger: Logger
    private let onListening: @Sendable (_ host: String, _ port: Int) -> Void

    /// - Parameters:
    ///   - directory: as `UpstreamDirectory.initialize` made it.
    ///   - onListening: called once, when requests are taken.
    package init(
        directory: UpstreamDirectory,
        options: Options,
        clock: any StationClock = SystemClock(),
        random: any RandomSource = SystemRandomSource(),
        logger: Logger,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) -> Void
    ) {
        self.directory = directory
        self.options = options
        self.clock = clock
        self.random = random
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown. Throws what stops it: `instanceRunning`, `keyInvalid`, `diskWriteFailed`, …
    package func run() async throws {
        let lock = try DirectoryLock(path: directory.path)
        defer { lock.release() }
        let keys = try directory.keys()
        let registry = try directory.registry()
        let store = try UpstreamStore(path: directory.databasePath)
        let (storeFaults, faultReport) = AsyncStream.makeStream(of: Failure.self, bufferingPolicy: .bufferingOldest(1))
        let judge = ItemJudge(
            keys: keys,
            registry: registry,
            evidence: try CardEvidence(trustAnchorsPEM: options.trustAnchorsPEM),
            policy: options.evidencePolicy
        )
        let responder = UpstreamResponder(
            intake: BatchIntake(
                store: store,
                judge: judge,
                registry: registry,
                authority: keys.authority,
                clock: clock,
                random: random,
                faults: options.faults,
                logger: logger
            ),
            keys: keys,
            decisions: DecisionLog(directory),
            onStoreFault: { faultReport.yield($0) }
        )
        let channel = HTTP1Channel.Configuration(
            idleTimeout: .milliseconds(Limits.Upstream.idleDuration.wholeMilliseconds)
        )
        let application = Application(
            responder: responder,
            server: try .tls(.http1(configuration: channel), tlsConfiguration: try tlsConfiguration()),
            configuration: .init(
                address: .hostname(options.host, port: options.port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.Upstream.connections)
            ),
            onServerRunning: { [onListening, options] channel in
                onListening(options.host, channel.localAddress?.port ?? options.port)
            },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Failure?.self) { tasks in
            tasks.addTask {
                do {
                    try await application.run()
                } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
                    throw Failure(.portTaken, "\(options.host):\(options.port), errno \(error.errnoCode)")
                }
                return nil
            }
            tasks.addTask { await storeFaults.first { _ in true } }
            let ended = try await tasks.next() ?? nil
            tasks.cancelAll()
            if let ended { throw ended }
        }
        try store.close()
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(directory.file("server.pem"))
                    .map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: directory.file("server.key"), format: .pem))
            )
            configuration.minimumTLSVersion = .tlsv13
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(directory.file("ca.pem")))
            // A client's certificate is required and its chain verified; it has no host name to be compared.
            configuration.certificateVerification = .noHostnameVerification
            configuration.applicationProtocols = ["http/1.1"]
            return configuration
        } catch let error as NIOSSLError {
            throw Failure(.keyInvalid, "the server's certificate, key or CA: \(error)")
        }
    }
}
