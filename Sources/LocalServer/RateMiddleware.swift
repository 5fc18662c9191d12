import HTTPTypes
import Hummingbird
import StationAPI
import StationCore

/// Refuses a peer that asks faster than the daemon's one thread can bear.
struct RateMiddleware: RouterMiddleware {
    typealias Context = PeerContext

    let allowance: PeerAllowance

    @concurrent
    func handle(
        _ request: Request, context: PeerContext,
        next: @concurrent (Request, PeerContext) async throws -> Response
    ) async throws -> Response {
        if let seconds = allowance.request(by: try await context.peer()) {
            var response = Problem(Failure(.requestsTooMany)).response
            response.headers[.retryAfter] = "\(seconds)"
            return response
        }
        return try await next(request, context)
    }
}
