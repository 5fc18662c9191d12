import StationCore

/// Wrong secrets in a row, and how long the account waits for them. Time is the boot-time clock's; a boot begins the wait
/// anew, so that pulling the plug gains nothing.
package struct LockOut: Hashable, Sendable {
    /// Wrong secrets since the last right one.
    package private(set) var failures: Int
    /// The run of the clock in which `until` was set, and until when nothing is tried.
    package private(set) var epoch: Int64
    /// See `epoch`; milliseconds.
    package private(set) var until: Int64

    /// Nothing was wrong yet.
    package init() { (failures, epoch, until) = (0, 0, 0) }

    /// Takes what was kept.
    package init(failures: Int, epoch: Int64, until: Int64) {
        (self.failures, self.epoch, self.until) = (max(0, failures), epoch, until)
    }

    /// How long nothing is tried from now on; nil when something may be. A wait of another boot begins anew now.
    package mutating func wait(epoch: Int64, elapsed: Int64) -> Duration? {
        guard let length = Self.length(after: failures) else { return nil }
        if epoch != self.epoch { (self.epoch, until) = (epoch, elapsed + length) }
        return until > elapsed ? .milliseconds(until - elapsed) : nil
    }

    /// One more wrong secret.
    package mutating func failed(epoch: Int64, elapsed: Int64) {
        failures = min(failures + 1, 1_000)
        self.epoch = epoch
        until = elapsed + (Self.length(after: failures) ?? 0)
    }

    /// Whether the next wrong secret, or the last one, locks.
    package var isLocking: Bool { failures >= Limits.People.attempts }

    private static func length(after failures: Int) -> Int64? {
        guard failures >= Limits.People.attempts else { return nil }
        let doublings = min(failures - Limits.People.attempts, 16)
        return min(
            Limits.People.lockOut.wholeMilliseconds << doublings, Limits.People.lockOutLongest.wholeMilliseconds)
    }
}
