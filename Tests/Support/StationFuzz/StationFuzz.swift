import ArgumentParser

/// `make fuzz`: mutated inputs to every parser of foreign bytes.
@main
struct StationFuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-fuzz", abstract: "Gives mutated inputs to every parser of foreign bytes.",
        subcommands: [RunCommand.self, ReplayCommand.self, RowCommand.self], defaultSubcommand: RunCommand.self)
}
