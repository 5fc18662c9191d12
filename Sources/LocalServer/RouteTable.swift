import Hummingbird

/// Which methods stand at which path.
struct RouteTable: Sendable {
    private let routes: [(method: String, segments: [Substring])]

    init(_ router: Router<PeerContext>) {
        routes = router.routes.map { ($0.method.rawValue, "\($0.path)".split(separator: "/")) }
    }

    /// The methods at a path, in alphabetical order; none where nothing stands. Where a path is named in full, what stands
    /// at a path with parameters does not count, as in the router: `/v1/applications/find` is nobody's `{id}`.
    func methods(at path: String) -> [String] {
        let asked = path.split(separator: "/")
        let found = routes.filter { route in
            route.segments.count == asked.count
                && zip(route.segments, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        let nearest = found.map { Self.openness($0.segments) }.min { $0.lexicographicallyPrecedes($1) }
        return Set(found.filter { Self.openness($0.segments) == nearest }.map(\.method)).sorted()
    }

    /// 1 for each parameter, 0 for each word.
    private static func openness(_ segments: [Substring]) -> [Int] { segments.map { $0.hasPrefix("{") ? 1 : 0 } }
}
