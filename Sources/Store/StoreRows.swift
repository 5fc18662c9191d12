import GRDB
import StationCore

import struct Foundation.Data

/// Bytes as SQLite takes them.
func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }

extension Database {
    /// Executes a cached statement.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row of a cached query.
    func row(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// What is made of the first row of a cached query; nil when there is none.
    func row<Value>(
        _ sql: String, _ arguments: StatementArguments = StatementArguments(), as make: (Row) throws -> Value
    ) throws -> Value? {
        // A row that is copied out of its statement looks each of its columns up anew, among the names in small letters.
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        return try rows.next().map(make)
    }

    /// What is made of each row of a cached query; the query has its own limit.
    /// - Parameter make: must not ask the same query.
    func rows<Value>(
        _ sql: String, _ arguments: StatementArguments = StatementArguments(), as make: (Row) throws -> Value
    ) throws -> [Value] {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let row = try rows.next() { values.append(try make(row)) }
        return values
    }

    /// All rows of a cached query; the query has its own limit.
    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }
}

/// A stored value that nobody can have written: its row is damaged, and a rebuilding takes it out.
struct DamagedRow: Error {
    let column: String
}

/// Stored values are foreign bytes too: a damaged page must become an error, never a trap.
extension Row {
    func integer(_ column: String) throws -> Int64 { try decode(Int64.self, forColumn: column) }

    func flag(_ column: String) throws -> Bool { try integer(column) != 0 }

    func count(_ column: String) throws -> Int {
        guard let value = Int(exactly: try integer(column)) else { throw Self.impossible(column) }
        return value
    }

    func time(_ column: String) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    func bytes(_ column: String) throws -> [UInt8] { Array(try decode(Data.self, forColumn: column)) }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        try decode(Data?.self, forColumn: column).map(Array.init)
    }

    func value<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value {
        guard let value = parse(try decode(String.self, forColumn: column)) else { throw Self.impossible(column) }
        return value
    }

    func optional<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value? {
        guard let text = try decode(String?.self, forColumn: column) else { return nil }
        guard let value = parse(text) else { throw Self.impossible(column) }
        return value
    }

    func itemId(_ column: String) throws -> ItemID {
        guard let id = ItemID(bytes: try bytes(column)) else { throw Self.impossible(column) }
        return id
    }

    func optionalItemId(_ column: String) throws -> ItemID? {
        guard let bytes = try optionalBytes(column) else { return nil }
        guard let id = ItemID(bytes: bytes) else { throw Self.impossible(column) }
        return id
    }

    private static func impossible(_ column: String) -> DamagedRow { DamagedRow(column: column) }
}

extension WireName {
    /// An item's id where a name is wanted: a UUID has only letters of the alphabet.
    init(_ item: ItemID) {
        // A UUID's 36 characters are all in the alphabet, so the fallback is never taken.
        self = WireName(item.text) ?? .station
    }

    /// The station itself as an actor, and the name of the fallback above.
    static let station: WireName = .constant("station")

    /// A name that the source spells out.
    static func constant(_ text: StaticString) -> WireName {
        guard let name = WireName(text.description) else { preconditionFailure("not a wire name: \(text)") }
        return name
    }
}
