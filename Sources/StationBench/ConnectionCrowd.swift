import Foundation
package import StationAPI
import StationCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Clients that want nothing of a Unix socket but its attention: slow ones, of whose request a byte comes now and then, and
/// idle ones, which ask nothing. Who is cut comes again at once, for as long as the crowd is there.
package final class ConnectionCrowd: Sendable {
    /// What the crowd met.
    package struct Tally: Sendable {
        /// Most connections that stood at once, as far as the kernel let them: the daemon may not have looked at them.
        package var mostConnected = 0
        /// Connections that the other side ended.
        package var ended = 0
        /// Of these, with an answer that they are too many.
        package var refused = 0
    }

    private struct Client {
        let isSlow: Bool
        var descriptor: Int32 = -1
        var sent = 0
    }

    private struct State {
        var tally = Tally()
        var isOver = false
    }

    private let path: String
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// Sends the crowd in.
    package init(path: String, slow: Int, idle: Int) {
        self.path = path
        let clients =
            [Client](repeating: Client(isSlow: true), count: slow)
            + [Client](repeating: Client(isSlow: false), count: idle)
        Self.allowDescriptors(clients.count + 1_024)
        let thread = Thread { [self] in
            run(clients)
            ended.signal()
        }
        thread.name = "crowd"
        thread.start()
    }

    /// What it has met so far.
    package var tally: Tally { state.withLock(\.tally) }

    /// Sends the crowd home; its connections are closed when this returns.
    package func disperse() async {
        state.withLock { $0.isOver = true }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [ended] in
                ended.wait()
                continuation.resume()
            }
        }
    }

    /// How often each client does something: slower than any request, faster than any time limit.
    private static let pace: Int32 = 50
    private static let turns = 20
    private static let head = Array("GET /v1/status HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".utf8)

    private func run(_ crowd: [Client]) {
        var clients = crowd
        var tick = 0
        while !state.withLock(\.isOver) {
            var tally = state.withLock(\.tally)
            tick += 1
            for index in clients.indices {
                // Who finds no place at the door comes again within a second, not with every byte of the others: the
                // crowd must not be what keeps the processors busy.
                guard clients[index].descriptor >= 0 || index % Self.turns == tick % Self.turns else { continue }
                act(&clients[index], &tally)
            }
            tally.mostConnected = max(tally.mostConnected, clients.count { $0.descriptor >= 0 })
            let seen = tally
            state.withLock { $0.tally = seen }
            _ = poll(nil, 0, Self.pace)
        }
        for client in clients where client.descriptor >= 0 { close(client.descriptor) }
    }

    private func act(_ client: inout Client, _ tally: inout Tally) {
        guard client.descriptor >= 0 else {
            client.descriptor = Self.connected(to: path)
            client.sent = 0
            return
        }
        var answer = [UInt8](repeating: 0, count: 512)
        let count = recv(client.descriptor, &answer, answer.count, Int32(MSG_DONTWAIT))
        if count > 0, String(decoding: answer[..<count], as: UTF8.self).hasPrefix("HTTP/1.1 503") { tally.refused += 1 }
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR {
            close(client.descriptor)
            client.descriptor = -1
            tally.ended += 1
        } else if client.isSlow {
            var byte = client.sent < Self.head.count ? Self.head[client.sent] : UInt8(ascii: "a")
            let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
            if send(client.descriptor, &byte, 1, flags) == 1 { client.sent += 1 }
        }
    }

    /// A connection, or -1 where the queue of those who wait is full.
    private static func connected(to path: String) -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard descriptor >= 0, path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected != 0 else { return descriptor }
        close(descriptor)
        return -1
    }

    /// A thousand connections are more descriptors than a process has by default.
    private static func allowDescriptors(_ count: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(count) else {
            return
        }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension IntakeRun {
    /// A desk that has its connections before a crowd comes: one that listens, one that asks. It reads again and again.
    package struct Desk: Sendable {
        private let client: StationClient
        private let heard: AsyncStream<ReadReport>

        /// Reads once; returns the finished or failed read.
        package func read(reader: String, credential: ReadRequest.Credential) async throws -> ReadReport {
            let started = try await client.startRead(reader: reader, ReadRequest(credential: credential))
            for await read in heard where read.id == started.id { return read }
            throw Problem(.stationUnreachable, "the events ended")
        }

        fileprivate init(_ client: StationClient) async throws {
            self.client = client
            let events = try await client.events()
            let (heard, hears) = AsyncStream.makeStream(of: ReadReport.self)
            self.heard = heard
            // It ends with the daemon's stream, or when nobody listens to it any more.
            let listening = Task {
                defer { hears.finish() }
                for try await event in events {
                    if let read = event.read, read.state != .reading { hears.yield(read) }
                }
            }
            hears.onTermination = { _ in listening.cancel() }
            // From here on the connection that asks is kept.
            _ = try await client.status()
        }
    }

    /// Takes a place at the desk.
    package func desk() async throws -> Desk { try await Desk(client) }
}
