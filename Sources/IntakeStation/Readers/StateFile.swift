import Foundation
import StationCore

/// A small file of the state directory that is better lost than wrong: replaced as a whole, and taken as empty when it
/// cannot be read.
struct StateFile<Content: Codable & Sendable>: Sendable {
    private struct Envelope: Codable {
        let version: Int
        let content: Content
    }

    /// Where it lies.
    let path: String

    /// What was written last; nil when there is nothing, or nothing that this version understands.
    func read() -> Content? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Limits.Process.stateFileBytes,
            let envelope = try? StrictJSON.decode(Envelope.self, from: Array(data)), envelope.version == 1
        else { return nil }
        return envelope.content
    }

    /// Replaces the content. Throws `diskWriteFailed`.
    func write(_ content: Content) throws(Failure) {
        do {
            let bytes = try StrictJSON.encode(Envelope(version: 1, content: content))
            // A reader of the file sees the old or the new one, never a part.
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(.diskWriteFailed, path)
        }
    }
}
