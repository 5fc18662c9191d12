import ArgumentParser
import StationCore
import UpstreamServer

/// `init`: PKI and keys by one command.
struct Initialize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make throw-away certificates and keys in a directory, and enrol stations; run again to enrol more."
    )

    @Argument(help: "Directory of this upstream.") var directory: String
    @Option(help: "Station to enrol; may stand several times.") var station: [String] = []

    func run() async throws {
        let stations = try station.map { text in
            guard let name = WireName(text) else {
                throw ValidationError("A station name is 1 to 128 of A-Z a-z 0-9 . _ : -")
            }
            return name
        }
        let upstream = UpstreamDirectory(directory)
        try await reporting {
            let enrolled = try upstream.initialize(
                stations: stations,
                at: SystemClock().now,
                random: SystemRandomSource()
            )
            Terminal.line("upstream \(directory)")
            for station in enrolled { Terminal.line("station \(station.text) \(upstream.stationPath(station))") }
        }
    }
}
