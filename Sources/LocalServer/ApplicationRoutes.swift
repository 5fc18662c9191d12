import HTTPTypes
import Hummingbird
import StationAPI
import StationCore

/// What operators do with applications.
struct ApplicationRoutes: Sendable {
    let control: any StationControl

    func add(to router: Router<PeerContext>) {
        router.post("/v1/applications") { request, context in
            let person = try await control.person(request, context)
            let key = try request.idempotencyKey()
            let second = try await control.second(request, beside: person)
            return saved(
                try await control.submit(try await request.collected(), idempotencyKey: key, by: person, with: second))
        }
        router.get("/v1/applications") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.applications(try request.applicationQuestion()))
        }
        // A question about a person is a POST: what is asked must not stand in a path.
        router.post("/v1/applications/find") { request, context in
            let person = try await control.person(request, context)
            return try json(try await control.find(try await request.decoded(), by: person))
        }
        router.get("/v1/applications/{id}") { request, context in
            _ = try await control.person(request, context)
            return try json(try await control.application(try context.itemID()))
        }
        for verb in ApplicationVerb.allCases {
            router.post("/v1/applications/{id}/\(verb.rawValue)") { request, context in
                let person = try await control.person(request, context)
                let order: ApplicationOrder = try await request.decoded()
                let second = try await control.second(request, beside: person)
                return try json(
                    try await control.perform(verb, on: try context.itemID(), order, by: person, with: second))
            }
        }
        router.post("/v1/applications/{id}/amendments") { request, context in
            let person = try await control.person(request, context)
            let key = try request.idempotencyKey()
            return saved(
                try await control.amend(
                    try context.itemID(), try await request.collected(), idempotencyKey: key, by: person))
        }
        router.post("/v1/applications/{id}/withdraw") { request, context in
            let person = try await control.person(request, context)
            let key = try request.idempotencyKey()
            return json(
                bytes: try await control.withdraw(
                    try context.itemID(), try await request.collected(), idempotencyKey: key, by: person))
        }
        router.delete("/v1/applications/{id}/follow-up") { request, context in
            let person = try await control.person(request, context)
            try await control.eraseFollowUp(of: try context.itemID(), by: person)
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
    }

    private func saved(_ answer: SavedAnswer) -> Response {
        var response = json(bytes: answer.body, status: .created)
        response.headers[.location] = "/v1/applications/\(answer.itemId)"
        return response
    }
}
