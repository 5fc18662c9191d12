import Foundation

/// Judges documents by the schemas of the contract, more strictly than the contract's readers do: what a schema does not
/// name is a violation, and so is a keyword that this judge does not know.
extension StationContract {
    private static let remarks: Set = ["description", "examples"]

    /// What of a value does not fit a schema; empty when all does.
    package func violations(of schema: JSONValue, by value: JSONValue, at path: String = "$") -> [String] {
        if let target = schema["$ref"]?.text { return violations(of: resolved(target), by: value, at: path) }
        if let options = schema["oneOf"]?.elements {
            let fitting = options.filter { violations(of: $0, by: value, at: path).isEmpty }
            return fitting.count == 1 ? [] : ["\(path): fits \(fitting.count) of \(options.count)"]
        }
        var found: [String] = []
        for (keyword, rule) in schema.members ?? [:] where !Self.remarks.contains(keyword) {
            if let complaint = complaint(keyword, rule, about: value) { found.append("\(path): \(complaint)") }
        }
        switch value {
        case .object(let members): found += violations(of: schema, members: members, at: path)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                found += violations(of: schema["items"] ?? .object([:]), by: element, at: "\(path)[\(index)]")
            }
        default: break
        }
        return found
    }

    private func violations(of schema: JSONValue, members: [String: JSONValue], at path: String) -> [String] {
        var found: [String] = []
        for (name, value) in members {
            guard let rule = schema["properties"]?[name] ?? schema["additionalProperties"] else {
                found.append("\(path): \(name) is not in the schema")
                continue
            }
            found += violations(of: rule, by: value, at: "\(path).\(name)")
        }
        for name in schema["required"]?.texts ?? [] where members[name] == nil {
            found.append("\(path): \(name) is missing")
        }
        return found
    }

    private func complaint(_ keyword: String, _ rule: JSONValue, about value: JSONValue) -> String? {
        switch (keyword, rule, value) {
        case ("properties", _, _), ("required", _, _), ("items", _, _), ("additionalProperties", _, _): nil
        case ("type", .string(let type), _): isOf(value, type) ? nil : "no \(type)"
        case ("type", .array(let types), _):
            types.contains { isOf(value, $0.text ?? "") } ? nil : "none of the types"
        case ("enum", .array(let allowed), _): allowed.contains(value) ? nil : "\(value) is no value of it"
        case ("pattern", .string(let pattern), .string(let text)):
            text.range(of: pattern, options: .regularExpression) != nil ? nil : "\(text) is not of the pattern"
        case ("minLength", .integer(let least), .string(let text)):
            text.unicodeScalars.count >= least ? nil : "too short"
        case ("maxLength", .integer(let most), .string(let text)):
            text.unicodeScalars.count <= most ? nil : "too long"
        case ("minimum", .integer(let least), .integer(let number)): number >= least ? nil : "below the minimum"
        case ("maximum", .integer(let most), .integer(let number)): number <= most ? nil : "above the maximum"
        case ("pattern", _, _), ("minLength", _, _), ("maxLength", _, _), ("minimum", _, _), ("maximum", _, _): nil
        default: "the keyword \(keyword) is not known"
        }
    }

    private func isOf(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }

    // MARK: Samples

    /// A value that fits a schema.
    /// - Parameters:
    ///   - whole: with every member; else with those that are required.
    ///   - variant: which of the values of each enumeration.
    package func sample(of schema: JSONValue, whole: Bool, variant: Int) throws -> JSONValue {
        if let target = schema["$ref"]?.text { return try sample(of: resolved(target), whole: whole, variant: variant) }
        if let first = schema["oneOf"]?.elements?.first {
            return try sample(of: first, whole: whole, variant: variant)
        }
        if let values = (schema["examples"] ?? schema["enum"])?.elements?.filter({ $0 != .null }) {
            return values[variant % values.count]
        }
        switch schema["type"]?.text ?? schema["type"]?.elements?.first?.text {
        case "string": return .string(try text(of: schema["pattern"]?.text))
        case "integer": return .integer(Int64(variant + 1))
        case "number": return .number(Double(variant) + 0.5)
        case "boolean": return .bool(variant.isMultiple(of: 2))
        case "array": return .array([try sample(of: schema["items"] ?? .null, whole: whole, variant: variant)])
        case "object":
            if let values = schema["additionalProperties"] {
                return .object(["x": try sample(of: values, whole: whole, variant: variant)])
            }
            let required = Set(schema["required"]?.texts ?? [])
            let members = (schema["properties"]?.members ?? [:]).filter { whole || required.contains($0.key) }
            return .object(try members.mapValues { try sample(of: $0, whole: whole, variant: variant) })
        default: throw JSONValue.Unreadable(what: "a schema without a type: \(schema)")
        }
    }

    /// A text of a pattern of the form `^[…]{n}$`; of another, the schema gives examples.
    private func text(of pattern: String?) throws -> String {
        guard let pattern else { return "x" }
        guard let match = pattern.wholeMatch(of: /\^\[(.)[^\]]*\]\{([0-9]+)\}\$/), let count = Int(match.2) else {
            throw JSONValue.Unreadable(what: "no example of \(pattern)")
        }
        return String(repeating: String(match.1), count: count)
    }
}
