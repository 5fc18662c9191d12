import Foundation
package import StationCore
import Uplink

#if canImport(Glibc)
import Glibc
#endif

/// What was decided on applications: a file of one JSON object a line, only ever added to, by people beside a running
/// server. The cursor of the contract is the number of lines that were read.
package struct DecisionLog: Sendable {
    private let path: String

    /// The log of an upstream's directory.
    package init(_ directory: UpstreamDirectory) { path = directory.file("decisions.jsonl") }

    /// Adds a decision; on disk when it returns. Throws `fieldInvalid` for a label that the contract does not carry,
    /// `diskWriteFailed`.
    package func add(_ item: ItemID, label: String, at: Timestamp) throws {
        guard (1...Limits.Uplink.labelBytes).contains(label.utf8.count) else { throw Failure(.fieldInvalid, "label") }
        let line = try StrictJSON.encode(DecisionPage.Item(itemId: item, label: label, at: at)) + [UInt8(ascii: "\n")]
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.diskWriteFailed, "\(path): errno \(errno)") }
        defer { close(descriptor) }
        // A line is far shorter than what one write takes whole.
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            throw Failure(.diskWriteFailed, "\(path): errno \(errno)")
        }
    }

    /// Decisions behind a cursor, at most a page; nil when the cursor is none of ours. A line that is being written is not
    /// there yet.
    func page(after cursor: String?) -> (items: [DecisionPage.Item], next: Int, more: Bool)? {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var position = 0
        if let cursor {
            guard let number = Int(cursor), (0...lines.count).contains(number) else { return nil }
            position = number
        }
        let page = lines.dropFirst(position).prefix(Limits.Uplink.decisionItems)
        let items = page.compactMap { try? StrictJSON.decode(DecisionPage.Item.self, from: Array($0)) }
        let next = position + page.count
        return (items, next, next < lines.count)
    }
}
