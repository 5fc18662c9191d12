import ArgumentParser
import Foundation
import StationAPI
import StationCore

/// What every administrator's command takes.
struct AdministratorOptions: ParsableArguments, SocketOptions {
    @Option(help: "Path of the daemon's administrator socket.")
    var adminSocket = SocketChoice.administrators

    @Flag(help: "One JSON document instead of text.")
    var json = false

    @Option(help: "vi or en; by default what LANG says, else Vietnamese.")
    var language: Language?

    var socketPath: String { adminSocket }

    /// Orders the transmission about and shows how it stands then.
    func transmission(_ verb: TransmissionVerb) async throws {
        try await run {
            let uplink = try await station.transmission(verb)
            try console.show(uplink, or: StatusText(words).line(uplink))
        }
    }
}

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Tạm dừng truyền / Send nothing until `resume`, across restarts. Intake goes on.")
    @OptionGroup var options: AdministratorOptions
    func run() async throws { try await options.transmission(.pause) }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Truyền trở lại / Send again after `pause`.")
    @OptionGroup var options: AdministratorOptions
    func run() async throws { try await options.transmission(.resume) }
}

struct FlushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush", abstract: "Truyền ngay / Try to send now; only upstream's own wait and a pause hold.")
    @OptionGroup var options: AdministratorOptions
    func run() async throws { try await options.transmission(.flush) }
}
