import Foundation
import GRDB
import Logging
import NIOHTTP1
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

@Suite struct FaultTests {
    @Test func `a lost reply follows a commit`() async throws {
        try await Bench.run(faults: FaultPlan(lostReplies: 1)) { bench in
            let item = try Item.make(bench)
            await #expect(throws: (any Error).self) { _ = try await bench.result(item) }
            #expect(try UpstreamHoldings(bench.directory).list().items.map(\.itemId) == [item.entry.itemId])
            #expect(try await bench.status([item.entry.itemId]).results.count == 1)
        }
    }

    @Test func `a share of replies is lost, the same ones for the same seed`() {
        func lost(_ seed: UInt64) -> [Bool] {
            let plan = FaultPlan(lostReplies: 0.3, random: SeededRandomSource(seed: seed))
            return (0..<1_000).map { _ in plan.losesReply() }
        }
        #expect(lost(7) == lost(7) && lost(7) != lost(8))
        #expect((250...350).contains(lost(7).count { $0 }))
    }

    @Test(arguments: FaultPlan.Refusal.allCases)
    func `an upstream refuses as it is told`(refusal: FaultPlan.Refusal) async throws {
        try await Bench.run(faults: FaultPlan(refusal: refusal)) { bench in
            let item = try Item.make(bench)
            let reply = try await bench.reply(to: try Batch(bench, [item]))
            let answer = try? StrictJSON.decode(BatchAnswer.self, from: reply.body)
            switch refusal {
            case .busy: #expect(reply.status == 503 && reply.headers["retry-after"] == ["1"])
            case .forbidden: #expect(reply.status == 403 && reply.problem?.name == "station-refused")
            case .portal: #expect(reply.status == 200 && reply.headers["content-type"] == ["text/html"])
            case .retry: #expect(answer?.results.map(\.outcome) == [.retry])
            case .policy: #expect(answer?.results.map(\.problem?.name) == ["policy-refused"])
            }
            #expect(try UpstreamHoldings(bench.directory).list().items.isEmpty)
        }
    }

    @Test func `one directory has one server`() async throws {
        try await Bench.run { bench in
            let second = UpstreamServer(
                directory: bench.directory,
                options: .init(),
                logger: .init(label: "second"),
                onListening: { _, _ in }
            )
            await #expect(throws: Failure(.instanceRunning, bench.directory.file("lock"))) { try await second.run() }
        }
    }

    @Test func `a store that a later program wrote is left alone`() throws {
        let path = NSTemporaryDirectory() + "store-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try UpstreamStore(path: path).close()
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 3") }
        try queue.close()
        #expect(throws: Failure(.storeNewer, "version 3")) { try UpstreamStore(path: path) }
        #expect(throws: Failure(.storeNewer, "version 3")) { try UpstreamStore(readingFrom: path) }
    }

    @Test func `initialising again adds stations and changes nothing else`() throws {
        let directory = UpstreamDirectory(NSTemporaryDirectory() + "init-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let now = SystemClock().now
        #expect(try directory.initialize(stations: [], at: now, random: SystemRandomSource()) == [])
        let before = try directory.keys().published
        #expect(
            try directory.initialize(stations: [Bench.station], at: now, random: SystemRandomSource()) == [
                Bench.station
            ]
        )
        let client = try PrivateFile.read(directory.stationPath(Bench.station) + "/client.pem")
        #expect(
            try directory.initialize(stations: [Bench.station, Bench.other], at: now, random: SystemRandomSource())
                == [Bench.other]
        )
        #expect(try directory.keys().published.keys == before.keys)
        #expect(try PrivateFile.read(directory.stationPath(Bench.station) + "/client.pem") == client)
        #expect(throws: Failure.self) {
            try directory.initialize(stations: [WireName("..")!], at: now, random: SystemRandomSource())
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
        for file in files {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(file))
            let mode = (attributes[.posixPermissions] as? Int ?? 0o777) & 0o077
            #expect(mode == 0, "\(file)")
        }
        #expect(files.count >= 14)
    }
}
