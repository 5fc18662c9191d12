import HTTPTypes
import Hummingbird
import StationAPI
import StationCore

/// Taking an application in: opening a chip, saving.
extension StationGateway {
    /// `POST /api/readers/{reader}/reads`
    func startRead(_ reader: String, _ request: Request) async throws(Problem) -> Response {
        let reader = try plain(reader, else: .readerUnknown)
        let order: ReadRequest = try await request.decoded()
        return try .json(
            try await asPerson(request) { station throws(Problem) in
                try await station.startRead(reader: reader, order)
            })
    }

    /// `POST /api/applications`: the key and the second person's signature pass through as the page sent them. Who is not
    /// signed in sends no large body.
    func submit(_ request: Request) async throws(Problem) -> Response {
        _ = try sessions.session(of: request.headers)
        guard let key = request.headers[Self.idempotencyKey], !key.isEmpty else {
            throw Problem(.idempotencyKeyMissing)
        }
        var second: CoSignature?
        if let header = request.headers[Self.coSignature] {
            guard let signature = CoSignature(headerValue: header) else { throw Problem(.coSignatureRefused) }
            second = signature
        }
        let submission: ApplicationSubmission = try await request.decoded(upTo: Limits.Local.bodyBytes)
        let saved = try await asPerson(request) { [second] station throws(Problem) in
            try await station.submit(submission, idempotencyKey: key, coSignature: second)
        }
        var response = try Response.json(saved)
        response.status = .created
        return response
    }

    private static let idempotencyKey = HTTPField.Name.named("Idempotency-Key")
    private static let coSignature = HTTPField.Name.named(CoSignature.headerName)
}
