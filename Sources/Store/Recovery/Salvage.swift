import Foundation
import GRDB
import StationCore

/// Carries the rows of a damaged file into a healthy database, page by page and without SQLite's help: what one page
/// lost costs what stood on that page.
///
/// Every row is written as it was found; whether it is right is judged afterwards, in the healthy database.
struct Salvage {
    /// A table as the healthy database has it.
    private struct Shape {
        let name: String
        let isWithoutRowid: Bool
        /// Column names in the order of storage.
        let columns: [String]
        /// The column that is another name of the rowid.
        let rowidColumn: Int?
    }

    private let source: DamagedFile
    private let target: Database
    private let shapes: [String: Shape]
    /// Roots of the tables in a file of this schema, for when the damaged one does not tell.
    private let usualRoots: [String: UInt32]
    /// Pages that hold rows and could not be understood whole, and records that could not be read.
    private(set) var losses = 0
    /// Sequence numbers of payload rows that were written.
    private(set) var sequences: Set<Int64> = []
    /// Payload rows that the target had before and that nothing may replace.
    private var kept: Set<Int64> = []

    init(_ source: DamagedFile, into target: Database) throws {
        self.source = source
        self.target = target
        var shapes: [String: Shape] = [:]
        var roots: [String: UInt32] = [:]
        for row in try Row.fetchAll(target, sql: "SELECT name, rootpage, sql FROM sqlite_master WHERE type = 'table'") {
            let name = try row.value("name") { $0 }
            guard name != "grdb_migrations", !name.hasPrefix("sqlite_") else { continue }
            roots[name] = UInt32(clamping: try row.integer("rootpage"))
            let isWithoutRowid = try row.value("sql") { $0 }.uppercased().hasSuffix("WITHOUT ROWID")
            shapes[name] = try Self.shape(name, isWithoutRowid: isWithoutRowid, target)
        }
        self.shapes = shapes
        usualRoots = roots
    }

    private static func shape(_ name: String, isWithoutRowid: Bool, _ db: Database) throws -> Shape {
        let columns = try Row.fetchAll(db, sql: "PRAGMA table_info(\"\(name)\")").map {
            (name: try $0.value("name") { $0 }, type: try $0.value("type") { $0 }, key: try $0.integer("pk"))
        }
        let keys = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }
        guard isWithoutRowid else {
            let alias = keys.count == 1 && keys[0].type.uppercased() == "INTEGER" ? keys[0].name : nil
            return Shape(
                name: name, isWithoutRowid: false, columns: columns.map(\.name),
                rowidColumn: columns.firstIndex { $0.name == alias })
        }
        return Shape(
            name: name, isWithoutRowid: true, columns: (keys + columns.filter { $0.key == 0 }).map(\.name),
            rowidColumn: nil)
    }

    /// Everything that the whole file holds.
    mutating func all() throws {
        let roots = try rootPages()
        var owners: [UInt32: String] = [:]
        for (name, root) in roots.sorted(by: { $0.value < $1.value }) { walk(root, for: name, &owners, depth: 0) }
        // First what is known to be old, then what is newest, then what nothing vouches for: a row once written is
        // replaced by a newer one only.
        for number in source.broken.keys.sorted() {
            if let stored = source.stored(number) { try carry(stored, number, of: owners[number], replacing: true) }
        }
        for (number, name) in owners.sorted(by: { $0.key < $1.key }) {
            if let page = source.current(number) { try carry(page, number, of: name, replacing: true) }
        }
        try strays(owners)
        try brokenFrames(owners)
    }

    /// What the tail of the log holds beyond what SQLite reads of it.
    mutating func tail() throws {
        let before = try Int64.fetchAll(target, sql: "SELECT sequence FROM payload")
        kept = Set(before)
        var owners: [UInt32: String] = [:]
        for (name, root) in try rootPages() { walk(root, for: name, &owners, depth: 0) }
        for number in source.tailPages {
            if let page = source.current(number) { try carry(page, number, of: owners[number], replacing: true) }
        }
        try brokenFrames(owners)
        sequences.subtract(before)
    }

    /// Pages that no tree leads to: below a damaged page, or with a table that the file does not name any more.
    private mutating func strays(_ owners: [UInt32: String]) throws {
        for number in stride(from: UInt32(2), through: max(2, source.pageCount), by: 1)
        where owners[number] == nil && !source.isPointerMap(number) {
            if let page = source.current(number) { try carry(page, number, of: nil, replacing: false) }
        }
    }

    private mutating func brokenFrames(_ owners: [UInt32: String]) throws {
        guard let log = source.log else { return }
        for (number, frames) in source.broken.sorted(by: { $0.key < $1.key }) {
            losses += 1
            for frame in frames {
                try carry(log.content(frame), number, of: owners[number], replacing: false, isDoubtful: true)
            }
        }
    }

    /// The tables' roots, as the damaged file names them, else where they usually are.
    private func rootPages() throws -> [String: UInt32] {
        var roots = usualRoots
        var lost = 0
        guard let first = source.current(1), let page = TreePage(first, number: 1) else { return roots }
        var records = page.records(lost: &lost, overflow: source.current)
        for child in page.children {
            guard let bytes = source.current(child), let leaf = TreePage(bytes, number: child) else { continue }
            records += leaf.records(lost: &lost, overflow: source.current)
        }
        for record in records {
            guard record.values.count >= 4, case .text(let type) = record.values[0], type == Array("table".utf8),
                case .text(let name) = record.values[1], case .integer(let root) = record.values[3]
            else { continue }
            let text = String(decoding: name, as: UTF8.self)
            if shapes[text] != nil, (1...Int64(source.pageCount)).contains(root) { roots[text] = UInt32(root) }
        }
        return roots
    }

    private mutating func walk(_ number: UInt32, for name: String, _ owners: inout [UInt32: String], depth: Int) {
        guard depth < Self.deepest, owners[number] == nil, number >= 2, number <= source.pageCount,
            let bytes = source.current(number)
        else { return }
        owners[number] = name
        guard let page = TreePage(bytes, number: number) else { return }
        for child in page.children { walk(child, for: name, &owners, depth: depth + 1) }
    }

    /// Deeper than any tree of 16 GiB.
    private static let deepest = 20

    /// Writes the rows of one page. Without an owner the shape of each row says whose it is.
    private mutating func carry(
        _ bytes: [UInt8], _ number: UInt32, of owner: String?, replacing: Bool, isDoubtful: Bool = false
    ) throws {
        guard let page = TreePage(bytes, number: number) else {
            if owner != nil { losses += 1 }
            return
        }
        if page.isSuspect { losses += 1 }
        var lost = 0
        let records = page.records(lost: &lost, overflow: source.current)
        if owner != nil { losses += lost }
        for record in records {
            guard let shape = shapes[owner ?? ""] ?? recognized(record) else { continue }
            if isDoubtful, !["payload", "item", "audit"].contains(shape.name) { continue }
            try write(record, as: shape, replacing: replacing)
        }
    }

    private mutating func write(_ record: StoredRecord, as shape: Shape, replacing: Bool) throws {
        guard shape.isWithoutRowid == (record.rowid == nil), !record.values.isEmpty,
            record.values.count <= shape.columns.count,
            // Of a broken chain only the payload's end may be missing: its metadata still name what was lost.
            record.isWhole || shape.name == "payload" && record.values.count == shape.columns.count - 1
        else {
            losses += 1
            return
        }
        if shape.name == "payload", let sequence = record.rowid, kept.contains(sequence) { return }
        var values = record.values.map(\.databaseValue)
        if let column = shape.rowidColumn, column < values.count { values[column] = record.rowid.databaseValue }
        let columns = shape.columns.prefix(values.count).map { "\"\($0)\"" }.joined(separator: ", ")
        let places = values.map { _ in "?" }.joined(separator: ", ")
        let verb = replacing ? "REPLACE" : "IGNORE"
        do {
            try target.run(
                "INSERT OR \(verb) INTO \"\(shape.name)\" (\(columns)) VALUES (\(places))", StatementArguments(values))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            losses += 1
            return
        }
        if shape.name == "payload", let sequence = record.rowid { sequences.insert(sequence) }
    }

    /// Whose row it is, by the number and kinds of its columns; nil when nobody's.
    private func recognized(_ record: StoredRecord) -> Shape? {
        for (name, kinds) in Self.rules {
            guard let shape = shapes[name], shape.isWithoutRowid == (record.rowid == nil),
                (kinds.count - (name == "payload" ? 1 : 0)...shape.columns.count).contains(record.values.count),
                zip(record.values, kinds).allSatisfy({ $1.contains($0.letter) })
            else { continue }
            // A receipt's digest has 32 bytes, an event's item 16.
            if name == "receipt", record.values[2].count != 32 { continue }
            if name == "event", ![0, 16].contains(record.values[2].count) { continue }
            return shape
        }
        return nil
    }

    /// The kinds of the columns of each table as it was made first.
    private static let rules: [(String, [String])] = [
        ("payload", ["n", "b", "t", "i", "nb", "t", "t", "i", "t", "i", "b", "t", "b", "bn"]),
        ("item", ["n", "b", "t", "i", "i", "nb", "i", "i", "i", "t", "i", "i", "ni", "ni", "nt"]),
        ("audit", ["n", "i", "t", "t", "t", "nt", "ni", "nt", "b"]), ("receipt", ["n", "t", "b", "b"]),
        ("event", ["n", "t", "nb", "b"]), ("follow_up", ["n", "b", "b", "i", "i", "b"]),
        ("idempotency", ["b", "b", "i", "b"]),
    ]
}

extension StoredValue {
    /// One letter for its kind.
    fileprivate var letter: Character {
        switch self {
        case .null: "n"
        case .integer: "i"
        case .real: "r"
        case .text: "t"
        case .blob: "b"
        }
    }

    /// Bytes of a blob or text.
    fileprivate var count: Int {
        switch self {
        case .text(let bytes), .blob(let bytes): bytes.count
        default: 0
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let bits): Double(bitPattern: bits).databaseValue
        // Text that is no UTF-8 is no text of ours, and the judgement refuses its row.
        case .text(let bytes): String(decoding: bytes, as: UTF8.self).databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}
