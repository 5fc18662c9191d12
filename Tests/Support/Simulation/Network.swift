import StationCore

/// The way between station and upstream, and the moods on it.
final class Network: @unchecked Sendable {  // Sendable: touched by the timeline's one thread only.
    /// What every request meets while it lasts.
    enum Spell: String, CaseIterable {
        /// No network at all.
        case offline
        /// A captive portal answers everything.
        case portal
        /// Upstream's machine does not answer: connections are refused.
        case upstreamDown
        /// The link hardly holds: most uploads are cut.
        case breaking
        /// 503 or 429, with and without Retry-After.
        case busy
        /// 403 by problem: the station is not let in.
        case forbidden
        /// 404 by problem: the path does not exist.
        case unsupported
        /// 400 by problem: nothing that comes is understood.
        case misunderstood
        /// TLS alerts: our certificate is refused.
        case certificateRefused
    }

    let dice: Dice
    var spells: Set<Spell> = []
    /// Of a thousand requests so many meet a mischief.
    var mischief = 20
    /// Bytes a second.
    var bytesPerSecond = 100_000
    var roundTrip = Duration.milliseconds(80)

    init(dice: Dice) { self.dice = dice }

    /// Everything works from now on.
    func heal() {
        spells = []
        mischief = 0
        bytesPerSecond = 200_000
        roundTrip = .milliseconds(50)
    }
}
