import AsyncHTTPClient
import FakeStation
import LocalServer
import Logging
import NIOCore
import NIOHTTP1
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

@testable import ConsoleServer

/// The daemon's answers through the console.
struct GatewayTests {
    @Test func `Status, readers, reads and applications pass through`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            let status = Scene.status(readers: Scene.readers(.card, read: "read-1"), counts: ["saved": 2])
            bench.station.set(status)
            bench.station.tell(Scene.read(state: .finished))
            bench.station.tell(Scene.application(41, state: "saved", stateVi: "Đã lưu, chờ truyền"))
            bench.station.tell(Scene.application(42, state: "accepted", stateVi: "Cấp trên đã tiếp nhận"))
            #expect(
                try StrictJSON.decode(StationStatus.self, from: try await client.ask("/api/status").bytes) == status)
            let readers = try await client.ask("/api/readers").bytes
            #expect(try StrictJSON.decode(ReaderList.self, from: readers) == status.readers)
            let read = try await client.ask("/api/reads/read-1", cookie: lan).bytes
            #expect(try StrictJSON.decode(ReadReport.self, from: read).citizen?.name == Scene.name)
            for (query, expected) in [("", [41, 42]), ("?state=saved", [41]), ("?after=41", [42])]
                as [(String, [Int64])]
            {
                let list = try await client.ask("/api/applications\(query)", cookie: lan).bytes
                #expect(
                    try StrictJSON.decode(ApplicationList.self, from: list).applications.map(\.sequence) == expected)
            }
            #expect(try await client.ask("/api/applications?after=x", cookie: lan).status == 400)
        }
    }

    @Test func `A portrait passes only as a picture`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let lan = try await client.signIn()
            bench.station.tell(
                Scene.read("a", state: .finished), portrait: PageImage(bytes: [1, 2], mediaType: "image/png"))
            bench.station.tell(
                Scene.read("b", state: .finished), portrait: PageImage(bytes: [3], mediaType: "text/html"))
            let picture = try await client.ask("/api/reads/a/portrait", cookie: lan)
            #expect(picture.bytes == [1, 2])
            #expect(picture.headers.first(name: "Content-Type") == "image/png")
            #expect(try await client.ask("/api/reads/b/portrait", cookie: lan).status == 502)
            #expect(try await client.ask("/api/reads/c/portrait", cookie: lan).status == 404)
        }
    }

    @Test func `The daemon's problems keep their status and texts`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let answer = try await client.ask("/api/reads/none", cookie: try await client.signIn())
            #expect(answer.status == 404)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
            #expect(try StrictJSON.decode(Problem.self, from: answer.bytes).code == "read-unknown")
        }
    }

    @Test func `Without a daemon there is a problem with a remedy, and an event stream that says so and ends`()
        async throws
    {
        try await Bench.run(daemon: false) { bench in
            let client = ConsoleClient(port: bench.port)
            let answer = try await client.ask("/api/status")
            #expect(answer.status == 503)
            let problem = try StrictJSON.decode(Problem.self, from: answer.bytes)
            #expect(problem.code == "station-unreachable")
            #expect(!problem.remedyVi.isEmpty)
            let stream = try await client.ask("/api/events").text
            #expect(stream.contains("retry: 1000\n"))
            #expect(stream.contains("event: away\n"))
            #expect(stream.contains("station-unreachable"))
        }
    }

    @Test func `A port that is taken is a stop with a name`() async throws {
        try await Bench.run { bench in
            let second = ConsoleServer(
                configuration: .init(port: bench.port, socketPath: bench.socketPath), clock: SystemClock(),
                logger: Logger(label: "test"))
            let failure = await #expect(throws: Failure.self) { try await second.run() }
            #expect(failure?.code == .portTaken)
        }
    }

    @Test func `Events are relayed, and a stream resumes behind the last id`() async throws {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let response = try await client.open("/api/events", headers: [("Last-Event-ID", "5")])
            #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
            var parser = ServerSentEventParser()
            var kinds: [String] = []
            var ids: [String?] = []
            var last = ""
            for try await chunk in response.body {
                for event in try parser.push(Array(chunk.readableBytesView)) {
                    kinds.append(event.event ?? "")
                    ids.append(event.id)
                    last = event.data
                    if event.event == "snapshot" {
                        bench.station.tell(Scene.application(9, state: "saved", stateVi: "Đã lưu, chờ truyền"))
                        bench.station.tell(Scene.read(state: .reading))
                        bench.station.hangUp()
                    }
                }
            }
            #expect(kinds == ["session", "snapshot", "application", "read", "away"])
            #expect(ids == [nil, "7", "9", nil, nil])
            let away = try StrictJSON.decode(Problem.self, from: Array(last.utf8))
            #expect(away.code == FailureCode.stationStopping.rawValue)
            #expect(bench.station.resumedAfter == [5])
        }
    }

    /// What has come through a connection stays in its buffers: the next citizen's comes through another one.
    @Test func `When a citizen is gone the daemon is asked anew, and the page hears of what came meanwhile`()
        async throws
    {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let cookie = try await client.signIn()
            let response = try await client.open("/api/events", headers: [("Cookie", cookie)])
            var parser = ServerSentEventParser()
            var kinds: [String] = []
            for try await chunk in response.body {
                for event in try parser.push(Array(chunk.readableBytesView)) {
                    kinds.append(event.event ?? "")
                    guard let kind = event.event else { continue }
                    switch (kind, kinds.count) {
                    case ("snapshot", _):
                        bench.station.tell(Scene.read("read-2", state: .reading, citizen: false))
                        bench.station.tell(Scene.read(state: .finished))
                        // Another reader still reads: nothing of it must be missed.
                        bench.station.tell(Scene.read(state: .discarded, citizen: false))
                        bench.station.tell(Scene.read("read-2", state: .failed, citizen: false))
                    case ("status", _):
                        bench.station.tell(Scene.application(9, state: "saved", stateVi: "Đã lưu, chờ truyền"))
                        bench.station.hangUp()
                    default: break
                    }
                }
            }
            #expect(
                kinds == [
                    "session", "snapshot", "read", "read", "read", "read", "readers", "status", "application", "away",
                ])
            #expect(bench.station.resumedAfter == [nil, 7])
        }
    }

    @Test func `There are never more streams than the limit, and a page that leaves frees its own at once`()
        async throws
    {
        try await Bench.run { bench in
            let client = ConsoleClient(port: bench.port)
            let held = (0..<Limits.Local.consoleStreams).map { _ in
                Task { for try await _ in try await client.open("/api/events").body {} }
            }
            #expect(await eventually { bench.station.resumedAfter.count == Limits.Local.consoleStreams })
            let refused = try await client.ask("/api/events").text
            #expect(refused.contains("connections-too-many"))
            #expect(bench.station.resumedAfter.count == Limits.Local.consoleStreams)
            held[0].cancel()
            _ = await held[0].result
            let freed = await eventually {
                guard let response = try? await client.open("/api/events") else { return false }
                var body = response.body.makeAsyncIterator()
                _ = try? await body.next()
                let first = (try? await body.next()).flatMap { $0 }.map { String(buffer: $0) } ?? ""
                return !first.contains("connections-too-many")
            }
            #expect(freed)
            for task in held { task.cancel() }
        }
    }
}
