import StationCore
import Yams

import struct Foundation.Data

/// The settings that a YAML document names, as dotted paths; the configuration library reads only what it is asked for,
/// so that it cannot see a misspelt one.
enum YAMLKeys {
    /// Throws `configurationInvalid` when the document is not a mapping of texts to texts, lists or mappings.
    static func scalarPaths(_ data: Data, file: String) throws(Failure) -> [String] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: String(decoding: data, as: UTF8.self))
        } catch let error as YamlError {
            throw Failure(.configurationInvalid, "\(file): \(error)")
        } catch {
            throw Failure(.configurationInvalid, "\(file): not YAML")
        }
        guard let mapping = root?.mapping else { throw Failure(.configurationInvalid, "\(file) holds no settings") }
        return try paths(mapping, prefix: "", depth: 0, file: file)
    }

    private static func paths(
        _ mapping: Node.Mapping, prefix: String, depth: Int, file: String
    ) throws(Failure) -> [String] {
        guard depth < 4 else { throw Failure(.configurationInvalid, "\(file): \(prefix) is nested too deeply") }
        var result: [String] = []
        for (key, value) in mapping {
            guard let name = key.string else { throw Failure(.configurationInvalid, "\(file): a key is not text") }
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            if let inner = value.mapping {
                result += try paths(inner, prefix: path, depth: depth + 1, file: file)
            } else {
                result.append(path)
            }
        }
        return result
    }
}
