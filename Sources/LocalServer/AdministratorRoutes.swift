import Hummingbird
import StationAPI
import StationCore

/// The administrator socket as one table.
struct AdministratorRoutes: Sendable {
    let control: any AdministrationControl

    func add(to router: Router<PeerContext>) {
        router.get("/v1") { _, _ in try json(await control.description()) }
        router.get("/v1/status") { _, _ in try json(try await control.status()) }
        addViews(to: router)
        addOperators(to: router)
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
        router.get("/v1/missing") { _, _ in try json(try await control.missing()) }
        router.post("/v1/missing/{first}/acknowledge") { request, context in
            guard let first = Int64(try context.parameters.require("first")) else {
                throw Failure(.applicationUnknown)
            }
            return try json(
                try await control.acknowledgeMissing(
                    from: first, try await request.decoded(), by: try await context.peer()))
        }
        router.get("/v1/audit") { request, context in
            try json(
                try await control.auditPage(after: try request.position("after") ?? 0, by: try await context.peer()))
        }
        router.post("/v1/audit/verify") { _, context in
            try json(try await control.verifyAudit(by: try await context.peer()))
        }
    }

    /// What administrators see of the station: ids and states, nothing of a citizen.
    private func addViews(to router: Router<PeerContext>) {
        router.get("/v1/readers") { _, _ in try json(await control.readers()) }
        router.get("/v1/applications") { request, _ in
            try json(try await control.applications(try request.applicationQuestion()))
        }
        router.get("/v1/applications/{id}") { _, context in
            try json(try await control.application(try context.itemID()))
        }
        router.get("/v1/events") { request, _ in
            eventStreamResponse(try await control.events(after: try request.lastEventID()), to: request)
        }
        router.get("/v1/shifts") { request, _ in
            try json(try await control.shifts(before: try request.position("before")))
        }
        router.get("/v1/issues") { request, _ in
            try json(try await control.issues(after: try request.position("after")))
        }
        router.get("/v1/shifts/{id}/summary") { _, context in
            try json(try await control.summary(ofShift: try context.parameters.require("id")))
        }
    }

    private func addOperators(to router: Router<PeerContext>) {
        router.get("/v1/operators") { _, _ in try json(try await control.operators()) }
        router.post("/v1/operators") { request, context in
            try json(
                try await control.enter(try await request.decoded(), by: try await context.peer()), status: .created)
        }
        router.post("/v1/operators/{id}/secret") { request, context in
            try json(
                try await control.resetSecret(
                    of: try context.parameters.require("id"), try await request.decoded(), by: try await context.peer())
            )
        }
        router.post("/v1/keys/data") { request, context in
            try json(try await control.replaceDataKey(try await request.decoded(), by: try await context.peer()))
        }
        for verb in OperatorAccountVerb.allCases {
            router.post("/v1/operators/{id}/\(verb.rawValue)") { _, context in
                try json(
                    try await control.perform(
                        verb, onOperator: try context.parameters.require("id"), by: try await context.peer()))
            }
        }
    }
}
