package import ArgumentParser
import Foundation
import StationAPI
import StationCore

/// `intakectl`: the station at the command line; a client of the socket API, and the keeper of the trust directory.
///
/// Its exit codes are those of `ExitStatus`.
package struct Intakectl: AsyncParsableCommand {
    /// The command's own description.
    package static let configuration = CommandConfiguration(
        commandName: "intakectl",
        abstract: "Xem trạm tiếp nhận / See what the intake station does.",
        discussion: "Mã thoát / Exit codes:\n"
            + ExitStatus.meanings.map { "\($0.number) \($0.vi) / \($0.en)" }.joined(separator: "\n"),
        subcommands: [
            StatusCommand.self, QueueCommand.self, ShowCommand.self, ReadersCommand.self, ReadsCommand.self,
            EventsCommand.self, WaitCommand.self, HoldCommand.self, ReleaseCommand.self, CancelCommand.self,
            CloseCommand.self,
            RetryCommand.self, FindCommand.self, ForgetCommand.self, PauseCommand.self, ResumeCommand.self,
            FlushCommand.self, AuditCommand.self, ExportCommand.self, RecallCommand.self, ImportCommand.self,
            ReceiptsCommand.self, TrustCommand.self, RecoverCommand.self, MissingCommand.self, SignInCommand.self,
            SignOutCommand.self,
            WhoAmICommand.self, SecretCommand.self, OperatorCommand.self, ShiftCommand.self, IssueLogCommand.self,
        ])

    /// Made by the argument parser.
    package init() {}
}

/// What is the same on either socket.
protocol SocketOptions {
    /// The daemon's socket.
    var socketPath: String { get }
    /// Whether answers are JSON.
    var json: Bool { get }
    /// The language that was asked for.
    var language: Language? { get }
}

extension SocketOptions {
    var words: Language { language ?? Language(environment: ProcessInfo.processInfo.environment) }
    /// Acts for whoever signed in with `intakectl sign-in`.
    var station: StationClient { StationClient(socketPath: socketPath, session: ClientSession(token: tokenFile.token)) }
    var tokenFile: TokenFile { TokenFile(environment: ProcessInfo.processInfo.environment) }
    var console: Console { Console(json: json) }

    /// Runs a command's work; problems go to standard error and become exit codes.
    func run(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let problem as Problem {
            Console.complain(problem)
            throw problem.isNotFound ? ExitStatus.notFound : ExitStatus.error
        }
    }
}

/// What every command takes that acts for an operator.
struct CommonOptions: ParsableArguments, SocketOptions {
    @Option(help: "Path of the daemon's operator socket.")
    var socket = SocketChoice.operators

    @Flag(help: "One JSON document instead of text.")
    var json = false

    @Option(help: "vi or en; by default what LANG says, else Vietnamese.")
    var language: Language?

    var socketPath: String { socket }
}
