import HTTPTypes
import Hummingbird
import StationCore

/// Refuses what only a browser that was lured here would send: an Origin, a Referer, a foreign Host.
struct LocalOnlyMiddleware<Context: RequestContext>: RouterMiddleware {
    private static var hosts: Set<String> { ["", "localhost", "intaked"] }

    @concurrent
    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.origin] == nil, request.headers[.referer] == nil,
            Self.hosts.contains(request.head.authority ?? "")
        else { throw Failure(.requestForbiddenOrigin) }
        return try await next(request, context)
    }
}
