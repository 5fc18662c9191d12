import HTTPTypes
import Hummingbird
import StationAPI
import StationCore

/// Sign-in, accounts as supervisors see them, intake sessions, and problems reported upward.
struct PeopleRoutes: Sendable {
    let control: any StationControl

    func add(to router: Router<PeerContext>) {
        router.post("/v1/operators/sign-in") { request, context in
            try json(try await control.signIn(try await request.decoded(), from: try await context.peer()))
        }
        router.post("/v1/operators/sign-out") { request, context in
            await control.signOut(try await control.person(request, context, isLeaving: true))
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
        router.get("/v1/operators/me") { request, context in
            try json(try await control.describe(try await control.person(request, context, isLeaving: true)))
        }
        router.post("/v1/operators/secret") { request, context in
            let person = try await control.person(request, context, isLeaving: true)
            return try json(try await control.changeSecret(try await request.decoded(), by: person))
        }
        router.get("/v1/operators") { request, context in
            try json(try await control.operators(by: try await control.person(request, context)))
        }
        router.post("/v1/operators/{id}/secret") { request, context in
            let person = try await control.person(request, context)
            return try json(
                try await control.resetSecret(
                    of: try context.parameters.require("id"), try await request.decoded(), by: person))
        }
        addShifts(to: router)
        router.post("/v1/issues") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.note(try await request.decoded(), by: person), status: .created)
        }
        router.get("/v1/issues") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.issues(after: try request.position("after")))
        }
    }

    private func addShifts(to router: Router<PeerContext>) {
        router.post("/v1/shifts") { request, context in
            let person = try await control.person(request, context)
            let report = try await control.openShift(try await request.decoded(), by: person)
            var response = try json(report, status: .created)
            response.headers[.location] = "/v1/shifts/\(report.shiftId)"
            return response
        }
        router.get("/v1/shifts/current") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.currentShift())
        }
        router.get("/v1/shifts") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.shifts(before: try request.position("before")))
        }
        router.post("/v1/shifts/{id}/hand-over") { request, context in
            let person = try await control.person(request, context)
            let _: HandOver = try await request.decoded()
            let second = try await control.second(request, beside: person)
            return try json(try await control.handOver(try context.parameters.require("id"), by: person, to: second))
        }
        router.post("/v1/shifts/{id}/close") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.closeShift(try context.parameters.require("id"), by: person))
        }
        router.get("/v1/shifts/{id}/summary") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.summary(ofShift: try context.parameters.require("id")))
        }
    }
}

extension StationControl {
    /// The person whose token the request carries. Throws `signInRequired`, `sessionExpired`.
    func person(_ request: Request, _ context: PeerContext, isLeaving: Bool = false) async throws -> ProvenPerson {
        try await person(token: request.bearerToken, from: try await context.peer(), isLeaving: isLeaving)
    }

    /// The second person whose credential the request carries; nil without one. Throws `coSignatureRefused`.
    func second(_ request: Request, beside person: ProvenPerson) async throws -> ProvenPerson? {
        guard let value = request.headers[.coSignature] else { return nil }
        guard let signature = CoSignature(headerValue: value) else { throw Failure(.coSignatureRefused) }
        return try await second(signature, beside: person)
    }
}

extension Request {
    /// The token of `Authorization: Bearer …` (RFC 6750, 2.1); nil without one.
    var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
    }

    /// The last event that a client saw. Throws `requestMalformed`.
    func lastEventID() throws(Failure) -> Int64? {
        guard let text = headers[.lastEventID] else { return nil }
        guard let id = Int64(text), id >= 0 else { throw Failure(.requestMalformed, "Last-Event-ID") }
        return id
    }
}

extension HTTPField.Name {
    fileprivate static let coSignature = HTTPField.Name(CoSignature.headerName) ?? .authorization
}
