/// Short names of readers for paths: lower-case letters, digits and hyphens. A reader whose place on the USB tree is
/// known keeps its id for good; any other as long as the daemon runs.
struct ReaderIDs {
    /// One remembered reader.
    struct Remembered: Codable, Hashable {
        /// What identifies it over reboots: see `ReaderKey`.
        let key: String
        /// Its id.
        let id: String
    }

    /// What must outlive the daemon, oldest first.
    private(set) var remembered: [Remembered]
    private let limit: Int
    private var ids: [String: String] = [:]
    private var names: [String: String] = [:]

    /// - Parameters:
    ///   - remembered: what an earlier run knew.
    ///   - limit: most readers to remember; the oldest are forgotten.
    init(remembered: [Remembered] = [], limit: Int = .max) {
        self.remembered = remembered
        self.limit = limit
    }

    /// Gives every reader that is present its id: those that are known theirs, then the others what is left.
    /// - Parameter readers: names with what identifies each over reboots, where that is known.
    /// - Returns: whether there is something new to remember.
    mutating func place(_ readers: [(name: String, key: String?)]) -> Bool {
        for (name, key) in readers {
            if let known = remembered.first(where: { $0.key == key }) { bind(name, to: known.id) }
        }
        let before = remembered
        for (name, key) in readers {
            guard let key else { continue }
            let id = id(of: name, avoiding: Set(remembered.map(\.id)))
            guard !remembered.contains(where: { $0.key == key }) else { continue }
            remembered.append(Remembered(key: key, id: id))
            remembered.removeFirst(max(0, remembered.count - limit))
        }
        for (name, _) in readers { _ = id(of: name) }
        return remembered != before
    }

    /// The id of a reader's name, made when it is asked for the first time.
    mutating func id(of name: String) -> String { id(of: name, avoiding: []) }

    /// The name of an id; nil for one that nobody has.
    func name(of id: String) -> String? { names[id] }

    private mutating func id(of name: String, avoiding reserved: Set<String>) -> String {
        if let id = ids[name] { return id }
        let base = Self.slug(name)
        var id = base
        var number = 2
        while names[id] != nil || reserved.contains(id) {
            id = "\(base)-\(number)"
            number += 1
        }
        bind(name, to: id)
        return id
    }

    private mutating func bind(_ name: String, to id: String) {
        if let old = ids[name] { names[old] = nil }
        if let other = names[id] { ids[other] = nil }
        ids[name] = id
        names[id] = name
    }

    private static func slug(_ name: String) -> String {
        let words = name.lowercased().unicodeScalars.split { scalar in
            !(("a"..."z").contains(scalar) || ("0"..."9").contains(scalar))
        }
        let slug = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-").prefix(64)
        return slug.isEmpty ? "reader" : String(slug)
    }
}
