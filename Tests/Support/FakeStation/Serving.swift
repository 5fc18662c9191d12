package import LocalServer
package import Logging
import ServiceLifecycle

/// Serves a socket while the body runs.
package func serving(
    _ surface: SocketSurface, at socketPath: String, patience: ConnectionPatience = ConnectionPatience(),
    _ body: () async throws -> Void
) async throws {
    var logger = Logger(label: "fake-station")
    logger.logLevel = .critical
    let (ready, tell) = AsyncStream.makeStream(of: Void.self)
    let server = try LocalServer(surface, socketPath: socketPath, group: nil, logger: logger, patience: patience) {
        tell.yield()
    }
    try await running(logger: logger, { try await server.run() }) {
        _ = await ready.first { true }
        try await body()
    }
}

/// Runs a server while the body runs.
///
/// It is stopped as the product's processes are: a server that is cancelled while a connection is being accepted traps.
package func running(
    logger: Logger, _ server: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Void
) async throws {
    var configuration = ServiceGroupConfiguration(services: [.init(service: Serving(serve: server))], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(5)
    let services = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await services.triggerGracefulShutdown()
        while (try? await group.next()) != nil {}
        try outcome.get()
    }
}

private struct Serving: Service {
    let serve: @Sendable () async throws -> Void
    func run() async throws { try await serve() }
}
