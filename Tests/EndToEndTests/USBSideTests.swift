import Foundation
import MockReaders
import StationAPI
import StationBench
import StationCore
import Testing

/// The daemon with the real `intake-usb` on a tree of umockdev, handed over as systemd does it.
@Suite(.serialized) struct USBSideTests {
    @Test func whatIsPluggedInAndNotServedIsNamedWithItsRemedy() async throws {
        try await withStation { station, run, _ in
            await station.stopDaemon()
            let reader = MockReader(port: 3, serial: "ACR-1", driver: "pn533_usb")
            let service = try USBService(
                path: station.layout.runtime + "/usb.sock", tree: MockReader.hub + reader.description,
                directory: station.layout.root)
            defer { service.end() }
            try await station.startDaemon(environment: ["LOCAL_USB_SOCKET": service.path])
            try await run.waitForReaders { $0.notServed?.isEmpty == false }
            let list = try await station.client.readers()
            let unserved = try #require(list.notServed?.first)
            #expect(unserved.usb.port == "1-3" && unserved.usb.serial == "ACR-1" && unserved.usb.vendor == "072f")
            #expect(unserved.problem.code == FailureCode.readerKernelDriver.rawValue)
            // The virtual readers are there as before; none of them is on the tree.
            #expect(list.readers.contains { $0.name == station.readerName && $0.usb == nil })
            let told = try await station.control(["readers"]).output.joined(separator: "\n")
            #expect(told.contains("1-3  072f:2200  ACR-1") && told.contains("blacklist pn533_usb"), "\(told)")
            let json = try await station.control(["readers", "--json"]).output.joined()
            #expect(json.contains(#""code":"reader-kernel-driver""#), "\(json)")
        }
    }
}

/// What systemd does for `intake-usb.socket`: each connection becomes the standard streams of a process of its own.
private final class USBService: Sendable {
    let path: String
    private let listener: Int32

    init(path: String, tree: String, directory: String) throws {
        self.path = path
        let description = directory + "/tree.umockdev"
        try Data(tree.utf8).write(to: URL(fileURLWithPath: description))
        let program = try BuiltExecutables.path("intake-usb")
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
        Thread { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let stream = FileHandle(fileDescriptor: connection, closeOnDealloc: true)
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/umockdev-run")
                process.arguments = ["-d", description, "--", program, "--allow-reset"]
                process.standardInput = stream
                process.standardOutput = stream
                guard (try? process.run()) != nil else { return }
            }
        }.start()
    }

    /// Ends the service; its processes end with their connections.
    func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
