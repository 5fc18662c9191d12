import ConsoleServer
import FakeStation
import Foundation
import Logging
import StationCore

/// A fake station on its Unix socket and the console in front of it, for the time of one test.
struct Bench: Sendable {
    let station: FakeStation
    let port: Int
    let socketPath: String

    /// Runs the body against both; ends them afterwards, whatever happened.
    /// - Parameter daemon: false leaves the socket without anybody behind it.
    static func run(daemon: Bool = true, _ body: @Sendable (Bench) async throws -> Void) async throws {
        let socket = FileManager.default.temporaryDirectory.appendingPathComponent("c-\(UUID().uuidString).sock").path
        defer { try? FileManager.default.removeItem(atPath: socket) }
        let station = FakeStation()
        station.change { $0.shift = Scene.shift() }
        guard daemon else { return try await serve(station, socket, body) }
        try await station.serve(at: socket) { try await serve(station, socket, body) }
    }

    private static func serve(
        _ station: FakeStation, _ socket: String, _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let console = ConsoleServer(
            configuration: .init(port: 0, socketPath: socket, hasCamera: true), clock: SystemClock(), logger: quiet
        ) { found.yield($0) }
        try await running(logger: quiet, { try await console.run() }) {
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            try await body(Bench(station: station, port: port, socketPath: socket))
        }
    }

    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
