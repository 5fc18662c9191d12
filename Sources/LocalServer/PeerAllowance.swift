import StationCore
import Synchronization

/// What the processes of one user id may take of a socket: connections, and requests by a bucket that fills with time.
final class PeerAllowance: Sendable {
    private struct Share {
        var connections = 0
        var requests: Double
        var asOf: Duration
    }

    private let connections: Int
    private let burst: Double
    private let perSecond: Double
    private let clock: any StationClock
    private let shares = Mutex<[Peer: Share]>([:])

    /// - Parameters:
    ///   - connections: most connections of one peer.
    ///   - burst: most requests at once.
    ///   - perSecond: requests a second for good.
    init(connections: Int, burst: Int, perSecond: Int, clock: any StationClock) {
        self.connections = connections
        self.burst = Double(burst)
        self.perSecond = Double(perSecond)
        self.clock = clock
    }

    /// What becomes of a new connection.
    enum Admission {
        case served
        /// One too many, which may still ask and be told so.
        case toldWhy
        /// One too many beside others that are being told: where a crowd comes, they would hold everybody else's places.
        case refused
    }

    /// Counts a connection. Each is taken back with `disconnected`.
    func connected(_ peer: Peer) -> Admission {
        let now = clock.elapsed
        return shares.withLock { shares in
            var share = shares[peer] ?? Share(requests: burst, asOf: now)
            share.connections += 1
            shares[peer] = share
            if share.connections <= connections { return .served }
            return share.connections <= connections + Limits.Local.toldConnections ? .toldWhy : .refused
        }
    }

    /// Counts a connection as gone.
    func disconnected(_ peer: Peer) {
        let now = clock.elapsed
        shares.withLock { shares in
            shares[peer]?.connections -= 1
            // Whoever comes back finds the bucket as it was left; only a full one may be forgotten.
            shares = shares.filter { $0.value.connections > 0 || filled($0.value, at: now) < burst }
        }
    }

    /// Takes one request; nil when there was one, else the seconds after which there is.
    func request(by peer: Peer) -> Int? {
        let now = clock.elapsed
        return shares.withLock { shares in
            var share = shares[peer] ?? Share(requests: burst, asOf: now)
            share.requests = filled(share, at: now)
            share.asOf = now
            defer { shares[peer] = share }
            guard share.requests >= 1 else { return max(1, Int(((1 - share.requests) / perSecond).rounded(.up))) }
            share.requests -= 1
            return nil
        }
    }

    private func filled(_ share: Share, at now: Duration) -> Double {
        min(burst, share.requests + max(0, (now - share.asOf).milliseconds / 1_000) * perSecond)
    }
}

/// How long slow clients are borne, and how much one peer may take.
package struct ConnectionPatience: Sendable {
    /// Most connections of one peer.
    var connections = Limits.Local.peerConnections
    /// Most requests of one peer at once, and a second.
    var requestsAtOnce = Limits.Local.requestsAtOnce, requestsPerSecond = Limits.Local.requestsPerSecond
    /// From a request's first byte to its last.
    var request = Limits.Local.requestDuration
    /// Without a request.
    var idle = Limits.Local.idleDuration
    /// While nothing is taken of what is written.
    var stall = Limits.Local.stallDuration
    /// For one connection too many.
    var refusal = Limits.Local.refusalDuration

    /// The product's.
    package init() {}
}
