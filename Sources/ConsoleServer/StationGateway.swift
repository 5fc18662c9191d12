import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// The daemon's answers, as the page gets them: what is personal only for who is signed in, with the person's own client.
struct StationGateway: Sendable {
    let socketPath: String
    /// Asks what everybody may know.
    let nobody: StationClient
    let sessions: ConsoleSessions
    let relay: EventRelay

    init(socketPath: String, sessions: ConsoleSessions, relay: EventRelay) {
        self.socketPath = socketPath
        nobody = StationClient(socketPath: socketPath, keepsConnections: false)
        self.sessions = sessions
        self.relay = relay
    }

    // MARK: Reads and applications

    /// `GET /api/reads/{id}`
    func read(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .readUnknown)
        return try .json(try await asPerson(request) { station throws(Problem) in try await station.read(id) })
    }

    /// `GET /api/reads/{id}/portrait`: only what a browser shows as a picture is passed on.
    func portrait(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .readUnknown)
        let (bytes, mediaType) = try await asPerson(request) { station throws(Problem) in
            try await station.portrait(id)
        }
        guard ["image/png", "image/jpeg"].contains(mediaType) else {
            throw Problem(Failure(.portraitUndecodable, "media type"), status: 502)
        }
        return .bytes(bytes, type: mediaType)
    }

    /// `GET /api/applications?state=&after=&before=&ending=`
    func applications(_ request: Request) async throws(Problem) -> Response {
        let question = ApplicationQuestion(
            state: request.uri.queryParameters["state"].map(String.init), after: try position("after", request),
            before: try position("before", request), ending: request.uri.queryParameters["ending"].map(String.init))
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.applications(question) })
    }

    // MARK: Intake sessions

    /// `GET /api/shifts/current`
    func currentShift(_ request: Request) async throws(Problem) -> Response {
        try .json(
            CurrentShift(
                shift: try await asPerson(request) { station throws(Problem) in try await station.currentShift() }))
    }

    /// `GET /api/shifts?before=`
    func shifts(_ request: Request) async throws(Problem) -> Response {
        let before = try position("before", request)
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.shifts(before: before) })
    }

    /// `POST /api/shifts`
    func openShift(_ request: Request) async throws(Problem) -> Response {
        let order: ShiftOrder = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.openShift(order) })
    }

    /// `GET /api/shifts/{id}/summary`
    func summary(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .shiftUnknown)
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.summary(ofShift: id) })
    }

    /// `POST /api/shifts/{id}/close`
    func closeShift(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .shiftUnknown)
        return try .json(try await asPerson(request) { station throws(Problem) in try await station.closeShift(id) })
    }

    // MARK: Events

    /// `GET /api/events`: resumes behind `Last-Event-ID`. Who is not signed in hears what the status has.
    func events(_ request: Request) throws(Problem) -> Response {
        var after: Int64?
        if let text = request.headers[.named("Last-Event-ID")] {
            guard let number = Int64(text), number >= 0 else { throw Problem(.requestMalformed, "Last-Event-ID") }
            after = number
        }
        let listener = listener(request)
        let body = ResponseBody { [relay, after] writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await relay.run(for: listener, after: after, to: &writer)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }

    private func listener(_ request: Request) -> EventListener {
        guard let (id, session) = try? sessions.session(of: request.headers) else {
            return EventListener(station: nobody, person: nil, end: nil, refused: { _ in })
        }
        // Who has to set a secret first is told of the station as a stranger is, but told who they are.
        let station = session.person.mustChangeSecret ? nobody : session.station
        return EventListener(
            station: station, person: session.person, end: { [sessions] in await sessions.waitForEnd(of: id) },
            refused: { [sessions] problem in if problem.endsSession { sessions.end(id) } })
    }

    // MARK: Helpers

    /// Does something as the person whose session the request carries; a session that the daemon no longer knows ends
    /// here too. Throws `signInRequired`, `sessionExpired`, and what the daemon says.
    func asPerson<Value>(
        _ request: Request, _ work: (StationClient) async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let (id, session) = try sessions.session(of: request.headers)
        do {
            return try await work(session.station)
        } catch {
            if error.endsSession { sessions.end(id) }
            throw error
        }
    }

    /// Only what can be an id reaches the daemon.
    func plain(_ text: String, else unknown: FailureCode) throws(Problem) -> String {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...64).contains(text.utf8.count) else { throw Problem(unknown) }
        return text
    }

    private func position(_ name: String, _ request: Request) throws(Problem) -> Int64? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let number = Int64(text), number >= 0 else { throw Problem(.requestMalformed, name) }
        return number
    }
}

extension Problem {
    /// Whether nobody is signed in any more; a wrong secret has the same status and ends nothing.
    var endsSession: Bool {
        code == FailureCode.sessionExpired.rawValue || code == FailureCode.signInRequired.rawValue
    }
}
