import HTTPTypes
import Hummingbird
import StationAPI
import StationCore

/// What is done with saved applications, media, and the session that is handed over. A second person's signature and the key
/// that makes a repetition safe pass through as the page sent them.
extension StationGateway {
    /// `GET /api/applications/{id}`
    func application(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .applicationUnknown)
        return try .json(try await asPerson(request) { station throws(Problem) in try await station.application(id) })
    }

    /// `POST /api/applications/{id}/hold|release|cancel|close|retry`
    func perform(_ verb: ApplicationVerb, on id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .applicationUnknown)
        let second = try request.coSignature()
        let order: ApplicationOrder = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.perform(verb, on: id, order, coSignature: second)
            })
    }

    /// `POST /api/applications/{id}/amendments`
    func amend(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .applicationUnknown)
        let key = try request.repetitionKey()
        let submission: AmendmentSubmission = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.amend(id, submission, idempotencyKey: key)
            })
    }

    /// `POST /api/applications/{id}/withdraw`
    func withdraw(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .applicationUnknown)
        let key = try request.repetitionKey()
        let order: WithdrawalOrder = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.withdraw(id, order, idempotencyKey: key)
            })
    }

    /// `POST /api/applications/{id}/forget`: what the daemon has as `DELETE …/follow-up`; a page sends GET and POST only.
    func forget(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .applicationUnknown)
        try await asPerson(request) { station throws(Problem) in try await station.eraseFollowUp(of: id) }
        return Response(status: .noContent)
    }

    /// `POST /api/applications/find`: personal; the page forgets the answer with the next question.
    func find(_ request: Request) async throws(Problem) -> Response {
        let question: PersonQuestion = try await request.decoded()
        return try .json(try await asPerson(request) { station throws(Problem) in try await station.find(question) })
    }

    /// `GET /api/media`
    func media(_ request: Request) async throws(Problem) -> Response {
        try .json(try await asPerson(request) { station throws(Problem) in try await station.media() })
    }

    /// `POST /api/exports`: answered when the bundle was read back, which may take minutes.
    func export(_ request: Request) async throws(Problem) -> Response {
        guard let second = try request.coSignature() else { throw Problem(.coSignatureMissing) }
        let order: ExportOrder = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.export(order, coSignature: second)
            })
    }

    /// `POST /api/exports/recall`
    func recall(_ request: Request) async throws(Problem) -> Response {
        try .json(try await asPerson(request) { station throws(Problem) in try await station.recallExports() })
    }

    /// `POST /api/receipts/imports`
    func importReceipts(_ request: Request) async throws(Problem) -> Response {
        let order: ImportOrder = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in try await station.importReceipts(order) })
    }

    /// `POST /api/shifts/{id}/hand-over`: the successor signs.
    func handOver(_ id: String, _ request: Request) async throws(Problem) -> Response {
        let id = try plain(id, else: .shiftUnknown)
        guard let successor = try request.coSignature() else { throw Problem(.coSignatureMissing) }
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.handOver(id, to: successor)
            })
    }
}

extension Request {
    /// The second person's signature; nil without one. Throws `coSignatureRefused` for what is none.
    func coSignature() throws(Problem) -> CoSignature? {
        guard let header = headers[.named(CoSignature.headerName)] else { return nil }
        guard let signature = CoSignature(headerValue: header) else { throw Problem(.coSignatureRefused) }
        return signature
    }

    /// The key under which a repetition is the same request. Throws `idempotencyKeyMissing`.
    func repetitionKey() throws(Problem) -> String {
        guard let key = headers[.named("Idempotency-Key")], !key.isEmpty else { throw Problem(.idempotencyKeyMissing) }
        return key
    }
}
