import StationCore
import Yams

import struct Foundation.Data

/// The settings that a YAML document names, as dotted paths, and which of them are lists; the configuration library reads
/// only what it is asked for, so that it cannot see a misspelt one, and takes the default for one of another kind.
enum YAMLKeys {
    /// Throws `configurationInvalid` when the document is not a mapping of texts to texts, lists of texts or mappings.
    static func settings(_ data: Data, file: String) throws(Failure) -> [(path: String, isList: Bool)] {
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
    ) throws(Failure) -> [(path: String, isList: Bool)] {
        guard depth < 4 else { throw Failure(.configurationInvalid, "\(file): \(prefix) is nested too deeply") }
        var result: [(path: String, isList: Bool)] = []
        for (key, value) in mapping {
            guard let name = key.string else { throw Failure(.configurationInvalid, "\(file): a key is not text") }
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            if let inner = value.mapping {
                result += try paths(inner, prefix: path, depth: depth + 1, file: file)
            } else if let items = value.sequence {
                guard items.allSatisfy({ $0.scalar != nil }) else {
                    throw Failure(.configurationInvalid, "\(file): \(path) must be a list of texts")
                }
                result.append((path, true))
            } else {
                result.append((path, false))
            }
        }
        return result
    }
}
