import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// The operator socket as one table: path, verb, what it calls.
struct OperatorRoutes: Sendable {
    let control: any StationControl

    func add(to router: Router<PeerContext>) {
        router.get("/v1") { _, _ in try json(await control.description()) }
        router.get("/v1/status") { _, _ in try json(try await control.status()) }
        router.get("/v1/readers") { _, _ in try json(await control.readers()) }
        router.post("/v1/readers/{reader}/reads") { try await startRead($0, $1) }
        router.get("/v1/reads/{id}") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.read(try context.parameters.require("id"), by: person))
        }
        router.get("/v1/reads/{id}/record") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.readRecord(try context.parameters.require("id"), by: person))
        }
        router.get("/v1/reads/{id}/portrait") { request, context in
            let person = try await control.person(request, context)
            let image = try await control.portrait(try context.parameters.require("id"), by: person)
            return Response(
                status: .ok, headers: [.contentType: image.mediaType, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: image.bytes)))
        }
        router.get("/v1/events") { request, context in
            // Without a token the stream has what the status has; with a token that has run out it has nothing.
            let person = request.bearerToken == nil ? nil : try await control.person(request, context)
            return eventStreamResponse(
                try await control.events(after: try request.lastEventID(), for: person), to: request
            ) {
                // What was proven when the stream began holds as long as the session does.
                guard let person else { return true }
                return await control.isSignedIn(person)
            }
        }
        PeopleRoutes(control: control).add(to: router)
        ApplicationRoutes(control: control).add(to: router)
        router.post("/v1/exports") { request, context in
            let person = try await control.person(request, context)
            let second = try await control.second(request, beside: person)
            return try json(try await control.export(try await request.decoded(), by: person, with: second))
        }
        router.post("/v1/exports/recall") { request, context in
            try json(try await control.recallExports(by: try await control.person(request, context)))
        }
        router.get("/v1/media") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.media())
        }
        router.post("/v1/receipts/imports") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.importReceipts(try await request.decoded(), by: person))
        }
    }

    private func startRead(_ request: Request, _ context: PeerContext) async throws -> Response {
        let person = try await control.person(request, context)
        let body: ReadRequest = try await request.decoded()
        let reader = try context.parameters.require("reader")
        let report = try await control.startRead(reader: reader, body, by: person)
        var response = try json(report, status: .accepted)
        response.headers[.location] = "/v1/reads/\(report.id)"
        return response
    }
}
