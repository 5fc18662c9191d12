import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// Coming and going.
extension StationGateway {
    /// `POST /api/sign-in`: a new session with a new id, whatever cookie the browser brought; the session that it named
    /// ends.
    func signIn(_ request: Request) async throws(Problem) -> Response {
        let order: SignInOrder = try await request.decoded()
        let station = StationClient(socketPath: socketPath, keepsConnections: false)
        let person = try await station.signIn(order)
        if let earlier = SessionCookie.id(in: request.headers) { await leave(earlier) }
        let id: String
        do {
            id = try sessions.begin(person, station)
        } catch {
            try? await station.signOut()
            throw error
        }
        var response = try Response.json(person)
        response.headers[.setCookie] = SessionCookie.setting(id)
        return response
    }

    /// `POST /api/sign-out`: always succeeds, and takes the cookie away.
    func signOut(_ request: Request) async -> Response {
        if let id = SessionCookie.id(in: request.headers) { await leave(id) }
        return Response(status: .noContent, headers: [.setCookie: SessionCookie.clearing])
    }

    /// `GET /api/me`: who this browser acts for.
    func me(_ request: Request) async throws(Problem) -> Response {
        let person = try await asPerson(request) { station throws(Problem) in try await station.me() }
        if let id = SessionCookie.id(in: request.headers) { sessions.update(id, person) }
        return try .json(person)
    }

    /// `POST /api/secret`: a secret of one's own.
    func changeSecret(_ request: Request) async throws(Problem) -> Response {
        let change: SecretChange = try await request.decoded()
        let person = try await asPerson(request) { station throws(Problem) in try await station.changeSecret(change) }
        if let id = SessionCookie.id(in: request.headers) { sessions.update(id, person) }
        return try .json(person)
    }

    /// `GET /api/operators`: the accounts, for supervisors.
    func operators(_ request: Request) async throws(Problem) -> Response {
        try .json(try await asPerson(request) { station throws(Problem) in try await station.operators() })
    }

    /// `POST /api/operators/{id}/secret`: a temporary secret for who forgot theirs.
    func resetSecret(of id: String, _ request: Request) async throws(Problem) -> Response {
        // Dots stand in names of people only, and never first.
        guard id.first != "." else { throw Problem(.operatorUnknown) }
        _ = try plain(id.replacing(".", with: "-"), else: .operatorUnknown)
        let reset: SecretReset = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.resetSecret(of: id, reset) })
    }

    /// The session here ends first: a daemon that hangs must not keep it alive.
    private func leave(_ id: String) async {
        guard let station = sessions.end(id) else { return }
        try? await station.signOut()
    }
}

extension Request {
    /// The JSON body as a value. Throws `requestTooLarge`, `requestMalformed`.
    func decoded<Body: Decodable>(upTo limit: Int = Limits.Local.consoleBodyBytes) async throws(Problem) -> Body {
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem(.requestTooLarge)
        } catch {
            throw Problem(.requestMalformed, "body")
        }
        do {
            return try StrictJSON.decode(Body.self, from: Array(buffer: bytes))
        } catch {
            throw Problem(.requestMalformed, "\(error)")
        }
    }
}
