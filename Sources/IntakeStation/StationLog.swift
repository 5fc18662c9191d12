import HostIntegration
package import Logging

/// Where the daemon's log lines go: standard error, in the journal's form under systemd.
package enum StationLog {
    /// The handler of a label.
    package static func handler(label: String, level: Logger.Level) -> any LogHandler {
        JournalLogHandler(label: label, level: level)
    }
}
