import Dispatch
import FakeStation
import NIOCore
import NIOPosix
import StationAPI
import Synchronization

@testable import LocalServer

#if canImport(Glibc)
import Glibc
#endif

/// Connects to a Unix socket below HTTP. The connection's end may come as a reset and is no failure.
func withRawConnection(
    to path: String,
    _ body:
        @Sendable (
            NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Void
) async throws {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    try? await channel.executeThenClose { try await body($0, $1) }
}

/// The operators' socket of a scripted station.
func withLocalServer(
    _ change: (inout ConnectionPatience) -> Void = { _ in },
    _ body: @Sendable (StationClient, ScriptedControl, String) async throws -> Void
) async throws {
    let path = "/tmp/local-server-\(UInt64.random(in: 0 ... .max)).sock"
    defer { unlink(path) }
    let control = ScriptedControl()
    var patience = ConnectionPatience()
    change(&patience)
    try await serving(.operators(control), at: path, patience: patience) {
        try await body(
            StationClient(socketPath: path, session: ClientSession(token: ScriptedControl.token)), control, path)
    }
}

/// Sends a beginning and then a piece again and again, as fast as the socket takes it, until the server hangs up.
/// - Returns: the bytes that the socket took, and all that came back.
func sendWithoutEnd(_ beginning: String, piece: String, to path: String) async -> (sent: Int, answer: String) {
    await withCheckedContinuation { continuation in
        // The calls block: that is what makes it as fast as can be.
        DispatchQueue.global().async { continuation.resume(returning: blockingExchange(beginning, piece, path)) }
    }
}

/// A connected descriptor, to be closed by the caller; nil where nobody listens.
func connectedDescriptor(to path: String) -> CInt? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
    if isConnected { return descriptor }
    close(descriptor)
    return nil
}

private func blockingExchange(_ beginning: String, _ piece: String, _ path: String) -> (sent: Int, answer: String) {
    guard let descriptor = connectedDescriptor(to: path) else { return (0, "") }
    defer { close(descriptor) }
    var sent = 0
    var next = Array(beginning.utf8)
    while true {
        let count = send(descriptor, next, next.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { break }
        sent += count
        next = Array(piece.utf8)
    }
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &part, part.count, 0)
        // A server that hangs up on what it has not read resets the connection once its answer was read.
        guard count > 0 else { return (sent, String(decoding: answer, as: UTF8.self)) }
        answer += part[..<count]
    }
}

/// Text that came in pieces.
final class Collected: Sendable {
    private let pieces = Mutex("")

    var text: String { pieces.withLock { $0 } }

    func append(_ piece: String) { pieces.withLock { $0 += piece } }
}

/// How much.
final class Counter: Sendable {
    private let sum = Mutex(0)

    var total: Int { sum.withLock { $0 } }

    func add(_ count: Int) { sum.withLock { $0 += count } }
}
