import ArgumentParser
import Foundation
import IntakeStation
import Logging
import StationCore

/// The intake station's daemon.
///
/// It exits 0 after SIGTERM, 78 for a configuration or key that cannot work (systemd does not restart that), and 1 for
/// everything else.
@main
struct Intaked: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intaked", abstract: "The intake station's daemon.", version: softwareVersion)

    @Option(name: .customLong("config"), help: "The configuration file.")
    var configurationPath = "/etc/intake-station/station.yaml"

    @Flag(help: "Check the configuration and what it names, and the keys where they can be seen, then exit.")
    var checkConfig = false

    @Flag(help: "Ask that the next start build a new spool from the rows of the present one, then exit.")
    var recover = false

    @Option(
        help: "How much to log: trace, debug, info, notice, warning, error, critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is no log level") }
            return level
        })
    var logLevel: Logger.Level = .info

    func run() async throws {
        // Sockets and files are the daemon's alone until it says otherwise.
        umask(0o177)
        let level = logLevel
        LoggingSystem.bootstrap { StationLog.handler(label: $0, level: level) }
        let logger = Logger(label: "intaked")
        do {
            let station = try await ConfigurationLoader.load(
                path: configurationPath, environment: ProcessInfo.processInfo.environment)
            if checkConfig {
                let sawKeys = try IntakeStation.check(station)
                print("\(configurationPath): OK" + (sawKeys ? "" : "; " + Self.keysUnseen))
                return
            }
            if recover {
                let order = try IntakeStation.requestRecovery(station)
                print(order.text)
                if !order.stands { throw ExitCode(2) }
                return
            }
            try await IntakeStation(configuration: station, configurationPath: configurationPath, logger: logger).run()
        } catch let failure as Failure {
            logger.critical("\(failure.code.text.title)", metadata: ["code": "\(failure.code.rawValue)"])
            FileHandle.standardError.write(Data((failure.explanation + "\n").utf8))
            // `intakectl recover` is this program under another name, and has exit codes of its own.
            throw ExitCode(!recover && Self.isConfiguration(failure.code) ? 78 : 1)
        }
    }

    private static let keysUnseen =
        "keys not checked, only the service is given them (CREDENTIALS_DIRECTORY): systemctl start intaked"

    private static func isConfiguration(_ code: FailureCode) -> Bool {
        [
            .configurationInvalid, .credentialMissing, .keyInvalid, .trustStoreDamaged, .storeNewer, .permissionDenied,
        ].contains(code)
    }
}
