import Foundation
import HeadlessBrowser
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
            #expect(await eventually { crowd.tally.ended > 0 })
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
            #expect(try await eventually { try Self.sockets(of: daemon) <= before + 2 })
            let saved = try await run.submit(
                read: try await run.read(reader: reader, credential: citizen.credential), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    /// Of another user of the machine nobody at the desk notices anything: not who has a connection, and not who makes a new
    /// one for each request; and what was saved leaves.
    @Test(.enabled(if: getuid() == 0, "another user id is needed"), .timeLimit(.minutes(10)))
    func anotherUsersCrowdTakesNobodysPlace() async throws {
        try await withStation { station, run, citizen in
            try await station.insertCard(citizen.directory)
            let reader = try await run.readerWithCard(named: station.readerName)
            for path in [station.layout.root, station.layout.runtime] { chmod(path, 0o711) }
            chmod(station.layout.operatorSocket, 0o666)
            let crowd = try await ManagedProcess.start(
                Command(
                    "/usr/bin/setpriv",
                    [
                        "--reuid", "65534", "--regid", "65534", "--clear-groups", "/usr/bin/python3", "-c", Self.crowd,
                        station.layout.operatorSocket,
                    ]))
            // As many as one user may have stand, and what comes more is cut.
            _ = try await crowd.firstLine { $0.text == "cut" }
            for round in 0..<3 {
                let read = try await run.read(reader: reader, credential: citizen.credential)
                let saved = try await run.submit(read: read, phone: "091234567\(round)")
                _ = try await run.wait(for: saved.itemId, until: ["accepted"])
                try await run.forget(citizen.number)
                for _ in 0..<10 {
                    // Each is a process and a connection of its own.
                    #expect(try await station.control(["status"]).status == .exited(0))
                }
            }
            #expect(await crowd.terminate() == .signalled(SIGTERM), "the crowd was gone before")
        }
    }

    /// Holds as many connections as it gets, asks for more without a pause, and says so once one is cut.
    private static let crowd = """
        import select, socket, sys
        held, said = set(), False
        while True:
            for _ in range(64):
                client = socket.socket(socket.AF_UNIX)
                client.setblocking(False)
                try:
                    client.connect(sys.argv[1])
                    held.add(client)
                except OSError:
                    client.close()
            for client in select.select(held, [], [], 0.01)[0]:
                try:
                    over = not client.recv(512)
                except OSError:
                    over = True
                if over:
                    held.discard(client)
                    client.close()
                    if not said:
                        print("cut", flush=True)
                        said = True
        """

    /// How many sockets a process has open.
    private static func sockets(of process: Int32) throws -> Int {
        let directory = "/proc/\(process)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)"))?.hasPrefix("socket:")
                == true
        }
    }
}
