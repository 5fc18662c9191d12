import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import StationCore
import UnixSignals
import UpstreamServer

extension FaultPlan.Refusal: ExpressibleByArgument {}
extension EvidencePolicy: ExpressibleByArgument {}

/// `serve`: takes batches until SIGTERM.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT. Prints one line, listening HOST:PORT, when requests are taken."
    )

    @Argument(help: "Directory made by init.") var directory: String
    @Option(help: "Port; 0 takes a free one.") var port = 8443
    @Option(help: "Address to listen on.") var bind = "127.0.0.1"
    @Option(help: "File with trust anchors (CSCA certificates, PEM) for the document signers of cards.")
    var csca: String?
    @Option(help: "What failed card evidence means: refuse or record.") var evidence = EvidencePolicy.refuse
    @Option(help: "Training: share of batches, 0 to 1, whose reply is lost after they were committed.")
    var loseReplies = 0.0
    @Option(help: "Training: answer every batch with busy, retry, forbidden, policy or portal.")
    var refuse: FaultPlan.Refusal?
    @Option(help: "Training: seed of the faults; one seed, one run.") var seed: UInt64?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("A port is 0 to 65535.") }
        guard (0...1).contains(loseReplies) else { throw ValidationError("A share is 0 to 1.") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "intake-upstream")
        try await reporting {
            let random: any RandomSource = seed.map { SeededRandomSource(seed: $0) } ?? SystemRandomSource()
            let anchors = try csca.map { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw Failure(.credentialMissing, path)
                }
                return Array(data)
            }
            let server = UpstreamServer(
                directory: UpstreamDirectory(directory),
                options: .init(
                    host: bind,
                    port: port,
                    evidencePolicy: evidence,
                    trustAnchorsPEM: anchors,
                    faults: FaultPlan(lostReplies: loseReplies, refusal: refuse, random: random)
                ),
                logger: logger,
                onListening: { host, port in Terminal.line("listening \(host):\(port)") }
            )
            let group = ServiceGroup(
                services: [server],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            try await group.run()
        }
    }
}
