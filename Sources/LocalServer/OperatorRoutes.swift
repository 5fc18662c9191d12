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
        router.get("/v1/events") { request, _ in
            let lastEventID = try request.headers[.lastEventID].map { text throws(Failure) in
                guard let id = Int64(text), id >= 0 else { throw Failure(.requestMalformed, "Last-Event-ID") }
                return id
            }
            return eventStreamResponse(try await control.events(after: lastEventID), to: request)
        }
        ApplicationRoutes(control: control).add(to: router)
        router.post("/v1/exports") { request, context in
            try json(try await control.export(try await request.decoded(), by: try await context.peer()))
        }
        router.post("/v1/exports/recall") { _, context in
            try json(try await control.recallExports(by: try await context.peer()))
        }
        router.post("/v1/receipts/imports") { request, context in
            try json(try await control.importReceipts(try await request.decoded(), by: try await context.peer()))
        }
    }

    private func startRead(_ request: Request, _ context: PeerContext) async throws -> Response {
        let body: ReadRequest = try await request.decoded()
        let reader = try context.parameters.require("reader")
        let report = try await control.startRead(reader: reader, body, by: try await context.peer())
        var response = try json(report, status: .accepted)
        response.headers[.location] = "/v1/reads/\(report.id)"
        return response
    }
}
