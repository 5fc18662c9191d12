import Foundation
package import StationCore

/// The real `intake-usb` on a tree of umockdev, handed over as systemd does it for `intake-usb.socket`: each connection
/// becomes the standard streams of a process of its own.
package final class MockUSBService: Sendable {
    /// The socket.
    package let path: String
    private let description: String
    private let listener: Int32

    /// - Parameters:
    ///   - program: `intake-usb`.
    ///   - path: where to listen; the tree's description lies beside it.
    ///   - tree: devices in umockdev's format.
    package init(
        program: String, path: String, tree: String, arguments: [String] = ["--allow-reset"]
    ) throws(Failure) {
        self.path = path
        let description = path + ".umockdev"
        self.description = description
        guard FileManager.default.createFile(atPath: description, contents: Data(tree.utf8)) else {
            throw Failure(.diskWriteFailed, description)
        }
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 4) == 0 else { throw Failure(.internalFault, "listen: error \(errno)") }
        Thread { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let stream = FileHandle(fileDescriptor: connection, closeOnDealloc: true)
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/umockdev-run")
                process.arguments = ["-d", description, "--", program] + arguments
                process.standardInput = stream
                process.standardOutput = stream
                guard (try? process.run()) != nil else { return }
            }
        }.start()
    }

    /// Ends the service; its processes end with their connections.
    package func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
        unlink(description)
    }
}
