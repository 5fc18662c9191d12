import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// When and over what the station sends: an administrator's decision, reloaded with the configuration.
package struct TransmissionRules: Hashable, Sendable {
    /// A daily window of Viet Nam's legal time (UTC+07:00), which has no daylight saving; it may pass midnight.
    package struct Window: Hashable, Sendable {
        /// Minutes after midnight at which it begins and ends; the end is outside.
        let start: Int
        let end: Int

        /// Reads `22:00-05:30`; nil for anything else and for a window without length.
        package init?(_ text: String) {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Self.minutes(String($0)) }
            guard ends.count == 2, let start = ends[0], let end = ends[1], start != end else { return nil }
            self.start = start
            self.end = end
        }

        private static func minutes(_ text: String) -> Int? {
            let bytes = Array(text.utf8)
            guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
                [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
            else { return nil }
            let digits = bytes.map { Int($0) - 0x30 }
            let (hours, minutes) = (digits[0] * 10 + digits[1], digits[3] * 10 + digits[4])
            guard minutes < 60, hours * 60 + minutes <= 24 * 60 else { return nil }
            return (hours * 60 + minutes) % (24 * 60)
        }

        /// How long the window goes on; nil outside of it.
        func left(at now: Timestamp) -> Duration? {
            let day: Int64 = 86_400_000
            let local = ((now.milliseconds + 7 * 3_600_000) % day + day) % day
            let (from, to) = (Int64(start) * 60_000, Int64(end) * 60_000)
            let isInside = from < to ? (from..<to).contains(local) : local >= from || local < to
            return isInside ? .milliseconds((to - local + day) % day) : nil
        }
    }

    /// Windows in which nothing leaves but corrections, questions and the fetching of keys.
    package let quietHours: [Window]
    /// Patterns (`*` and `?`) of interface names whose bytes are paid for.
    package let meteredInterfaces: [String]
    /// Bytes of batches that may leave in an hour over a metered interface; 0 lets nothing but corrections out.
    package let meteredBytesPerHour: Int

    /// No rules: everything leaves at any time.
    package static let none = TransmissionRules(quietHours: [], meteredInterfaces: [], meteredBytesPerHour: 0)

    /// Makes rules.
    package init(quietHours: [Window], meteredInterfaces: [String], meteredBytesPerHour: Int) {
        self.quietHours = quietHours
        self.meteredInterfaces = meteredInterfaces
        self.meteredBytesPerHour = meteredBytesPerHour
    }

    /// How long the quiet hours go on; nil outside of them. Windows that touch are one.
    func quietLeft(at now: Timestamp) -> Duration? {
        var left = Duration.zero
        for _ in 0...quietHours.count {
            guard let more = quietHours.compactMap({ $0.left(at: now.adding(left)) }).max() else { break }
            left += more
        }
        return left > .zero ? left : nil
    }

    /// Whether an interface of this name is metered.
    func isMetered(_ interface: String) -> Bool {
        meteredInterfaces.contains { fnmatch($0, interface, 0) == 0 }
    }
}
