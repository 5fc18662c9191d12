import CHost
package import Hummingbird
import NIOCore
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// The request context: the connection's channel, so that the peer can be asked of the kernel.
package struct PeerContext: RequestContext {
    /// Hummingbird's own part.
    package var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    /// Made by Hummingbird for each request.
    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Largest request body that is collected.
    package var maxUploadSize: Int { Limits.Local.bodyBytes }

    /// The peer by SO_PEERCRED. The kernel answers on TCP too, with a user id that nobody has, so the address family is
    /// checked first and everything but a Unix socket is refused.
    func peer() async throws(Failure) -> Peer { try await Peer(of: channel) }
}

extension Peer {
    /// See `PeerContext.peer`.
    fileprivate init(of channel: any Channel) async throws(Failure) {
        do {
            self = try await Self.ask(channel).get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.permissionDenied, "no peer credentials")
        }
    }

    /// Fails with `permissionDenied` for everything that the kernel does not vouch for.
    static func ask(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard case .unixDomainSocket? = channel.localAddress, let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(Failure(.permissionDenied, "not a Unix socket"))
        }
        let answer: EventLoopFuture<chost_peer_credentials> = provider.unsafeGetSocketOption(
            level: .init(SOL_SOCKET), name: .init(SO_PEERCRED))
        return answer.flatMapThrowing { credentials in
            guard credentials.uid != .max else { throw Failure(.permissionDenied, "no peer credentials") }
            return Peer(userID: credentials.uid)
        }
    }
}
