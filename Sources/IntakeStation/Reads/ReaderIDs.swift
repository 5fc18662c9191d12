/// Short names of readers for paths: lower-case letters, digits and hyphens, the same for the same reader as long as the
/// daemon runs.
struct ReaderIDs {
    private var ids: [String: String] = [:]
    private var names: [String: String] = [:]

    /// The id of a reader's name, made when it is asked for the first time.
    mutating func id(of name: String) -> String {
        if let id = ids[name] { return id }
        let base = Self.slug(name)
        var id = base
        var number = 2
        while names[id] != nil {
            id = "\(base)-\(number)"
            number += 1
        }
        ids[name] = id
        names[id] = name
        return id
    }

    /// The name of an id; nil for one that nobody has.
    func name(of id: String) -> String? { names[id] }

    private static func slug(_ name: String) -> String {
        let words = name.lowercased().unicodeScalars.split { scalar in
            !(("a"..."z").contains(scalar) || ("0"..."9").contains(scalar))
        }
        let slug = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-").prefix(64)
        return slug.isEmpty ? "reader" : String(slug)
    }
}
