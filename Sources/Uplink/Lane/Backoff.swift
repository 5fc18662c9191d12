package import StationCore

/// Exponential back-off with full jitter: the n-th wait is drawn from 0 to 2^n s, within 1 s to 15 min.
package struct Backoff: Sendable {
    private var failures = 0

    /// Makes a back-off that starts at the shortest wait.
    package init() {}

    /// The next wait; each is drawn from twice the range of the one before.
    package mutating func next(random: some RandomSource) -> Duration {
        let ceiling = Limits.Uplink.backoffShortest * (1 << min(failures, 20))
        failures += 1
        let bounded = min(ceiling, Limits.Uplink.backoffLongest)
        return max(Limits.Uplink.backoffShortest, .milliseconds(bounded.milliseconds * random.fraction()))
    }

    /// Starts over.
    package mutating func reset() { failures = 0 }
}
