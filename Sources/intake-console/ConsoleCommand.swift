import ArgumentParser
import ConsoleServer
import Foundation
import HostIntegration
import Logging
import ServiceLifecycle
import StationCore
import UnixSignals

/// `intake-console`: serves the operator's page on loopback.
@main
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-console",
        abstract: "Serves the operator's page on 127.0.0.1 and speaks to intaked through the operator socket.")

    @Option(help: "TCP port on 127.0.0.1.")
    var port = 8_420

    @Option(help: "Path of the daemon's operator socket.")
    var socket = "/run/intake-station/operator.sock"

    @Flag(help: "The desk has a camera, and the page may take the citizen's portrait with it.")
    var camera = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "intake-console")
        let server = ConsoleServer(
            configuration: .init(port: port, socketPath: socket, hasCamera: camera), clock: SystemClock(),
            logger: logger
        ) { port in
            FileHandle.standardOutput.write(Data("http://127.0.0.1:\(port)\n".utf8))
        }
        var configuration = ServiceGroupConfiguration(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Limits.Process.shutdownDuration
        do {
            // Portraits and personal data pass through it; a crash must not leave them on disk or in the log.
            try CoreDumps.forbid()
            try CoreDumps.endAtCrashSignals()
            try await ServiceGroup(configuration: configuration).run()
        } catch let failure as Failure {
            FileHandle.standardError.write(Data((failure.explanation + "\n").utf8))
            throw ExitCode.failure
        }
    }
}
