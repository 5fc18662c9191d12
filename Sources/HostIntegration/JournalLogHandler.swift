import Foundation
package import Logging
import StationCore

/// Log lines on standard error: under the journal with the priority that sd-daemon(3) defines, by hand with the time.
///
/// One event is one line and one write, so that lines of several threads never mix.
package struct JournalLogHandler: LogHandler {
    /// How a line begins.
    package enum Style: Sendable {
        /// `<6>label: message`; the journal adds the time.
        case journal
        /// `2026-01-01T00:00:00.000Z info label: message`.
        case plain
    }

    package var metadataProvider: Logger.MetadataProvider?
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String
    private let style: Style
    private let write: @Sendable ([UInt8]) -> Void

    /// Makes a handler.
    /// - Parameters:
    ///   - style: nil to find out whether standard error is the journal.
    ///   - write: gets each finished line, line feed included; standard error by default.
    package init(
        label: String, level: Logger.Level = .info, style: Style? = nil,
        write: @escaping @Sendable ([UInt8]) -> Void = JournalLogHandler.standardError
    ) {
        self.label = label
        logLevel = level
        self.style = style ?? (Self.isUnderJournal() ? .journal : .plain)
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        fields.merge(metadataProvider?.get() ?? [:]) { _, new in new }
        fields.merge(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { fields["error"] = "\(error)" }
        var text = "\(label): \(event.message)"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
        let start =
            switch style {
            case .journal: "<\(Self.priority(event.level))>"
            case .plain: "\(SystemClock().now.text) \(event.level) "
            }
        write(Array("\(start)\(Self.oneLine(text))\n".utf8))
    }

    /// Writes a line to standard error.
    package static let standardError: @Sendable ([UInt8]) -> Void = { line in
        _ = unsafe Foundation.write(STDERR_FILENO, line, line.count)
    }

    /// The syslog severities of sd-daemon(3).
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    // A control character in a message must not forge a second line or another priority.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                line += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// Whether standard error is the stream that JOURNAL_STREAM names by device and inode (systemd.exec(5)).
    static func isUnderJournal(
        environment: [String: String] = ProcessInfo.processInfo.environment, descriptor: Int32 = STDERR_FILENO
    ) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}
