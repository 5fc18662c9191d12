import AsyncHTTPClient
import Foundation
import Logging
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

/// Bundles at the reference upstream: the same judge, the same receipts as by network.
@Suite struct BundleImportTests {
    private func withUpstream(_ body: (Bench, String) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "bundles-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/stick", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let directory = UpstreamDirectory(root + "/upstream")
        _ = try directory.initialize(
            stations: [Bench.station, Bench.other],
            at: SystemClock().now,
            random: SystemRandomSource()
        )
        try await body(Bench(directory: directory, port: 0, client: .shared), root + "/stick")
    }

    private func bundles(_ bench: Bench) -> UpstreamBundles {
        UpstreamBundles(directory: bench.directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func write(
        _ items: [Item],
        on stick: String,
        bench: Bench,
        station: StationID = Bench.station,
        key: StationSigningKey? = nil,
        auditSequence: Int64 = 1
    ) throws {
        let own = try bench.signingKey(station)
        var writer = try BundleWriter(
            on: StickDirectory(stick),
            kind: .items,
            bundleId: RequestID(random: SystemRandomSource()),
            stationId: station,
            createdAt: Item.capturedAt,
            key: key ?? own
        )
        try writer.add(
            BatchFile.encode(
                items.map { OutgoingItem(entry: $0.entry, sealed: $0.sealed) },
                batchId: RequestID(random: SystemRandomSource()),
                senderId: station,
                sentAt: Item.capturedAt,
                audit: AuditHead(
                    stationId: station, sequence: auditSequence, head: ContentDigest(of: Array("head".utf8)), key: own),
                clock: ClockReport(offsetMilliseconds: nil, quality: .synchronized),
                random: SystemRandomSource()
            )
        )
        _ = try writer.finish()
    }

    private func receipts(on stick: String) throws -> [[Receipt]] {
        let medium = try StickDirectory(stick)
        return try BundleReader.directories(on: medium, kind: .receipts).map { directory in
            let reader = try BundleReader(medium, directory: directory)
            try reader.verify()
            return try reader.manifest.files.indices.flatMap { try reader.receipts($0) }
        }
    }

    @Test func `A bundle is judged as a batch is, twice and by network too, and its receipts are the same`()
        async throws
    {
        try await withUpstream { bench, stick in
            let good = try (1...2).map { try Item.make(bench, sequence: $0) }
            let forwarded = try Item.make(bench, sequence: 1, station: Bench.other)
            let bad = try Item.make(bench, sequence: 3, json: { _ in Array("{}".utf8) })
            try write(good + [forwarded, bad], on: stick, bench: bench)
            let first = try await bundles(bench).importItems(from: stick)
            #expect(first.bundles.map(\.outcomes) == [["accepted": 3, "rejected": 1]] && first.refused.isEmpty)
            let again = try await bundles(bench).importItems(from: stick)
            #expect(again.bundles.map(\.outcomes) == [["duplicate": 3, "rejected": 1]])

            let written = try receipts(on: stick)
            #expect(written.map(\.count) == [4, 4])
            let authorities = try bench.authorities()
            for item in good + [forwarded, bad] {
                let sent = SentItem(
                    itemId: item.entry.itemId, stationId: item.entry.stationId, sha256: item.entry.sha256)
                let mine = written.flatMap { $0 }.filter { $0.itemId == sent.itemId }
                #expect(mine.count == 2 && mine.allSatisfy { $0.settles(sent, by: authorities) })
                if item.entry.itemId == bad.entry.itemId {
                    #expect(mine.allSatisfy { $0.verdict.rejectedType == "content-invalid" })
                } else {
                    #expect(mine.allSatisfy { $0.verdict == .accepted } && mine[0] == mine[1])
                }
            }
            let byStick = try #require(written[0].first { $0.itemId == good[0].entry.itemId })
            try await Bench.serve(bench.directory) { served in
                let result = try await served.result(good[0])
                #expect(result.outcome == .duplicate && result.receipt == byStick)
            }
            // A stick takes its time: an older audit head than one that came by network is no alarm.
            try await Bench.serve(bench.directory) { served in
                _ = try await served.reply(to: Batch(served, [good[1]], auditSequence: 9))
            }
            try write(good, on: stick, bench: bench, auditSequence: 2)
            _ = try await bundles(bench).importItems(from: stick)
            let held = try UpstreamHoldings(bench.directory).list()
            #expect(held.items.count == 3 && held.auditAlarms.isEmpty)

            let other = stick + "/other"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            #expect(try bundles(bench).exportReceipts(to: other, station: Bench.station) != nil)
            #expect(try receipts(on: other).map { Set($0.map(\.itemId)) } == [Set((good + [bad]).map(\.entry.itemId))])
        }
    }

    @Test func `A bundle that another key signed is refused whole, and others are taken`() async throws {
        try await withUpstream { bench, stick in
            try write(
                [try Item.make(bench, sequence: 1)], on: stick, bench: bench, key: bench.signingKey(Bench.other))
            try write([try Item.make(bench, sequence: 2)], on: stick, bench: bench)
            let report = try await bundles(bench).importItems(from: stick)
            #expect(report.bundles.map(\.outcomes) == [["accepted": 1]])
            #expect(report.refused.map(\.code) == [.bundleSignatureInvalid])
            #expect(try UpstreamHoldings(bench.directory).list().items.map(\.sequence) == [2])
        }
    }

    @Test func `No bundle is taken while a server runs`() async throws {
        try await withUpstream { bench, stick in
            try await Bench.serve(bench.directory) { served in
                await #expect { try await bundles(served).importItems(from: stick) } throws: {
                    ($0 as? Failure)?.code == .instanceRunning
                }
            }
        }
    }
}
