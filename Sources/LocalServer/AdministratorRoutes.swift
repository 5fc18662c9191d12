import Hummingbird
import StationAPI
import StationCore

/// The administrator socket as one table.
struct AdministratorRoutes: Sendable {
    let control: any AdministrationControl

    func add(to router: Router<PeerContext>) {
        router.get("/v1") { _, _ in try json(await control.description()) }
        router.get("/v1/status") { _, _ in try json(try await control.status()) }
        for verb in TransmissionVerb.allCases {
            router.post("/v1/transmission/\(verb.rawValue)") { _, context in
                try json(try await control.perform(verb, by: try await context.peer()))
            }
        }
        router.post("/v1/imports") { request, context in
            try json(try await control.importItems(try await request.decoded(), by: try await context.peer()))
        }
        router.post("/v1/receipts/exports") { request, context in
            try json(try await control.exportReceipts(try await request.decoded(), by: try await context.peer()))
        }
        router.get("/v1/audit") { request, context in
            try json(
                try await control.auditPage(after: try request.position("after") ?? 0, by: try await context.peer()))
        }
        router.post("/v1/audit/verify") { _, context in
            try json(try await control.verifyAudit(by: try await context.peer()))
        }
    }
}
