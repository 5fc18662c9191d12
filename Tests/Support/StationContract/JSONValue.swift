import Foundation
import StationCore
import Yams

/// JSON as a value, for tests that compare documents.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What is not JSON.
    package struct Unreadable: Error {
        package let what: String
    }

    /// Reads JSON as strictly as the station does.
    package init(json: some Sequence<UInt8>) throws { self = try StrictJSON.decode(JSONValue.self, from: Array(json)) }

    /// Reads YAML.
    package init(yaml: String) throws { self = try JSONValue(try Yams.load(yaml: yaml) as Any) }

    private init(_ any: Any) throws {
        switch any {
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(Int64(value))
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case let value as [Any]: self = .array(try value.map(JSONValue.init))
        case let value as [String: Any]: self = .object(try value.mapValues(JSONValue.init))
        case is NSNull: self = .null
        default: throw Unreadable(what: "\(any)")
        }
    }

    /// A member of an object; nil for everything else.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }
    /// The text of a string.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
    /// The members of an array.
    package var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
    /// The members of an object.
    package var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
    /// The texts of an array of strings.
    package var texts: [String] { elements?.compactMap(\.text) ?? [] }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
