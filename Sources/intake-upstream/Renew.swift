import ArgumentParser
import StationCore
import UpstreamServer

/// `renew`: another client certificate for a station, before the old one runs out.
struct Renew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue another client certificate to an enrolled station; the old one stays good."
    )

    @Argument(help: "Directory made by init.") var directory: String
    @Option(help: "The station.") var station: String
    @Flag(help: "With a new key; otherwise the station keeps the one that it has.") var newKey = false

    func run() async throws {
        guard let name = WireName(station) else {
            throw ValidationError("A station name is 1 to 128 of A-Z a-z 0-9 . _ : -")
        }
        try await reporting {
            let renewal = try UpstreamDirectory(directory).renew(name, withNewKey: newKey, at: SystemClock().now)
            if let key = renewal.keyPath { Terminal.line("key \(key)") }
            Terminal.line("certificate \(renewal.certificatePath) \(renewal.serial)")
        }
    }
}
