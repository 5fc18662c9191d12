import Foundation
package import StationCore

/// Where one station of the bench keeps its files: a fresh directory with a path short enough for Unix sockets.
package struct StationLayout: Sendable {
    /// Bytes of a Unix socket's path, its final zero included (unix(7)).
    package static let socketPathBytes = 108

    /// The directory that holds everything.
    package let root: String
    /// The daemon's state directory.
    package var state: String { "\(root)/state" }
    /// The daemon's runtime directory, with its sockets.
    package var runtime: String { "\(root)/run" }
    /// Configuration files.
    package var configuration: String { "\(root)/etc" }
    /// What systemd would hand over as credentials.
    package var credentials: String { "\(root)/credentials" }
    /// Logs of every process.
    package var logs: String { "\(root)/log" }
    /// Synthetic cards.
    package var cards: String { "\(root)/cards" }
    /// The reference upstream's directory.
    package var upstream: String { "\(root)/upstream" }
    /// The private card service's directory.
    package var cardService: String { "\(root)/pcsc" }
    /// The operator socket.
    package var operatorSocket: String { "\(runtime)/operator.sock" }
    /// The administrator socket.
    package var adminSocket: String { "\(runtime)/admin.sock" }

    /// Makes the directories under a parent, readable for the caller only.
    package init(parent: String = "/tmp") throws(Failure) {
        var template = Array("\(parent)/is-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.diskWriteFailed, "mkdtemp in \(parent): \(String(cString: strerror(errno)))")
        }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for path in [state, runtime, configuration, credentials, logs, cards, upstream, cardService] {
            guard mkdir(path, 0o700) == 0 else {
                throw Failure(.diskWriteFailed, "mkdir: \(String(cString: strerror(errno)))")
            }
        }
        guard operatorSocket.utf8.count < Self.socketPathBytes else {
            throw Failure(.internalFault, "\(parent) is too long a path for sockets")
        }
    }

    /// Removes everything.
    package func remove() {
        try? FileManager.default.removeItem(atPath: root)
    }
}
