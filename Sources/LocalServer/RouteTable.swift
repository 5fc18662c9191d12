import Hummingbird

/// Which methods stand at which path.
struct RouteTable: Sendable {
    private let routes: [(method: String, segments: [Substring])]

    init(_ router: Router<PeerContext>) {
        routes = router.routes.map { ($0.method.rawValue, "\($0.path)".split(separator: "/")) }
    }

    /// The methods at a path, in alphabetical order; none where nothing stands.
    func methods(at path: String) -> [String] {
        let asked = path.split(separator: "/")
        let found = routes.filter { route in
            route.segments.count == asked.count
                && zip(route.segments, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return Set(found.map(\.method)).sorted()
    }
}
