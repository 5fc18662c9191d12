import HTTPTypes
import StationCore

/// Which requests are let in. Loopback is no wall: every page in the operator's browser can send requests here.
struct RequestJudge: Sendable {
    let port: Int

    /// Why the request is refused; nil lets it in.
    func refusal(of request: HTTPRequest) -> FailureCode? {
        // A name that an attacker's DNS points at 127.0.0.1 arrives with that name in Host.
        guard let host = request.authority, hosts.contains(host.lowercased()) else { return .requestForbiddenOrigin }
        if let origin = request.headerFields[.origin] {
            guard origin.lowercased() == "http://\(host.lowercased())" else { return .requestForbiddenOrigin }
        }
        // Fetch metadata: "none" is the address bar, everything else but our own page is foreign.
        if let site = request.headerFields[Self.fetchSite] {
            guard site == "same-origin" || site == "none" else { return .requestForbiddenOrigin }
        }
        switch request.method {
        case .get: return nil
        case .post: return refusalOfChange(request)
        default: return .methodNotAllowed
        }
    }

    /// What changes something has to come from our own page, and say so in every way that a browser has: a form of another
    /// site cannot send JSON, and no script there can write these two headers. A request that lacks one is refused as a
    /// foreign one is.
    private func refusalOfChange(_ request: HTTPRequest) -> FailureCode? {
        guard request.headerFields[.origin] != nil, request.headerFields[Self.fetchSite] == "same-origin" else {
            return .requestForbiddenOrigin
        }
        let type = request.headerFields[.contentType]?.split(separator: ";").first
        return type?.lowercased() == "application/json" ? nil : .requestMalformed
    }

    private var hosts: [String] { ["127.0.0.1", "localhost", "[::1]"].map { "\($0):\(port)" } }

    private static let fetchSite = HTTPField.Name.named("Sec-Fetch-Site")
}

extension HTTPField.Name {
    /// A name that is known to be valid.
    static func named(_ name: String) -> HTTPField.Name {
        guard let result = HTTPField.Name(name) else { preconditionFailure("not a field name: \(name)") }
        return result
    }
}
