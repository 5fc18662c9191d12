import Foundation

/// As much of JSON Schema 2020-12 as the application's schema uses; a keyword it does not know is itself a failure.
struct SchemaChecker {
    let root: [String: Any]
    /// Every property of the schema that an instance had, as "definition.member".
    private(set) var visited: Set<String> = []

    init(_ root: [String: Any]) { self.root = root }

    private static let annotations: Set<String> = ["$schema", "$id", "$defs", "title", "description"]
    private static let keywords: Set<String> = [
        "type", "required", "properties", "oneOf", "enum", "const", "pattern", "minLength", "maxLength", "minimum",
        "maxItems", "items", "$ref",
    ]

    mutating func errors(in instance: Any) -> [String] { check(instance, root, path: "$", scope: "$") }

    private mutating func check(_ value: Any, _ schema: [String: Any], path: String, scope: String) -> [String] {
        var errors: [String] = []
        for keyword in schema.keys where !Self.keywords.union(Self.annotations).contains(keyword) {
            errors.append("\(path): keyword \(keyword) is not checked")
        }
        if let reference = schema["$ref"] as? String {
            let name = String(reference.dropFirst("#/$defs/".count))
            guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
                return ["\(path): dangling \(reference)"]
            }
            errors += check(value, target, path: path, scope: name)
        }
        if let type = schema["type"] as? String, !Self.matches(value, type) { errors.append("\(path): not \(type)") }
        if let constant = schema["const"] as? NSObject, !constant.isEqual(value) { errors.append("\(path): const") }
        if let allowed = schema["enum"] as? [NSObject], !allowed.contains(where: { $0.isEqual(value) }) {
            errors.append("\(path): enum")
        }
        errors += checkText(value, schema, path: path)
        if let minimum = schema["minimum"] as? Int, let number = value as? Int, number < minimum {
            errors.append("\(path): minimum")
        }
        if let items = value as? [Any] {
            if let most = schema["maxItems"] as? Int, items.count > most { errors.append("\(path): maxItems") }
            if let each = schema["items"] as? [String: Any] {
                for (index, item) in items.enumerated() {
                    errors += check(item, each, path: "\(path)[\(index)]", scope: scope)
                }
            }
        }
        errors += checkObject(value, schema, path: path, scope: scope)
        if let alternatives = schema["oneOf"] as? [[String: Any]] {
            var copy = self
            let holding = alternatives.filter { copy.check(value, $0, path: path, scope: scope).isEmpty }
            if holding.count != 1 { errors.append("\(path): oneOf holds \(holding.count) times") }
        }
        return errors
    }

    private func checkText(_ value: Any, _ schema: [String: Any], path: String) -> [String] {
        guard let text = value as? String else { return [] }
        var errors: [String] = []
        if let pattern = schema["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
            errors.append("\(path): pattern")
        }
        let length = text.unicodeScalars.count
        if let least = schema["minLength"] as? Int, length < least { errors.append("\(path): minLength") }
        if let most = schema["maxLength"] as? Int, length > most { errors.append("\(path): maxLength") }
        return errors
    }

    private mutating func checkObject(
        _ value: Any,
        _ schema: [String: Any],
        path: String,
        scope: String
    ) -> [String] {
        guard let object = value as? [String: Any] else { return [] }
        var errors: [String] = []
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            errors.append("\(path): \(name) is missing")
        }
        guard let properties = schema["properties"] as? [String: Any] else { return errors }
        for (name, member) in object {
            if let known = properties[name] as? [String: Any] {
                visited.insert("\(scope).\(name)")
                errors += check(member, known, path: "\(path).\(name)", scope: "\(scope).\(name)")
            } else if schema["$defs"] != nil || schema["description"] != nil {
                errors.append("\(path).\(name): not in the schema")
            }
        }
        return errors
    }

    private static func matches(_ value: Any, _ type: String) -> Bool {
        let isBoolean = (value as? NSNumber).map { CFGetTypeIDIsBoolean($0) } ?? false
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return isBoolean
        case "integer": return !isBoolean && value is Int
        default: return false
        }
    }

    private static func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c" || number === NSNumber(value: true) || number === NSNumber(value: false)
    }

    /// Every property that the schema names, as "definition.member".
    var properties: Set<String> {
        var found: Set<String> = []
        collect(root, scope: "$", &found)
        for (name, definition) in root["$defs"] as? [String: Any] ?? [:] {
            collect(definition as? [String: Any] ?? [:], scope: name, &found)
        }
        return found
    }

    private func collect(_ schema: [String: Any], scope: String, _ found: inout Set<String>) {
        for (name, member) in schema["properties"] as? [String: Any] ?? [:] {
            found.insert("\(scope).\(name)")
            collect(member as? [String: Any] ?? [:], scope: "\(scope).\(name)", &found)
        }
    }
}
