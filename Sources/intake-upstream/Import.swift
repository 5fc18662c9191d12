import ArgumentParser
import Foundation
import Logging
import StationCore
import UpstreamServer

/// `import`: bundles of applications from a removable medium.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: """
            Take in every bundle of applications on a medium and write the receipts back onto it. The server must not run. \
            Exit code 2: there was none; 1: one was refused.
            """
    )

    @Argument(help: "Directory made by init.") var directory: String
    @Argument(help: "Where the medium is mounted, or one bundle on it.") var medium: String
    @Option(help: "File with trust anchors (CSCA certificates, PEM) for the document signers of cards.")
    var csca: String?
    @Option(help: "What failed card evidence means: refuse or record.") var evidence = EvidencePolicy.refuse
    @Flag(help: "JSON instead of lines.") var json = false

    func run() async throws {
        let report = try await reporting {
            let anchors = try csca.map { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw Failure(.credentialMissing, path)
                }
                return Array(data)
            }
            return try await bundles(directory, evidence: evidence, anchors: anchors).importItems(from: medium)
        }
        if json {
            Terminal.line(String(decoding: try StrictJSON.encode(report), as: UTF8.self))
        } else {
            for bundle in report.bundles {
                let counts = bundle.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                Terminal.line(
                    "\(bundle.stationId.text) \(bundle.bundleId.text): \(counts.joined(separator: ", "))"
                )
            }
            for bundle in report.refused {
                Terminal.line("refused \(bundle.name): \(bundle.code.rawValue) \(bundle.detail ?? "")")
            }
            if let receipts = report.receipts { Terminal.line("receipts \(receipts)") }
        }
        if !report.refused.isEmpty { throw ExitCode.failure }
        if report.bundles.isEmpty { throw ExitCode(2) }
    }
}

/// `receipts`: the way back.
struct Receipts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receipts by removable medium.",
        subcommands: [Export.self]
    )

    /// `receipts export`: what upstream says of everything that it holds or refused.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write signed receipts onto a medium. The server must not run. Exit code 2: there are none."
        )

        @Argument(help: "Directory made by init.") var directory: String
        @Argument(help: "Where the medium is mounted.") var medium: String
        @Option(help: "Only receipts of this station.") var station: String?

        func run() async throws {
            let wanted = try station.map { text in
                guard let name = WireName(text) else { throw ValidationError("no station name") }
                return name
            }
            guard let name = try await reporting({ try bundles(directory).exportReceipts(to: medium, station: wanted) })
            else { throw ExitCode(2) }
            Terminal.line("receipts \(name)")
        }
    }
}

private func bundles(
    _ directory: String,
    evidence: EvidencePolicy = .refuse,
    anchors: [UInt8]? = nil
) -> UpstreamBundles {
    UpstreamBundles(
        directory: UpstreamDirectory(directory),
        evidencePolicy: evidence,
        trustAnchorsPEM: anchors,
        logger: Logger(label: "intake-upstream") { StreamLogHandler.standardError(label: $0) }
    )
}
