import Foundation
import Logging
import Synchronization
import Testing

@testable import LocalServer

/// How a server ends while clients go on coming.
@Suite(.timeLimit(.minutes(5))) struct EndingTests {
    /// A connection that was accepted and never handed over ends the whole process with a trap.
    @Test func aServerThatIsCancelledWhileConnectionsComeEndsAndNothingElse() async throws {
        for _ in 0..<30 {
            let path = "/tmp/local-server-\(UInt64.random(in: 0 ... .max)).sock"
            defer { unlink(path) }
            let (crowd, came) = AsyncStream<Void>.makeStream()
            let server = try LocalServer(
                .operators(ScriptedControl()), socketPath: path, group: nil, logger: Logger(label: "ending")
            ) {
                for _ in 0..<4 {
                    Thread.detachNewThread {
                        var connections = 0
                        while let descriptor = connectedDescriptor(to: path) {
                            close(descriptor)
                            connections += 1
                            if connections == 50 { came.yield() }
                        }
                        came.yield()
                    }
                }
            }
            let serving = Task { try await server.run() }
            _ = await crowd.first { true }
            serving.cancel()
            _ = await serving.result
        }
    }
}
