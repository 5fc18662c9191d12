import Foundation
import SeededRandom
import SpoolFilling
import StationAPI
import StationBench
import StationCore
import Synchronization
import Testing
import Uplink

/// SIGKILL of the real daemon while it writes applications to a stick: what stands on the stick afterwards is a valid
/// bundle or is refused whole, nothing is marked as exported that is in no valid bundle, and a repetition exports the rest.
///
/// The kills are aimed at what is seen on the stick, and counted by what the survivors show. Every single byte at which
/// a write can end is gone through in `UplinkTests.BundleTests`.
@Suite(.serialized) struct ExportKillTests {
    @Test(.timeLimit(.minutes(20))) func aKilledExportLeavesAValidBundleOrNone() async throws {
        let least = ProcessInfo.processInfo.environment["EXPORT_KILLS"].flatMap(Int.init) ?? 8
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0 ... .max)
        try await withStation(settings: "stick:\n  directories: [/tmp]\n  mustBeMounted: false") { station, _, _ in
            #expect(try await station.administer(["pause"]).status == .exited(0))
            await station.stopDaemon()
            // Three batch files, and more applications than one transaction marks.
            let items = try await SpoolFiller(
                state: station.layout.state,
                enrolment: station.layout.upstream + "/stations/" + BenchStation.stationID,
                credentials: station.layout.credentials
            ).fill(260).ids
            try await station.startDaemon()
            var campaign = ExportKillCampaign(station: station, items: Set(items), seed: seed)
            var number = 0
            while number < least || (!campaign.isSpread && number < 5 * least) {
                try await campaign.round(number)
                number += 1
            }
            print("kills of an export \(number), seed \(seed): \(campaign.text)")
            #expect(campaign.isSpread, "\(campaign.text); seed \(seed)")

            // The last round's stick goes to upstream: each application is there once.
            await station.stopUpstream()
            let taken = try await station.upstreamCommand(["import"], [campaign.stick])
            #expect(taken.status == .exited(0), "\(taken)")
            let held = try await station.held()
            #expect(held.items.map(\.itemId).sorted() == items.sorted() && held.rejections.isEmpty)
        }
    }
}

/// What a killed export left behind.
private enum ExportRemains: String, CaseIterable {
    case nothing = "before anything was written"
    case unfinished = "within the files"
    case complete = "with all files, not yet named"
    case unmarked = "with a valid bundle, nothing marked"
    case partlyMarked = "with a valid bundle, some marked"
    case marked = "after everything was marked"
}

/// One export after another, each killed at another point, each repeated.
private struct ExportKillCampaign {
    let stick: String
    private let station: BenchStation
    private let items: Set<ItemID>
    private var random: SeededGenerator
    private var counts: [ExportRemains: Int] = [:]

    init(station: BenchStation, items: Set<ItemID>, seed: UInt64) {
        self.station = station
        self.items = items
        stick = station.layout.root + "/stick"
        random = SeededGenerator(seed: seed)
    }

    /// Whether kills fell before the bundle was whole, and between bundle and mark: where something could go wrong.
    var isSpread: Bool {
        counts[.unfinished, default: 0] > 0
            && counts[.unmarked, default: 0] + counts[.partlyMarked, default: 0] > 0
    }

    var text: String {
        ExportRemains.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }.joined(separator: ", ")
    }

    /// What an export has to have done before it is killed.
    private static let aims: [@Sendable (StickSight) -> Bool] = [
        { $0.unfinished != nil }, { $0.batchBytes > 0 }, { $0.batches > 1 }, { $0.batches > 2 }, { $0.hasManifest },
        { $0.isNamed }, { $0.isNamed && $0.logWrites > 0 }, { $0.isNamed && $0.logWrites > 1 },
    ]

    /// One kill, one restart, one repetition.
    mutating func round(_ number: Int) async throws {
        try? FileManager.default.removeItem(atPath: stick)
        try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: false)
        let aim = Self.aims[number % Self.aims.count]
        let fraction = Double.random(in: 0..<1, using: &random)
        let (station, stick) = (station, stick)
        let signature = try await station.coSignature()
        let isAnswered = Atomic(false)
        async let report = {
            defer { isAnswered.store(true, ordering: .releasing) }
            return try? await station.client.export(ExportOrder(directory: stick), coSignature: signature)
        }()
        await StickSight.wait(for: aim, on: stick, log: station.layout.state + "/station.sqlite-wal") {
            isAnswered.load(ordering: .acquiring)
        }
        try? await Task.sleep(for: .microseconds(3_000 * fraction * fraction))
        await station.killDaemon()
        let answered = await report
        try await station.startDaemon()

        let bundled = try validBundles(unfinished: true)
        let exported = try await exportedItems()
        #expect(exported.isSubset(of: bundled), "marked as exported without a valid bundle")
        #expect(answered == nil || exported == items, "answered before everything was marked")
        count(bundled: bundled, exported: exported)

        let repeated = try await station.coSignedControl(["export", stick])
        #expect(repeated.status == .exited(exported == items ? 2 : 0), "\(repeated)")
        #expect(try await exportedItems() == items)
        #expect(try validBundles(unfinished: false) == items)
        // Due again for the next round.
        #expect(try await station.control(["recall"]).status == .exited(0))
    }

    private mutating func count(bundled: Set<ItemID>, exported: Set<ItemID>) {
        let sight = StickSight(stick, log: nil)
        let remains: ExportRemains =
            switch (bundled.isEmpty, exported.count) {
            case (true, _) where sight.hasManifest: .complete
            case (true, _): sight.unfinished == nil ? .nothing : .unfinished
            case (false, 0): .unmarked
            case (false, items.count): .marked
            case (false, _): .partlyMarked
            }
        counts[remains, default: 0] += 1
    }

    /// The applications of the bundles on the stick, each of which must verify whole.
    /// - Parameter unfinished: whether a directory that a writer left is there to be expected; whoever gave it a
    ///   bundle's name would still get a valid bundle or none.
    private func validBundles(unfinished: Bool) throws -> Set<ItemID> {
        let medium = try StickDirectory(stick)
        var found: Set<ItemID> = []
        for directory in try BundleReader.directories(on: medium, kind: .items) {
            let reader = try BundleReader(medium, directory: directory)
            try reader.verify()
            found.formUnion(try Self.items(of: reader))
        }
        let sight = StickSight(stick, log: nil)
        guard let left = sight.unfinished else { return found }
        #expect(unfinished, "what a killed export left was not cleared away")
        let name = "intake-items-" + left.dropFirst(".intake-".count).dropLast(".part".count)
        try FileManager.default.moveItem(atPath: "\(stick)/\(left)", toPath: "\(stick)/\(name)")
        defer { try? FileManager.default.moveItem(atPath: "\(stick)/\(name)", toPath: "\(stick)/\(left)") }
        do {
            let reader = try BundleReader(medium, directory: name)
            try reader.verify()
            #expect(Set(try Self.items(of: reader)) == items, "half of an export verifies")
        } catch {
            #expect(error.code == .bundleInvalid)
            #expect(!sight.hasManifest || sight.manifestIsCut, "a whole export is refused: \(error)")
        }
        return found
    }

    private static func items(of reader: BundleReader) throws(Failure) -> [ItemID] {
        var found: [ItemID] = []
        for index in reader.manifest.files.indices {
            found += try reader.batch(index).manifest.items.map(\.itemId)
        }
        return found
    }

    private func exportedItems() async throws -> Set<ItemID> {
        var found: Set<ItemID> = []
        var after: Int64?
        repeat {
            let page = try await station.client.applications(state: "exported", after: after)
            found.formUnion(page.applications.map(\.itemId))
            after = page.next
        } while after != nil
        return found
    }
}

/// What can be seen of an export from outside.
private struct StickSight: Sendable {
    var unfinished: String?
    var isNamed = false
    var batches = 0
    var batchBytes = 0
    var hasManifest = false
    /// How often the spool's log was written to since the bundle had its name.
    var logWrites = 0

    private let manifestPath: String
    private let logMark: LogMark

    private struct LogMark: Equatable {
        var size: Int64 = 0
        var seconds = 0
        var nanoseconds = 0
    }

    init(_ stick: String, log: String?) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: stick)) ?? []
        unfinished = names.first { $0.hasPrefix(".intake-") }
        isNamed = names.contains { $0.hasPrefix("intake-items-") }
        let inside = unfinished.map { "\(stick)/\($0)" } ?? stick
        manifestPath = inside + "/manifest.json"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: inside)) ?? []
        let written = files.filter { $0.hasPrefix("batch-") }
        batches = written.count
        batchBytes = written.reduce(0) { $0 + Int(Self.status("\(inside)/\($1)").size) }
        hasManifest = files.contains("manifest.json")
        logMark = log.map(Self.status) ?? LogMark()
    }

    /// Whether the manifest ends before its end: a kill in the middle of its one write.
    var manifestIsCut: Bool {
        guard let data = FileManager.default.contents(atPath: manifestPath) else { return true }
        return (try? JSONSerialization.jsonObject(with: data)) == nil
    }

    private static func status(_ path: String) -> LogMark {
        var information = stat()
        guard stat(path, &information) == 0 else { return LogMark() }
        return LogMark(
            size: Int64(information.st_size), seconds: information.st_mtim.tv_sec,
            nanoseconds: information.st_mtim.tv_nsec)
    }

    /// Returns when the stick is as aimed at, or when the export is over.
    static func wait(
        for aim: @Sendable (StickSight) -> Bool, on stick: String, log: String, orUntil isOver: () -> Bool
    ) async {
        var writes = 0
        var mark: LogMark?
        while !isOver() {
            var sight = StickSight(stick, log: log)
            if sight.isNamed {
                if let mark, mark != sight.logMark { writes += 1 }
                mark = sight.logMark
            }
            sight.logWrites = writes
            if aim(sight) { return }
            await Task.yield()
        }
    }
}
