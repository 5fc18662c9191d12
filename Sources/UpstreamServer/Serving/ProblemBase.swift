import HTTPTypes
import Hummingbird
import NIOCore
import StationCore
import Uplink

/// Under which URI this upstream's problem types stand: the authority under which the station asked.
struct ProblemBase: Sendable {
    private let prefix: String

    init(authority: String?) { prefix = "https://\(authority ?? "localhost")/v1/intake/problems/" }

    /// A problem of one item or of a whole request.
    func problem(
        _ name: ProblemName,
        status: Int? = nil,
        detail: String,
        storedSha256: ContentDigest? = nil,
        maxBytes: Int? = nil,
        maxItems: Int? = nil
    ) -> WireProblem {
        WireProblem(
            type: prefix + name.rawValue,
            title: name.rawValue.replacing("-", with: " "),
            status: status,
            detail: detail,
            storedSha256: storedSha256,
            maxBytes: maxBytes,
            maxItems: maxItems
        )
    }

    /// The whole reply to a refused request.
    func response(_ problem: RequestProblem) throws -> Response {
        let wire = self.problem(
            problem.name,
            status: problem.status,
            detail: problem.detail,
            maxBytes: problem.maxBytes,
            maxItems: problem.maxItems
        )
        var response = try Response.json(wire, status: .init(code: problem.status), type: "application/problem+json")
        if problem.name == .busy { response.headers[.retryAfter] = "1" }
        return response
    }
}

extension Response {
    /// A reply with a JSON body, never cached.
    static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        type: String = "application/json"
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: try StrictJSON.encode(value)))
        )
    }
}
