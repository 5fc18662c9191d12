import CanarySearch
import StationAPI
import StationBench
import StationCore
import Testing

/// A thief finds nothing: not in the database, its log, the runtime directory, or what the daemon logged.
@Suite(.serialized) struct SecrecyTests {
    @Test func nothingReadableIsLeftOnDisk() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            let saved = try await run.submit(read: read, phone: "0987654321")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            await station.stopDaemon()
            let search = CanarySearch([citizen.number, citizen.name, "0987654321", citizen.residence])
            for directory in [station.layout.state, station.layout.logs, station.layout.runtime] {
                #expect(try search.findings(below: directory).isEmpty)
            }
        }
    }
}
