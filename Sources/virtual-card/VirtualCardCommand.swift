import ArgumentParser

/// A strict software citizen card for training and tests. Everybody on such a card is synthetic.
@main
struct VirtualCardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virtual-card",
        abstract: "Issues synthetic citizen cards and puts them into a virtual PC/SC reader.",
        subcommands: [IssueCommand.self, ServeCommand.self, ReplayCommand.self])
}
