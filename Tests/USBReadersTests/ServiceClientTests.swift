import Foundation
import MockReaders
import StationCore
import Synchronization
import Testing

@testable import USBInventory

/// The daemon's side against a service on a real socket.
@Suite struct ServiceClientTests {
    private let device = USBDevice(
        port: USBPort("1-2")!, bus: 1, address: 5, vendor: USBNumber(0x072f), product: USBNumber(0x2200))

    @Test func `the inventory is followed over the service's end, and a reset is answered`() async throws {
        let service = try FakeService()
        let client = USBServiceClient(path: service.path, clock: ImpatientClock())
        let (told, continuation) = AsyncStream.makeStream(of: [USBDevice]?.self)
        let following = Task { await client.follow { continuation.yield($0) } }
        var inventories = told.makeAsyncIterator()

        let first = await service.accept()
        try first.say(USBMessage(devices: [device]))
        #expect(await inventories.next() == .some([device]))
        async let answer = client.reset(device.port)
        #expect(await first.hear() == "reset 1-2")
        try first.say(USBMessage(reset: ResetAnswer(port: USBPort("1-9"), outcome: .failed)))
        try first.say(USBMessage(reset: ResetAnswer(port: device.port, outcome: .done)))
        #expect(await answer.outcome == .done)

        first.end()
        #expect(await inventories.next() == .some(nil))
        let second = await service.accept()
        try second.say(USBMessage(devices: []))
        #expect(await inventories.next() == .some([]))
        following.cancel()
        await following.value
        #expect(await second.hear() == nil)
    }

    @Test(arguments: [(["--allow-reset"], ResetAnswer.Outcome.done), ([], .notAllowed)])
    func `the real service tells its readers, and resets one where it may`(
        arguments: [String], outcome: ResetAnswer.Outcome
    ) async throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "intake-usb").path
        let service = try MockUSBService(
            program: program, path: "/tmp/usb-\(UUID().uuidString.prefix(8)).sock",
            tree: MockReader.hub + MockReader(port: 2).description, arguments: arguments)
        defer { service.end() }
        let client = USBServiceClient(path: service.path, clock: SystemClock())
        let (told, continuation) = AsyncStream.makeStream(of: [USBDevice]?.self)
        let following = Task { await client.follow { continuation.yield($0) } }
        var inventories = told.makeAsyncIterator()
        #expect(await inventories.next()??.map(\.port) == [device.port])
        #expect(await client.reset(device.port).outcome == outcome)
        #expect(await client.reset(USBPort("1-1")!).outcome != .done)
        following.cancel()
        await following.value
    }

    @Test func `a service that goes away in the middle of a reset has failed`() async throws {
        let service = try FakeService()
        let client = USBServiceClient(path: service.path, clock: SystemClock())
        let following = Task { await client.follow { _ in } }
        let connection = await service.accept()
        async let answer = client.reset(device.port)
        #expect(await connection.hear() == "reset 1-2")
        #expect(await client.reset(USBPort("1-1")!).outcome == .failed)
        connection.end()
        #expect(await answer.outcome == .failed)
        following.cancel()
        await following.value
    }

    @Test(arguments: ["nonsense\n", "{\"devices\":1}\n", String(repeating: "x", count: 300_000)])
    func `a service that talks nonsense is left`(text: String) async throws {
        let service = try FakeService()
        let client = USBServiceClient(path: service.path, clock: SystemClock())
        let (told, continuation) = AsyncStream.makeStream(of: [USBDevice]?.self)
        let following = Task { await client.follow { continuation.yield($0) } }
        let connection = await service.accept()
        connection.say(Array(text.utf8))
        var inventories = told.makeAsyncIterator()
        #expect(await inventories.next() == .some(nil))
        following.cancel()
        await following.value
    }

    @Test func `without a service there are no facts and no reset`() async throws {
        let client = USBServiceClient(path: "/nonexistent/usb.sock", clock: SystemClock())
        let (told, continuation) = AsyncStream.makeStream(of: [USBDevice]?.self)
        let following = Task { await client.follow { continuation.yield($0) } }
        var inventories = told.makeAsyncIterator()
        #expect(await inventories.next() == .some(nil))
        #expect(await client.reset(device.port).outcome == .failed)
        following.cancel()
        await following.value
    }
}

/// A clock on which every wait is short.
private struct ImpatientClock: StationClock {
    var now: Timestamp { SystemClock().now }
    var elapsed: Duration { SystemClock().elapsed }
    var quality: ClockQuality { .unsynchronized }
    func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration > .seconds(10) ? duration : .milliseconds(10))
    }
}

/// A listening Unix socket in the place of `intake-usb`.
private final class FakeService: Sendable {
    let path: String
    private let listener: Int32
    private let worker = WorkerThread(name: "fake-usb")

    init() throws {
        path = "/tmp/usb-\(UUID().uuidString.prefix(8)).sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 4) == 0)
    }

    deinit {
        close(listener)
        unlink(path)
    }

    func accept() async -> Connection {
        let listener = listener
        return Connection(descriptor: await worker.run { Foundation.accept(listener, nil, nil) })
    }

    struct Connection {
        let descriptor: Int32
        private let ear = WorkerThread(name: "fake-usb-ear")

        init(descriptor: Int32) { self.descriptor = descriptor }

        func say(_ message: USBMessage) throws { say(try StrictJSON.encode(message) + [0x0a]) }
        func say(_ bytes: [UInt8]) { _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

        /// One line; nil at the end.
        func hear() async -> String? {
            await ear.run { [descriptor] in
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while recv(descriptor, &byte, 1, 0) == 1 {
                    if byte == 0x0a { return String(decoding: line, as: UTF8.self) }
                    line.append(byte)
                }
                return nil
            }
        }

        func end() { close(descriptor) }
    }
}
