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
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let environment = ProcessInfo.processInfo.environment
                let configuration = try await ConfigurationLoader.load(path: path, environment: environment)
                let new = try ActiveSettings(configuration)
                settings.replace(new)
                logger.notice(
                    "configuration reloaded; a changed station, socket, storage or upstream needs a restart",
                    metadata: ["anchors": "\(new.anchors.count)"])
            } catch {
                logger.error("configuration unchanged", metadata: ["problem": "\(error)"])
            }
        }
    }
}
