import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

extension Response {
    static func json(_ value: some Encodable) throws(Problem) -> Response {
        do {
            return .bytes(try StrictJSON.encode(value), type: "application/json")
        } catch {
            throw Problem(.internalFault, "encoding: \(error)")
        }
    }

    static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// RFC 9457. A problem that came from the daemon keeps the status that the daemon gave it.
    static func problem(_ problem: Problem) -> Response {
        let status = problem.status ?? FailureCode(rawValue: problem.code)?.text.status ?? 502
        return Response.bytes(
            (try? StrictJSON.encode(problem)) ?? [], type: "application/problem+json",
            status: HTTPResponse.Status(code: status))
    }

    static func methodNotAllowed(_ methods: [HTTPRequest.Method]) -> Response {
        var response = problem(Problem(.methodNotAllowed))
        response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        return response
    }
}
