import Foundation
import SeededRandom
package import StationCore
import Synchronization

/// A slow, distant link that breaks, between a station and its upstream on one machine: a relay for TCP that paces and
/// delays what passes, counts it, and cuts connections. The kernels here have no shaper of their own to load.
///
/// Each direction is one transmitter for all connections: a packet of at most 1,448 bytes occupies it for the time that
/// its bytes and its 52 bytes of headers take, then travels half a round trip. A short queue stands before the
/// transmitter; what does not fit stays in the sender's kernel, as behind any router. A connection costs a round trip
/// before its first byte. Every second packet is acknowledged, at the cost of the other direction. A cut drops what is in
/// the queue and on the way, and resets both ends. What is not modelled: slow start (the first window is larger than
/// what this link holds) and losses that TCP repairs.
package final class ShapedLink: Sendable {
    /// The port on 127.0.0.1 that leads to upstream.
    package let port: Int
    private let wakeEnd: Int32
    private let shared: Mutex<Shared>
    private let ended = Outcome<Bool>()

    private struct Shared {
        var traffic = LinkTraffic()
        var isStopping = false
    }

    /// Opens the link. Throws `internalFault` when there is no socket to be had.
    /// - Parameter target: upstream's port on 127.0.0.1.
    package init(to target: Int, shape: LinkShape) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.internalFault, "pipe: \(errno)") }
        let listener = try LinkSocket.listening()
        port = LinkSocket.port(of: listener)
        wakeEnd = ends[1]
        shared = Mutex(Shared())
        let wake = ends[0]
        Thread { [self] in
            var loop = LinkLoop(listener: listener, wake: wake, target: UInt16(target), shape: shape)
            while !shared.withLock({ $0.isStopping }) {
                loop.turn()
                let traffic = loop.traffic
                shared.withLock { $0.traffic = traffic }
            }
            loop.close()
            ended.settle(true)
        }.start()
    }

    /// What has passed so far.
    package var traffic: LinkTraffic { shared.withLock { $0.traffic } }

    /// Cuts everything and ends the relay.
    package func stop() async {
        shared.withLock { $0.isStopping = true }
        var byte: UInt8 = 0
        _ = write(wakeEnd, &byte, 1)
        _ = await ended.value
        Glibc.close(wakeEnd)
    }
}
