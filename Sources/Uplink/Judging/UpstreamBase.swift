import StationCore

/// The URL below which upstream's paths and problem types stand: `https://host[:port][/path]`.
package struct UpstreamBase: Hashable, Sendable {
    /// `https://host[:port]`, lower case, without the default port.
    package let origin: String
    /// The path without a slash at its end; empty for none.
    package let path: String

    /// Throws `configurationInvalid` for anything but an https URL without query, fragment and user.
    package init(_ text: String) throws {
        guard text.lowercased().hasPrefix("https://"), text.utf8.count <= 1_024,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !text.contains(where: { "?#@\\".contains($0) })
        else { throw Failure(.configurationInvalid, "upstream's base must be an https URL") }
        let rest = text.dropFirst(8)
        let authority = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        guard !authority.isEmpty, !authority.hasPrefix(":"), !Self.climbs(path) else {
            throw Failure(.configurationInvalid, "upstream's base names no host")
        }
        origin = Self.origin(String(authority))
        self.path = path
    }

    /// The URL of a path below the base.
    package func url(_ path: String) -> String { origin + self.path + path }

    /// Whether a problem's type stands under this base: an absolute URI, or a reference with a full path.
    package func covers(type: String) -> Bool {
        guard type.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return false }
        if type.hasPrefix("/"), !type.hasPrefix("//") { return coversPath(type) }
        guard type.lowercased().hasPrefix("https://") else { return false }
        let authority = type.dropFirst(8).prefix { $0 != "/" }
        return Self.origin(String(authority)) == origin && coversPath(String(type.dropFirst(8 + authority.count)))
    }

    private func coversPath(_ text: String) -> Bool {
        text.hasPrefix(path + "/") && !Self.climbs(text)
    }

    private static func climbs(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0 == "." || $0 == ".." || $0.contains("%") }
    }

    private static func origin(_ authority: String) -> String {
        let host = authority.hasSuffix(":443") ? String(authority.dropLast(4)) : authority
        return "https://" + host.lowercased()
    }
}
