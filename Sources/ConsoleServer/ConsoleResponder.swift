import HTTPTypes
import Hummingbird
import NIOCore
import StationAPI
import StationCore

/// Every answer, behind the judge and in front of the headers that all of them carry.
struct ConsoleResponder: HTTPResponder {
    typealias Context = ConsoleContext

    let gateway: StationGateway
    /// Whether the page may use a camera; no page may that did not ask for it.
    var hasCamera = false

    func respond(to request: Request, context: ConsoleContext) async -> Response {
        var response: Response
        if let code = RequestJudge(port: context.localPort ?? 0).refusal(of: request.head) {
            response = code == .methodNotAllowed ? .methodNotAllowed(methods(request)) : .problem(Problem(code))
        } else {
            do throws(Problem) {
                response = try await answer(request)
            } catch {
                response = .problem(error)
            }
        }
        for (name, value) in Self.walls { response.headers[name] = value }
        response.headers[.named("Permissions-Policy")] =
            "camera=\(hasCamera ? "(self)" : "()"), geolocation=(), microphone=(), payment=(), usb=()"
        // What was typed or asked for stays in the buffers of its connection. The page's event stream, which is open all day,
        // would most likely run on just that one.
        if segments(request).first == "api" { response.headers[.connection] = "close" }
        return response
    }

    private func answer(_ request: Request) async throws(Problem) -> Response {
        let path = segments(request)
        guard path.first == "api" else {
            guard path.count == 1, let file = PageFile.named(path[0]) else { throw Problem(.routeUnknown) }
            guard request.method == .get else { return .methodNotAllowed(methods(request)) }
            return file.response(to: request)
        }
        guard let route = ConsoleRoute(Array(path.dropFirst())) else { throw Problem(.routeUnknown) }
        guard route.methods.contains(request.method) else { return .methodNotAllowed(route.methods) }
        switch route {
        case .status: return try .json(try await gateway.nobody.status())
        case .readers: return try .json(try await gateway.nobody.readers())
        case .description: return try .json(try await gateway.nobody.description())
        case .events: return try gateway.events(request)
        case .signIn: return try await gateway.signIn(request)
        case .signOut: return await gateway.signOut(request)
        case .me: return try await gateway.me(request)
        case .secret: return try await gateway.changeSecret(request)
        case .operators: return try await gateway.operators(request)
        case .resetSecret(let id): return try await gateway.resetSecret(of: id, request)
        case .applications where request.method == .post: return try await gateway.submit(request)
        case .applications: return try await gateway.applications(request)
        case .startRead(let reader): return try await gateway.startRead(reader, request)
        case .read(let id): return try await gateway.read(id, request)
        case .portrait(let id): return try await gateway.portrait(id, request)
        case .currentShift: return try await gateway.currentShift(request)
        case .shifts where request.method == .post: return try await gateway.openShift(request)
        case .shifts: return try await gateway.shifts(request)
        case .shiftSummary(let id): return try await gateway.summary(id, request)
        case .closeShift(let id): return try await gateway.closeShift(id, request)
        case .handOver(let id): return try await gateway.handOver(id, request)
        case .application(let id): return try await gateway.application(id, request)
        case .order(let verb, let id): return try await gateway.perform(verb, on: id, request)
        case .amend(let id): return try await gateway.amend(id, request)
        case .withdraw(let id): return try await gateway.withdraw(id, request)
        case .forget(let id): return try await gateway.forget(id, request)
        case .find: return try await gateway.find(request)
        case .media: return try await gateway.media(request)
        case .export: return try await gateway.export(request)
        case .recall: return try await gateway.recall(request)
        case .receiptImport: return try await gateway.importReceipts(request)
        }
    }

    private func segments(_ request: Request) -> [String] {
        request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    }

    private func methods(_ request: Request) -> [HTTPRequest.Method] {
        let path = segments(request)
        return path.first == "api" ? ConsoleRoute(Array(path.dropFirst()))?.methods ?? [.get] : [.get]
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
    ]
}
