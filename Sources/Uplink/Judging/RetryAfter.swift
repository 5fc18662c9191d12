import StationCore

/// The `Retry-After` field (RFC 9110, 10.2.3).
enum RetryAfter {
    /// The wait that a reply asks for, clamped to the contract's bounds; nil when there is none or it is unreadable.
    ///
    /// A date counts from the same reply's `Date`, never from our clock.
    static func wait(of reply: UpstreamReply) -> Duration? {
        guard let text = reply.value("Retry-After") else { return nil }
        if !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int(text).map { clamp(.seconds($0)) }
        }
        guard let until = httpDate(text), let date = reply.value("Date").flatMap(httpDate) else { return nil }
        return clamp(.milliseconds(until.milliseconds - date.milliseconds))
    }

    /// Into 1 s to 1 h.
    static func clamp(_ wait: Duration) -> Duration {
        min(max(wait, Limits.Uplink.retryAfterShortest), Limits.Uplink.retryAfterLongest)
    }

    /// A moment in the preferred form of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func httpDate(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 6, text.utf8.count == 29, days.contains(words[0]), words[5] == "GMT",
            let month = months.firstIndex(of: words[2])
        else { return nil }
        let number = month + 1
        return Timestamp(text: "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4]).000Z")
    }

    private static let days = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
