import Foundation
package import Logging
import NIOCore
package import StationCore
import Uplink

/// Takes bundles in at upstream, through the same judge as a batch, and writes receipts for the way back. docs/bundle.md
/// describes both. No server may run on the directory meanwhile.
package struct UpstreamBundles: Sendable {
    /// What an import did.
    package struct Report: Codable, Sendable {
        /// One bundle that holds.
        package struct Bundle: Codable, Sendable {
            /// The bundle.
            package let bundleId: RequestID
            /// The station that wrote it.
            package let stationId: StationID
            /// Items by what was done: accepted, duplicate, rejected.
            package let outcomes: [String: Int]
        }

        /// One bundle of which nothing was taken.
        package struct Refused: Codable, Sendable {
            /// Its directory on the medium.
            package let name: String
            /// The code.
            package let code: FailureCode
            /// What is known of it.
            package let detail: String?
        }

        /// Bundles that hold.
        package let bundles: [Bundle]
        /// Bundles that do not.
        package let refused: [Refused]
        /// The directory of the receipts that were written back; nil when there are none.
        package let receipts: String?
    }

    private let directory: UpstreamDirectory
    private let evidencePolicy: EvidencePolicy
    private let trustAnchorsPEM: [UInt8]?
    private let clock: any StationClock
    private let random: any RandomSource
    private let logger: Logger

    /// Names the upstream; nothing is touched.
    ///
    /// - Parameter trustAnchorsPEM: as the server's options take them.
    package init(
        directory: UpstreamDirectory,
        evidencePolicy: EvidencePolicy = .refuse,
        trustAnchorsPEM: [UInt8]? = nil,
        clock: any StationClock = SystemClock(),
        random: any RandomSource = SystemRandomSource(),
        logger: Logger
    ) {
        self.directory = directory
        self.evidencePolicy = evidencePolicy
        self.trustAnchorsPEM = trustAnchorsPEM
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// Takes every bundle of applications on a medium and writes one bundle with the receipts of all their items.
    ///
    /// Idempotent: what is held already is answered with its first receipt. Throws `instanceRunning` while a server runs,
    /// and the medium's failures.
    package func importItems(from path: String) async throws -> Report {
        let lock = try DirectoryLock(path: directory.path)
        defer { lock.release() }
        let keys = try directory.keys()
        let registry = try directory.registry()
        let store = try UpstreamStore(path: directory.databasePath)
        let judge = ItemJudge(
            keys: keys,
            registry: registry,
            evidence: try CardEvidence(trustAnchorsPEM: trustAnchorsPEM),
            policy: evidencePolicy
        )
        let intake = BatchIntake(
            store: store,
            judge: judge,
            registry: registry,
            authority: keys.authority,
            clock: clock,
            random: random,
            faults: FaultPlan(),
            logger: logger
        )
        let medium = try StickDirectory(path)
        var bundles: [Report.Bundle] = []
        var refused: [Report.Refused] = []
        var receipts: [Receipt] = []
        for name in try BundleReader.directories(on: medium, kind: .items) {
            do {
                let reader = try BundleReader(medium, directory: name)
                try verify(reader, registry)
                let results = try await take(reader, by: intake)
                receipts += results.compactMap(\.receipt)
                bundles.append(
                    .init(
                        bundleId: reader.manifest.bundleId,
                        stationId: reader.manifest.stationId,
                        outcomes: Dictionary(results.map { ($0.outcome.rawValue, 1) }, uniquingKeysWith: +)
                    )
                )
            } catch let failure as Failure
                where failure.code == .bundleInvalid || failure.code == .bundleSignatureInvalid
            {
                refused.append(.init(name: name ?? ".", code: failure.code, detail: failure.detail))
            }
        }
        let written = try write(receipts, to: medium, by: keys.authority)
        try store.close()
        return Report(bundles: bundles, refused: refused, receipts: written)
    }

    /// Writes the receipts of everything held and refused, of one station or of all; returns the bundle's directory, nil
    /// when there are none. Throws `instanceRunning`, and the medium's failures.
    package func exportReceipts(to path: String, station: StationID?) throws -> String? {
        let lock = try DirectoryLock(path: directory.path)
        defer { lock.release() }
        let store = try UpstreamStore(path: directory.databasePath)
        let all = try store.rejections().compactMap(\.receipt) + store.list().map(\.receipt)
        try store.close()
        let wanted = all.filter { station == nil || $0.stationId == station }
        return try write(wanted, to: try StickDirectory(path), by: try directory.keys().authority)
    }

    private func verify(_ reader: BundleReader, _ registry: StationRegistry) throws {
        let manifest = reader.manifest
        guard manifest.kind == .items else { throw Failure(.bundleInvalid, "it holds \(manifest.kind.rawValue)") }
        guard let key = registry.key(manifest.signingKeyId, of: manifest.stationId), manifest.verifies(by: key) else {
            throw Failure(.bundleSignatureInvalid, "no registered key of \(manifest.stationId.text) signed it")
        }
        try reader.verify()
    }

    private func take(_ reader: BundleReader, by intake: BatchIntake) async throws -> [ItemResult] {
        var results: [ItemResult] = []
        for index in reader.manifest.files.indices {
            let batch = try reader.batch(index)
            guard let boundary = MultipartRelated.boundary(ofContentType: batch.contentType) else {
                throw Failure(.bundleInvalid, "the content type")
            }
            let head = BatchHead(
                batchId: batch.manifest.batchId,
                digest: ContentDigest(of: batch.body),
                boundary: boundary
            )
            let body = AsyncThrowingStream<ByteBuffer, any Error> { pieces in
                pieces.yield(ByteBuffer(bytes: batch.body))
                pieces.finish()
            }
            do {
                results += try await intake.receive(
                    body,
                    head: head,
                    sender: reader.manifest.stationId,
                    base: ProblemBase(authority: nil),
                    isLate: true
                ).results
            } catch let problem as RequestProblem {
                throw Failure(.bundleInvalid, "batch \(index + 1): \(problem.name.rawValue)")
            }
        }
        return results
    }

    private func write(
        _ receipts: [Receipt],
        to medium: StickDirectory,
        by authority: AuthoritySigningKey
    ) throws -> String? {
        guard !receipts.isEmpty else { return nil }
        let bundleId = RequestID(random: random)
        var writer = try BundleWriter(
            on: medium,
            kind: .receipts,
            bundleId: bundleId,
            stationId: authority.keyId,
            createdAt: clock.now,
            key: authority
        )
        do {
            for start in stride(from: 0, to: receipts.count, by: Limits.Bundle.receipts) {
                let page = Array(receipts[start..<min(receipts.count, start + Limits.Bundle.receipts)])
                try writer.add([try ReceiptFile.encode(page)])
            }
            return try writer.finish().kind.directoryName(bundleId)
        } catch {
            writer.abandon()
            throw error
        }
    }
}
