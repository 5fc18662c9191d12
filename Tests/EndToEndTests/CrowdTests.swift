import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A crowd on the operators' socket of the real daemon: 100 slow clients and as many idle ones as the kernel lets queue.
/// By how much they slow a read is measured by `make bench` and held by `make prove`; that they do not stop one, and that
/// every limit holds meanwhile, is held here.
@Suite(.serialized) struct CrowdTests {
    @Test(.timeLimit(.minutes(10))) func aCrowdOfClientsStopsNoReadAndPassesNoLimit() async throws {
        try await withStation { station, run, citizen in
            let daemon = try #require(await station.runningDaemon).processID
            try await station.insertCard(citizen.directory)
            let reader = try await run.readerWithCard(named: station.readerName)
            let desk = try await run.desk()
            let before = try Self.sockets(of: daemon)

            let crowd = ConnectionCrowd(path: station.layout.operatorSocket, slow: 100, idle: 1_000)
            // The first is cut: the daemon has as many as it bears.
            while crowd.tally.ended == 0 { try await Task.sleep(for: .milliseconds(20)) }
            for _ in 0..<5 {
                let read = try await desk.read(reader: reader, credential: citizen.credential)
                #expect(read.state == .finished, "\(read)")
                // Whoever waits at the door has no descriptor of the daemon's.
                let more = try Self.sockets(of: daemon) - before
                #expect((1...Limits.Local.connections).contains(more), "\(more) connections")
            }
            // The administrators' socket is another door.
            #expect(try await station.administer(["status"]).status == .exited(0))
            let tally = crowd.tally
            #expect(tally.mostConnected > Limits.Local.connections, "that was no crowd")
            #expect(tally.ended > 0)
            await crowd.disperse()

            // They are gone, and so is what they took.
            while try Self.sockets(of: daemon) > before + 2 { try await Task.sleep(for: .milliseconds(20)) }
            let saved = try await run.submit(
                read: try await run.read(reader: reader, credential: citizen.credential), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    /// How many sockets a process has open.
    private static func sockets(of process: Int32) throws -> Int {
        let directory = "/proc/\(process)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)"))?.hasPrefix("socket:")
                == true
        }
    }
}
