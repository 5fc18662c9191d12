import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// The console's gateway in front of the real daemon, asked as a page asks it.
@Suite(.serialized) struct ConsoleTests {
    @Test func aPersonSignsInAndSeesWhatIsTheirsUntilTheSessionEnds() async throws {
        try await withStation { station, run, citizen in
            let read = try await station.read(citizen, run)
            let address = try await station.startConsole(port: 0)
            let page = Page(address: address, jar: station.layout.root + "/cookies")

            // Before the sign-in: the station, and nobody.
            #expect(try await page.ask("/api/status").contains(BenchStation.stationID))
            #expect(try await page.ask("/api/reads/\(read.id)").contains("sign-in-required"))
            #expect(try await !page.events().contains(citizen.number))
            let refused = try await page.send("/api/sign-in", #"{"operatorId":"lan","secret":"000000"}"#)
            #expect(refused.contains("sign-in-refused"))

            let lan = DeskPerson.lan
            let order = #"{"operatorId":"\#(lan.name)","secret":"\#(lan.secret)"}"#
            let token = try #require(station.client.session.token)
            let signedIn = try await page.send("/api/sign-in", order)
            #expect(signedIn.contains(#""operatorId":"lan""#) && !signedIn.contains(token))
            #expect(try await page.ask("/api/shifts/current").contains("Bộ phận Một cửa"))
            #expect(try await page.ask("/api/reads/\(read.id)").contains(citizen.number))
            // A page that comes back gets the read that lies on the desk; it was started elsewhere by the same person.
            #expect(try await page.events().contains(citizen.number))

            // A daemon that restarted knows nobody: the console forgets the session too.
            await station.killDaemon()
            #expect(try await page.ask("/api/applications").contains("station-unreachable"))
            try await station.startDaemon()
            #expect(try await page.ask("/api/applications").contains("session-expired"))
            #expect(try await !page.events().contains("operatorId"))

            _ = try await page.send("/api/sign-in", order)
            #expect(try await page.ask("/api/me").contains(#""operatorId":"lan""#))
            _ = try await page.send("/api/sign-out", "{}")
            #expect(try await page.ask("/api/me").contains("sign-in-required"))
        }
    }
}

/// A browser's requests by curl, with a jar for its cookie.
private struct Page {
    let address: String
    let jar: String

    func ask(_ path: String) async throws -> String { try await curl([address + path]) }

    func send(_ path: String, _ body: String) async throws -> String {
        let headers = ["Origin: \(address)", "Sec-Fetch-Site: same-origin", "Content-Type: application/json"]
        return try await curl(headers.flatMap { ["-H", $0] } + ["--data-binary", body, address + path])
    }

    /// What an event stream says in its first two seconds.
    func events() async throws -> String { try await curl(["-N", "--max-time", "2", address + "/api/events"]) }

    private func curl(_ arguments: [String]) async throws -> String {
        let output = try await ManagedProcess.run(
            Command("/usr/bin/curl", ["-s", "-b", jar, "-c", jar] + arguments))
        return output.output.joined(separator: "\n")
    }
}
