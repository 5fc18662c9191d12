import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// The whole table of paths, behind the judge and in front of the headers that every answer carries.
struct ConsoleResponder: HTTPResponder {
    typealias Context = ConsoleContext

    let gateway: StationGateway

    func respond(to request: Request, context: ConsoleContext) async -> Response {
        var response: Response
        if let code = RequestJudge(port: context.localPort ?? 0).refusal(of: request.head) {
            response = .problem(Problem(code))
        } else {
            do throws(Problem) {
                response = try await answer(request)
            } catch {
                response = .problem(error)
            }
        }
        for (name, value) in Self.walls { response.headers[name] = value }
        return response
    }

    private func answer(_ request: Request) async throws(Problem) -> Response {
        let path = request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard path.first == "api" else {
            guard path.count == 1, let file = PageFile.named(path[0]) else { throw Problem(.routeUnknown) }
            return file.response
        }
        switch Array(path.dropFirst()) {
        case ["status"]: return try .json(try await gateway.station.status())
        case ["readers"]: return try .json(try await gateway.station.readers())
        case ["applications"]: return try await gateway.applications(request.uri.queryParameters)
        case ["events"]: return try gateway.events(request)
        case let rest where rest.count == 2 && rest[0] == "reads":
            return try .json(try await gateway.station.read(try gateway.readID(rest[1])))
        case let rest where rest.count == 3 && rest[0] == "reads" && rest[2] == "portrait":
            return try await gateway.portrait(try gateway.readID(rest[1]))
        default: throw Problem(.routeUnknown)
        }
    }

    /// No script, style, picture or connection but our own; nothing kept by the browser; nobody frames the page.
    private static let walls: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
                + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        ),
        (.cacheControl, "no-store"),
        (.xContentTypeOptions, "nosniff"),
        (.named("Referrer-Policy"), "no-referrer"),
        (.named("X-Frame-Options"), "DENY"),
        (.named("Cross-Origin-Opener-Policy"), "same-origin"),
        (.named("Cross-Origin-Resource-Policy"), "same-origin"),
        (.named("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
}
