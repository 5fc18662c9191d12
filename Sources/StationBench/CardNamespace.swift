package import CHost
import Foundation
package import StationCore

/// A mount and a network namespace in which a card service disturbs nothing of the machine: its socket directory is
/// ours, its TCP ports are nobody else's, and it finds no reader of the machine.
///
/// The namespaces live as long as this object or a process inside. Works as root, and as anybody where the kernel
/// allows user namespaces.
package final class CardNamespace: Sendable {
    /// The namespaces' descriptors.
    package let descriptors: chost_namespaces

    /// Where Debian installs the drivers of card readers.
    static let drivers = "/usr/lib/pcsc/drivers"

    /// Makes the namespaces.
    /// - Parameter socketDirectory: the host directory that is /run/pcscd inside.
    package init(socketDirectory: String) async throws(Failure) {
        let made = await SpawnThread.shared.run { () -> Result<chost_namespaces, Failure> in
            var namespaces = chost_namespaces()
            guard chost_make_namespaces(socketDirectory, Self.drivers, &namespaces) == 0 else {
                let reason = String(cString: strerror(errno))
                return .failure(Failure(.readerServiceDown, "no private namespace: \(reason)"))
            }
            return .success(namespaces)
        }
        descriptors = try made.get()
    }

    deinit {
        for descriptor in [descriptors.user, descriptors.mount, descriptors.network] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// A TCP connection to a port of the namespace's loopback.
    /// - Returns: a descriptor that the caller closes.
    package func connection(port: UInt16) async throws(Failure) -> Int32 {
        let descriptors = descriptors
        let made = await SpawnThread.shared.run { () -> Result<Int32, Failure> in
            var namespaces = descriptors
            let descriptor = chost_connect_inside(&namespaces, port)
            guard descriptor >= 0 else {
                return .failure(Failure(.readerDisconnected, "port \(port): \(String(cString: strerror(errno)))"))
            }
            return .success(descriptor)
        }
        return try made.get()
    }
}
