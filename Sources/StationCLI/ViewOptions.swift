import ArgumentParser
import Foundation
import StationAPI
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// Which of the daemon's two sockets is asked.
package struct SocketChoice: Hashable, Sendable {
    /// Where the operators' socket stands in an installed station.
    package static let operators = "/run/intake-station/operator.sock"
    /// Where the administrators' socket stands.
    package static let administrators = "/run/intake-station/admin.sock"

    /// The path.
    package let path: String
    /// Whether who signed in is to be named there.
    package let namesPerson: Bool

    /// The socket that was named; else that of who signed in; else the administrators', for who may use it; else the
    /// operators', whose answer says what is missing.
    package init(operators: String?, administrators: String?, hasToken: Bool, mayAdminister: (String) -> Bool) {
        if let operators {
            (path, namesPerson) = (operators, true)
        } else if let administrators {
            (path, namesPerson) = (administrators, false)
        } else if !hasToken, mayAdminister(Self.administrators) {
            (path, namesPerson) = (Self.administrators, false)
        } else {
            (path, namesPerson) = (Self.operators, true)
        }
    }
}

/// What commands take that only show, and nothing of a citizen: both sockets have their paths, so an administrator needs
/// no sign-in.
struct ViewOptions: ParsableArguments, SocketOptions {
    @Option(help: "Ask this operator socket.")
    var socket: String?

    @Option(
        help: """
            Ask this administrator socket, without a sign-in. By default: the operator socket after `sign-in`, else the \
            administrator socket for who may use it.
            """)
    var adminSocket: String?

    @Flag(help: "One JSON document instead of text.")
    var json = false

    @Option(help: "vi or en; by default what LANG says, else Vietnamese.")
    var language: Language?

    func validate() throws {
        guard socket == nil || adminSocket == nil else {
            throw ValidationError("--socket and --admin-socket are two answers to one question")
        }
    }

    private var choice: SocketChoice {
        SocketChoice(operators: socket, administrators: adminSocket, hasToken: tokenFile.token != nil) {
            access($0, W_OK) == 0
        }
    }

    var socketPath: String { choice.path }

    var station: StationClient {
        let choice = choice
        return StationClient(
            socketPath: choice.path, session: ClientSession(token: choice.namesPerson ? tokenFile.token : nil))
    }
}
