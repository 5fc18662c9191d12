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

/// How far the clock is from upstream's, by the last answer that told and by how the clock was set since.
package final class UpstreamTime: Sendable {
    private struct Measurement {
        /// Upstream's time less ours, then.
        let offset: Duration
        /// Our wall time less the time since boot, then: it changes when somebody sets the clock.
        let skew: Duration
    }

    private let last = Mutex<Measurement?>(nil)

    /// Nothing is known at first.
    package init() {}

    /// Takes upstream's time less ours, as an answer showed it at a reading of both clocks.
    package func measured(_ offset: Duration, now: Timestamp, elapsed: Duration) {
        last.withLock { $0 = Measurement(offset: offset, skew: Self.skew(now, elapsed)) }
    }

    /// Whether a reading is further from upstream's time than clocks are corrected by.
    package func contradicts(_ now: Timestamp, elapsed: Duration) -> Bool {
        guard let last = last.withLock({ $0 }) else { return false }
        let offset = last.offset - (Self.skew(now, elapsed) - last.skew)
        return max(offset, .zero - offset) > Limits.Process.clockCorrection
    }

    private static func skew(_ now: Timestamp, _ elapsed: Duration) -> Duration {
        .milliseconds(now.milliseconds) - elapsed
    }
}

/// The host's clock with the host's own judgement of it (law: clocks lie).
package enum HostClock {
    /// No clock is right that says less: 2026-01-01T00:00:00Z, before any release of the product.
    package static let earliest = Timestamp(milliseconds: 1_767_225_600_000)

    /// The station's clock on this host.
    /// - Parameter notBefore: a moment that is known to be past, such as the newest audit entry's; asked at every
    ///   judgement.
    /// - Parameter isContradicted: whether somebody else's time speaks against a reading.
    package static func station(
        notBefore: @escaping @Sendable () -> Timestamp = { earliest },
        isContradicted: @escaping @Sendable (Timestamp) -> Bool = { _ in false }
    ) -> SystemClock {
        SystemClock { now in
            quality(
                now: now, notBefore: notBefore(), isSynchronized: isSynchronized, isContradicted: isContradicted(now))
        }
    }

    /// Judges a reading: suspect when it lies before a moment known to be past, whatever the kernel says, and when nothing
    /// vouches for it and upstream's time is another.
    package static func quality(
        now: Timestamp, notBefore: Timestamp, isSynchronized: Bool, isContradicted: Bool
    ) -> ClockQuality {
        if now < max(notBefore, earliest) { return .suspect }
        return isSynchronized ? .synchronized : isContradicted ? .suspect : .unsynchronized
    }

    /// Whether the kernel holds its clock for synchronized (adjtimex(2)). A kernel that cannot be asked vouches for
    /// nothing.
    package static var isSynchronized: Bool { chost_clock_synchronized() == 1 }
}
