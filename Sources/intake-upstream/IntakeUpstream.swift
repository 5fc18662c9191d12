import ArgumentParser
import StationCore

/// The reference upstream: the contract in executable form, the training centre, and what tests talk to.
@main
struct IntakeUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-upstream",
        abstract:
            "Reference upstream of the intake contract: takes sealed applications in over TLS and signs receipts.",
        subcommands: [
            Initialize.self, Renew.self, Serve.self, List.self, Show.self, Decide.self, Import.self, Receipts.self,
        ]
    )
}

extension ParsableCommand {
    /// Runs a body; a named failure becomes two lines on standard error and exit code 1.
    func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let failure as Failure {
            Terminal.error(failure)
            throw ExitCode.failure
        }
    }
}
