import ArgumentParser
import StationAPI
import StationCore

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Sự kiện / What happens: the present state, or with --follow everything from now on.")
    @OptionGroup var common: CommonOptions

    @Flag(name: .shortAndLong, help: "Go on until interrupted; return when the daemon comes back.")
    var follow = false

    @Option(help: "First everything durable behind this event number.")
    var after: Int64?

    func run() async throws {
        try await common.run {
            var last = after
            var told: Problem?
            repeat {
                do {
                    for try await event in try await common.station.events(after: last) {
                        told = nil
                        last = event.id ?? last
                        try common.console.show(EventText.impersonal(event), or: EventText(common.words).line(event))
                        if !follow { return }
                    }
                } catch let problem as Problem where follow && problem.retryable {
                    if told != problem { Console.complain(problem) }
                    told = problem
                }
                if follow { try await SystemClock().sleep(for: .seconds(1)) }
            } while follow
        }
    }
}
