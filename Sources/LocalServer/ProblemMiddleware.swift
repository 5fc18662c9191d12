import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import StationAPI
import StationCore

/// Turns everything that is thrown into problem details (RFC 9457). Nothing else leaves as an error.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    /// What the socket has, so that a wrong method is told from a wrong path.
    let table: RouteTable

    @concurrent
    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response
        } catch let failure as Failure {
            return Problem(failure).response
        } catch let error as HTTPError where error.status == .notFound {
            let allowed = table.methods(at: request.uri.path)
            guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else {
                return Problem(Failure(.routeUnknown)).response
            }
            var response = Problem(Failure(.methodNotAllowed)).response
            response.headers[.allow] = allowed.joined(separator: ", ")
            return response
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return Problem(Failure(.requestTooLarge)).response
        } catch let error as HTTPError where (400..<500).contains(error.status.code) {
            return Problem(Failure(.requestMalformed, "\(error.status)")).response
        } catch is NIOTooManyBytesError {
            return Problem(Failure(.requestTooLarge)).response
        } catch is HTTPParserError {
            // In the middle of a body. Nothing can follow on this connection.
            var response = Problem(Failure(.requestMalformed)).response
            response.headers[.connection] = "close"
            return response
        } catch {
            context.logger.critical("request failed", metadata: ["error": "\(error)"])
            return Problem(Failure(.internalFault)).response
        }
    }
}

extension Problem {
    /// The problem as an answer; the status follows from the code.
    var response: Response {
        guard let code = FailureCode(rawValue: code) else {
            return Response(status: .internalServerError, headers: [:])
        }
        let status = code.httpStatus
        let document = Problem(Failure(code, detail), status: status, fields: fields)
        let body = (try? StrictJSON.encode(document)) ?? []
        var response = Response(
            status: .init(code: status),
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
        if status == 429 { response.headers[.retryAfter] = "\(secondsLeft)" }
        return response
    }

    /// What was refused for a time says in its detail for how long: `60 s left`.
    private var secondsLeft: Int { max(1, detail?.split(separator: " ").first.flatMap { Int($0) } ?? 1) }
}
