import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// The whole API as one table: path, verb, what it calls.
struct StationRoutes: Sendable {
    let control: any StationControl

    func router() -> Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        router.addMiddleware {
            ProblemMiddleware()
            LocalOnlyMiddleware()
        }
        router.get("/v1") { _, _ in try json(await control.description()) }
        router.get("/v1/status") { _, _ in try json(try await control.status()) }
        router.get("/v1/readers") { _, _ in try json(await control.readers()) }
        router.post("/v1/readers/{reader}/reads") { try await startRead($0, $1) }
        router.get("/v1/reads/{id}") { _, context in
            try json(try await control.read(try context.parameters.require("id")))
        }
        router.get("/v1/reads/{id}/record") { _, context in
            try json(try await control.readRecord(try context.parameters.require("id")))
        }
        router.get("/v1/reads/{id}/portrait") { _, context in
            let image = try await control.portrait(try context.parameters.require("id"))
            return Response(
                status: .ok, headers: [.contentType: image.mediaType, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: image.bytes)))
        }
        router.post("/v1/applications") { try await submit($0, $1) }
        router.get("/v1/applications") { try await applications($0, $1) }
        router.get("/v1/applications/{id}") { _, context in
            guard let id = ItemID(try context.parameters.require("id")) else { throw Failure(.applicationUnknown) }
            return try json(try await control.application(id))
        }
        router.get("/v1/events") { request, _ in
            let lastEventID = try request.headers[.lastEventID].map { text throws(Failure) in
                guard let id = Int64(text), id >= 0 else { throw Failure(.requestMalformed, "Last-Event-ID") }
                return id
            }
            return eventStreamResponse(try await control.events(after: lastEventID), to: request)
        }
        return router
    }

    private func startRead(_ request: Request, _ context: PeerContext) async throws -> Response {
        let body: ReadRequest = try await decoded(request)
        let reader = try context.parameters.require("reader")
        let report = try await control.startRead(reader: reader, body, by: try await context.peer())
        var response = try json(report, status: .accepted)
        response.headers[.location] = "/v1/reads/\(report.id)"
        return response
    }

    private func submit(_ request: Request, _ context: PeerContext) async throws -> Response {
        guard let key = request.headers[.idempotencyKey], !key.isEmpty,
            key.utf8.count <= Limits.Application.idempotencyKeyBytes
        else { throw Failure(.idempotencyKeyMissing) }
        let body = try await collected(request)
        let answer = try await control.submit(body, idempotencyKey: key, by: try await context.peer())
        return Response(
            status: .created,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store",
                .location: "/v1/applications/\(answer.itemId)",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    private func applications(_ request: Request, _ context: PeerContext) async throws -> Response {
        let query = request.uri.queryParameters
        let after = try query["after"].map { text throws(Failure) in
            guard let value = Int64(text), value >= 0 else { throw Failure(.requestMalformed, "after") }
            return value
        }
        return try json(try await control.applications(state: query["state"].map(String.init), after: after))
    }

    private func collected(_ request: Request) async throws -> [UInt8] {
        guard request.headers[.contentType]?.split(separator: ";").first == "application/json" else {
            throw Failure(.requestMalformed, "Content-Type is not application/json")
        }
        return Array(buffer: try await request.body.collect(upTo: Limits.Local.bodyBytes))
    }

    private func decoded<Body: Decodable>(_ request: Request) async throws -> Body {
        do {
            return try StrictJSON.decode(Body.self, from: try await collected(request))
        } catch let refusal as StrictJSON.Refusal {
            throw Failure(.requestMalformed, "\(refusal)")
        }
    }

    private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: try StrictJSON.encode(value))))
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .ifMatch
}
