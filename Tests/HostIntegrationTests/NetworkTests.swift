import CHost
import Foundation
import StationCore
import Synchronization
import Testing

@testable import HostIntegration

@Suite struct LinkNewsTests {
    private static func message(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
        let length = UInt32(16 + body.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + [UInt8(type & 0xff), UInt8(type >> 8)]
            + [UInt8](repeating: 0, count: 10) + body
    }

    private static func link(_ flags: UInt32) -> [UInt8] {
        message(
            16, [UInt8](repeating: 0, count: 8) + withUnsafeBytes(of: flags.littleEndian) { Array($0) } + [0, 0, 0, 0])
    }
    private static func address(scope: UInt8) -> [UInt8] { message(20, [2, 24, 0, scope, 1, 0, 0, 0]) }
    private static func route(table: UInt8, type: UInt8, flags: UInt32 = 0) -> [UInt8] {
        message(24, [2, 0, 0, 0, table, 3, 0, type] + withUnsafeBytes(of: flags.littleEndian) { Array($0) })
    }

    @Test func `a running link, a reachable address and a route out are ways out`() {
        #expect(LinkNews.tellsOfWayOut(Self.link(0x1043)))
        #expect(LinkNews.tellsOfWayOut(Self.address(scope: 0)))
        #expect(LinkNews.tellsOfWayOut(Self.route(table: 254, type: 1)))
        #expect(LinkNews.tellsOfWayOut(Self.link(0x1003) + Self.route(table: 254, type: 1)), "any of a datagram's")
    }

    @Test func `loopback, links without carrier, near addresses, local routes and what goes away are none`() {
        for datagram in [
            Self.link(0x49), Self.link(0x1003), Self.address(scope: 253), Self.address(scope: 254),
            Self.route(table: 255, type: 1), Self.route(table: 254, type: 2),
            Self.route(table: 254, type: 1, flags: 0x200),
            Self.message(17, [UInt8](repeating: 0xff, count: 16)), Self.message(21, [2, 24, 0, 0, 1, 0, 0, 0]),
            Self.message(25, [UInt8](repeating: 0xff, count: 12)),
        ] { #expect(!LinkNews.tellsOfWayOut(datagram), "\(datagram)") }
    }

    @Test func `what the kernel does not write is no news and no trap`() {
        var random = SystemRandomNumberGenerator()
        let sound = Self.link(0x1003) + Self.address(scope: 254) + Self.route(table: 255, type: 1)
        for length in 0..<sound.count { #expect(!LinkNews.tellsOfWayOut(Array(sound.prefix(length)))) }
        for _ in 0..<20_000 {
            var bytes = sound
            for _ in 0..<4 { bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255) }
            _ = LinkNews.tellsOfWayOut(bytes)
        }
    }
}

@Suite struct DefaultRouteTests {
    @Test func `the preferred default route comes first, and only default routes count`() {
        let table = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            wwan0\t00000000\t0100000A\t0003\t0\t0\t700\t00000000\t0\t0\t0
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
            down0\t00000000\t0101A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0
            nonsense
            """
        #expect(DefaultRoute.interfaces(inIPv4: table) == ["eth0", "wwan0"])
        #expect(DefaultRoute.interfaces(inIPv4: "").isEmpty)
    }

    @Test func `IPv6 alone is seen, without the reject route of loopback`() {
        let zero = String(repeating: "0", count: 32)
        let table = """
            \(zero) 00 \(zero) 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 wlan0
            \(zero) 00 \(zero) 00 \(zero) ffffffff 00000001 00000000 00200200       lo
            fe800000000000000000000000000000 40 \(zero) 00 \(zero) 00000100 00000001 00000000 00000001     eth0
            """
        #expect(DefaultRoute.interfaces(inIPv6: table) == ["wlan0"])
    }

    @Test func `this host's own tables are read`() { _ = DefaultRoute.interfaces() }
}

/// In a network namespace of its own: nothing of the machine is touched, and nothing of it is heard.
@Suite(
    .enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/ip")),
    .timeLimit(.minutes(5)))
struct NetworkWatchTests {
    /// The watch, made inside a new network namespace, and what runs `ip` inside it. The thread that is there serves until
    /// the end of the test.
    private final class Inside: Sendable {
        private let jobs = Mutex<[@Sendable () -> Void]>([])
        private let semaphore = DispatchSemaphore(value: 0)

        init() {
            Thread { [self] in
                guard chost_enter_new_network() == 0 else {
                    Issue.record("unshare: \(errno)")
                    return
                }
                while true {
                    semaphore.wait()
                    let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                    guard let job else { return }
                    job()
                }
            }.start()
        }

        func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
            try await withCheckedThrowingContinuation { continuation in
                jobs.withLock { $0.append { continuation.resume(with: Result { try work() }) } }
                semaphore.signal()
            }
        }

        func ip(_ arguments: String...) async throws {
            let status = try await run {
                // Started by this thread, so inside its namespace.
                var pid = pid_t()
                let words = (["ip"] + arguments).map { strdup($0) } + [nil]
                defer { words.forEach { free($0) } }
                guard posix_spawn(&pid, "/usr/sbin/ip", nil, nil, words, environ) == 0 else { return Int32(-1) }
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
                return status
            }
            #expect(status == 0, "ip \(arguments)")
        }

        func end() { semaphore.signal() }
    }

    @Test func `a link that comes up is heard, one that goes down is not`() async throws {
        let inside = Inside()
        let watch = try await inside.run { () throws(Failure) in try NetworkWatch() }
        let heard = Mutex(0)
        let listener = Task {
            for await _ in watch.changes() { heard.withLock { $0 += 1 } }
        }
        try await inside.ip("link", "add", "market0", "type", "veth", "peer", "name", "market1")
        try await inside.ip("link", "set", "lo", "up")
        try await Task.sleep(for: .milliseconds(200))
        #expect(heard.withLock { $0 } == 0, "a link that is down, and loopback, lead nowhere")

        try await inside.ip("link", "set", "market1", "up")
        try await inside.ip("link", "set", "market0", "up")
        try await inside.ip("address", "add", "192.0.2.7/24", "dev", "market0")
        try await inside.ip("route", "add", "default", "via", "192.0.2.1")
        while heard.withLock({ $0 == 0 }) { try await Task.sleep(for: .milliseconds(5)) }

        try await Task.sleep(for: .milliseconds(200))
        let before = heard.withLock { $0 }
        try await inside.ip("link", "set", "market0", "down")
        try await Task.sleep(for: .milliseconds(200))
        #expect(heard.withLock { $0 } == before, "what goes away is no way out")

        watch.stop()
        await listener.value
        inside.end()
    }
}
