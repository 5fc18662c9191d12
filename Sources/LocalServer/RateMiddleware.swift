import HTTPTypes
import Hummingbird
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
            throw Failure(.requestsTooMany, "\(seconds) s left")
        }
        return try await next(request, context)
    }
}
