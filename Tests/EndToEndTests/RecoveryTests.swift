import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// The real daemon on a damaged spool.
@Suite(.serialized) struct RecoveryTests {
    @Test func aDamagedSpoolDoesNotKeepTheDaemonFromServingAndNothingIsLost() async throws {
        try await withStation { station, run, citizen in
            await station.stopUpstream()
            var acknowledged: Set<ItemID> = []
            for index in 0..<3 {
                let read = try await station.read(citizen, run)
                try await run.forget(citizen.number)
                acknowledged.insert(
                    try await run.submit(read: read, phone: "091234567\(index)").itemId)
            }
            await station.killDaemon()
            let spool = station.layout.state + "/station.sqlite"
            // The file's first page: header, schema, everything by which SQLite finds the rest.
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: spool))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
            try file.close()
            // And the log's header, without which SQLite takes the log for empty.
            let log = try FileHandle(forWritingTo: URL(fileURLWithPath: spool + "-wal"))
            try log.write(contentsOf: Data(repeating: 0xA5, count: 20))
            try log.close()
            let daemon = try await station.startDaemon()
            #expect(daemon.lines.contains { $0.text.contains("spool recovered") })
            #expect(FileManager.default.fileExists(atPath: spool + ".damaged-1"))
            let status = try await station.client.status()
            #expect(status.intake.accepting)
            #expect(!status.problems.contains { $0.code == FailureCode.applicationsMissing.rawValue })
            try await station.startUpstream()
            try await run.waitForStatus { $0.queue.waiting == 0 }
            #expect(Set(try await station.held().items.map(\.itemId)) == acknowledged)

            let asked = try await station.recover()
            #expect(asked.status == .exited(0), "\(asked.error)")
            await station.stopDaemon()
            let rebuilt = try await station.startDaemon()
            let told = rebuilt.lines.map(\.text).filter { $0.contains("spool recovered") }
            #expect(told.contains { $0.contains("rebuilt: requested") } && told.contains { $0.contains("missing: none") })
            await station.stopDaemon()
            #expect(try await station.startDaemon().lines.allSatisfy { !$0.text.contains("spool recovered") })
            #expect(try await station.client.status().queue.counts["accepted"] == 3)
        }
    }

    @Test func whatIsGoneIsNamedInTheStatus() async throws {
        try await withStation { station, run, citizen in
            await station.stopUpstream()
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            await station.stopDaemon()
            let spool = station.layout.state + "/station.sqlite"
            let changed = try await ManagedProcess.run(
                Command("/usr/bin/sqlite3", [spool, "UPDATE payload SET sealed = zeroblob(size)"]))
            #expect(changed.status == .exited(0), "\(changed.error)")
            try await station.startDaemon()
            try await station.startUpstream()
            try await run.waitForStatus { status in
                status.problems.contains { $0.code == FailureCode.applicationsMissing.rawValue }
            }
            let problem = try await station.client.status().problems.first {
                $0.code == FailureCode.applicationsMissing.rawValue
            }
            #expect(problem?.detail?.contains("\(saved.sequence)") == true)
            // The application itself is set aside, for the reason that the audit has, and the status counts it.
            try await run.waitForStatus { status in
                status.problems.contains {
                    $0.code == FailureCode.itemQuarantined.rawValue && $0.detail == "1 in all"
                }
            }
            let setAside = try await station.client.application(saved.itemId.text).summary
            #expect(setAside.state == "quarantined")
            #expect(setAside.problem?.code == FailureCode.itemQuarantined.rawValue)
            #expect(setAside.problem?.remedyVi == FailureCode.itemQuarantined.text.remedyVi)
            #expect(try await station.control(["status"]).output.contains { $0.contains("applications-missing") })
            // A person deals with it: it stays named, and the status no longer speaks of it.
            #expect(
                try await station.administer(["missing", "acknowledge", "999", "--reason", "settled"]).status
                    == .exited(3))
            let first = "\(saved.sequence)"
            #expect(
                try await station.administer(["missing", "acknowledge", first, "--reason", "settled"]).status
                    == .exited(0))
            let range = try #require(try await station.administration.missing().missing.first)
            #expect(range.first == saved.sequence && range.acknowledgedReason == "settled")
            #expect(range.acknowledgedBy == "uid:\(getuid())")
            #expect(try await !station.client.status().problems.contains { $0.code == "applications-missing" })
            #expect(try await station.held().items.isEmpty)
        }
    }

    @Test func aSpoolOfANewerReleaseIsRefusedWithAClearText() async throws {
        try await withStation { station, _, _ in
            await station.stopDaemon()
            let spool = station.layout.state + "/station.sqlite"
            let changed = try await ManagedProcess.run(
                Command("/usr/bin/sqlite3", [spool, "INSERT INTO grdb_migrations VALUES ('99-from-the-future')"]))
            #expect(changed.status == .exited(0), "\(changed.error)")
            let older = try await station.launchDaemon()
            _ = try await older.firstLine { $0.text.contains("Kho dữ liệu thuộc phiên bản mới hơn") }
            _ = try await older.firstLine { $0.text.contains("store-newer") }
            #expect(await older.waitForExit() == .exited(78))
        }
    }
}

extension BenchStation {
    /// Runs `intakectl recover` to its end.
    fileprivate func recover() async throws -> ManagedProcess.Output {
        try await ManagedProcess.run(
            Command(try BuiltExecutables.path("intakectl"), ["recover", "--config", configurationPath]))
    }
}
