import Foundation
import IntakeStation
import Logging
import StationCore

// The daemon, put together as in production, except that it answers 201 with the transaction still open and commits a
// moment later. The kill test's oracle must catch it.
umask(0o177)
LoggingSystem.bootstrap { StationLog.handler(label: $0, level: .info) }
let path = CommandLine.arguments.drop { $0 != "--config" }.dropFirst().first ?? ""
let configuration = try await ConfigurationLoader.load(
    path: path, environment: ProcessInfo.processInfo.environment)
try await IntakeStation(
    configuration: configuration, configurationPath: path, logger: Logger(label: "intaked-write-behind"),
    controlCommitDelay: .milliseconds(20)
).run()
