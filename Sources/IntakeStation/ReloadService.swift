import ChipDocument
import Foundation
import Logging
import ServiceLifecycle
import StationCore
import UnixSignals

/// SIGHUP: reads the whole configuration again and swaps it in, or changes nothing and says why.
struct ReloadService: Service {
    let path: String
    let settings: SettingsBox
    /// Makes ready what the transmission takes from a configuration, and gives what puts it in force; nil without an
    /// upstream. Throws, changing nothing.
    let transmission: (@Sendable (StationConfiguration) throws -> @Sendable () -> Void)?
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let environment = ProcessInfo.processInfo.environment
                let configuration = try await ConfigurationLoader.load(path: path, environment: environment)
                let new = try ActiveSettings(configuration)
                let commit = try transmission?(configuration)
                settings.replace(new)
                commit?()
                logger.notice(
                    "configuration reloaded; a changed station, socket, storage or upstream address needs a restart",
                    metadata: ["anchors": "\(new.anchors.count)"])
            } catch {
                logger.error("configuration unchanged", metadata: ["problem": "\(error)"])
            }
        }
    }
}
