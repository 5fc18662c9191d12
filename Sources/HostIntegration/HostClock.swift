import CHost
package import StationCore
import Synchronization

/// The latest moment that is known to be past. It only grows.
package final class PastMoment: Sendable {
    private let latest = Mutex(HostClock.earliest)

    /// Begins at `HostClock.earliest`.
    package init() {}

    /// The moment.
    package var moment: Timestamp { latest.withLock { $0 } }

    /// So late it was already, but for what clocks are corrected by.
    package func learn(_ moment: Timestamp) {
        let bound = moment.adding(.zero - Limits.Process.clockCorrection)
        latest.withLock { $0 = max($0, bound) }
    }
}

/// The host's clock with the host's own judgement of it (law: clocks lie).
package enum HostClock {
    /// No clock is right that says less: 2026-01-01T00:00:00Z, before any release of the product.
    package static let earliest = Timestamp(milliseconds: 1_767_225_600_000)

    /// The station's clock on this host.
    /// - Parameter notBefore: a moment that is known to be past, such as the newest audit entry's; asked at every
    ///   judgement.
    package static func station(notBefore: @escaping @Sendable () -> Timestamp = { earliest }) -> SystemClock {
        SystemClock { now in quality(now: now, notBefore: notBefore(), isSynchronized: isSynchronized) }
    }

    /// Judges a reading: suspect when it lies before a moment known to be past, whatever the kernel says.
    package static func quality(now: Timestamp, notBefore: Timestamp, isSynchronized: Bool) -> ClockQuality {
        if now < max(notBefore, earliest) { return .suspect }
        return isSynchronized ? .synchronized : .unsynchronized
    }

    /// Whether the kernel holds its clock for synchronized (adjtimex(2)). A kernel that cannot be asked vouches for
    /// nothing.
    package static var isSynchronized: Bool { chost_clock_synchronized() == 1 }
}
