import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

extension Request {
    /// The JSON body, whole. Throws `requestMalformed` for another content type, `requestTooLarge`.
    func collected() async throws -> [UInt8] {
        guard headers[.contentType]?.split(separator: ";").first == "application/json" else {
            throw Failure(.requestMalformed, "Content-Type is not application/json")
        }
        return Array(buffer: try await body.collect(upTo: Limits.Local.bodyBytes))
    }

    /// The JSON body as a value. Throws `requestMalformed`.
    func decoded<Body: Decodable>() async throws -> Body {
        do {
            return try StrictJSON.decode(Body.self, from: try await collected())
        } catch let refusal as StrictJSON.Refusal {
            throw Failure(.requestMalformed, "\(refusal)")
        }
    }

    /// The key under which a repetition of the request is recognised. Throws `idempotencyKeyMissing`.
    func idempotencyKey() throws(Failure) -> String {
        guard let key = headers[.idempotencyKey], !key.isEmpty,
            key.utf8.count <= Limits.Application.idempotencyKeyBytes
        else { throw Failure(.idempotencyKeyMissing) }
        return key
    }

    /// A whole number of the query, from 0; nil when it is not there. Throws `requestMalformed`.
    func position(_ name: String) throws(Failure) -> Int64? {
        guard let text = uri.queryParameters[Substring(name)] else { return nil }
        guard let value = Int64(text), value >= 0 else { throw Failure(.requestMalformed, name) }
        return value
    }

    /// Which applications the listing is to show. Throws `requestMalformed`.
    func applicationQuestion() throws(Failure) -> ApplicationQuestion {
        ApplicationQuestion(
            state: uri.queryParameters["state"].map(String.init), after: try position("after"),
            before: try position("before"), ending: uri.queryParameters["ending"].map(String.init))
    }
}

extension PeerContext {
    /// The application that the path names. Throws `applicationUnknown`.
    func itemID() throws -> ItemID {
        guard let id = ItemID(try parameters.require("id")) else { throw Failure(.applicationUnknown) }
        return id
    }
}

/// A JSON answer that nobody keeps.
func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    json(bytes: try StrictJSON.encode(value), status: status)
}

/// As above, of bytes that are JSON already.
func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
        status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
        body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .ifMatch
}
