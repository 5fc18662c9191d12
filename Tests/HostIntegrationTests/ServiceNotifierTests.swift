import Foundation
import StationCore
import Testing

@testable import HostIntegration

@Suite(.timeLimit(.minutes(5))) struct ServiceNotifierTests {
    @Test(arguments: ["/tmp/in-\(UUID().uuidString)", "@intake-test-\(UUID().uuidString)"])
    func `messages reach the manager's socket, by path and by abstract name`(name: String) throws {
        let manager = try Manager(name)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": name])
        #expect(notifier.isSupervised)
        #expect(notifier.ready(status: "0 waiting"))
        #expect(manager.receive() == "READY=1\nSTATUS=0 waiting")
        #expect(notifier.status("2 waiting\nREADY=0\r\nX"))
        #expect(manager.receive() == "STATUS=2 waiting READY=0 X")
        #expect(notifier.watchdog())
        #expect(manager.receive() == "WATCHDOG=1")
        #expect(notifier.stopping(status: "bye"))
        #expect(manager.receive() == "STOPPING=1\nSTATUS=bye")
    }

    @Test(arguments: ["", "relative", "@", "/", "/\(String(repeating: "x", count: 120))"])
    func `without a usable socket nothing is sent and nothing fails`(name: String) {
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": name])
        #expect(!notifier.isSupervised)
        #expect(!notifier.ready(status: "x"))
    }

    @Test func `a manager that is gone is not waited for`() {
        #expect(!ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]).watchdog())
        #expect(!ServiceNotifier(environment: [:]).watchdog())
    }

    @Test func `the watchdog is fed at half its time, by the process it watches`() {
        func interval(_ environment: [String: String]) -> Duration? {
            ServiceNotifier(environment: environment).watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "-5"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(interval([:]) == nil)
    }
}

/// The service manager's end.
private final class Manager {
    private let descriptor: Int32
    private let path: String?

    init(_ name: String) throws {
        let address = try #require(SocketAddress(notifySocket: name))
        path = name.hasPrefix("/") ? name : nil
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let bound = address.withPointer { bind(descriptor, $0, $1) }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}
