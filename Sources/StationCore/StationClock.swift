import struct Foundation.Date

#if canImport(Glibc)
import Glibc
#endif

/// How far a wall-clock time may be trusted.
public enum ClockQuality: String, Codable, Sendable, CaseIterable {
    /// The host says that its clock is synchronised.
    case synchronized
    /// Nothing vouches for the clock, nothing speaks against it.
    case unsynchronized
    /// The clock contradicts something: the build date, the last audit entry, upstream.
    case suspect
}

/// Both clocks of the station; injected, so that tests own time.
public protocol StationClock: Sendable {
    /// Wall-clock time. It may jump and it may lie: never used for order or back-off.
    var now: Timestamp { get }
    /// Time since a start that never goes back and includes suspend; the host's clock reads the time since boot.
    var elapsed: Duration { get }
    /// What is known of the wall clock.
    var quality: ClockQuality { get }
    /// Returns after a duration of `elapsed`, or throws when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The host's clocks.
public struct SystemClock: StationClock {
    private let judge: @Sendable (Timestamp) -> ClockQuality

    /// - Parameter quality: judges a wall-clock reading; by default nothing vouches for it.
    public init(quality: @escaping @Sendable (Timestamp) -> ClockQuality = { _ in .unsynchronized }) {
        judge = quality
    }

    /// The host's wall clock.
    public var now: Timestamp { Timestamp(Date()) }
    /// The host's boot-time clock (clock_gettime(2), CLOCK_BOOTTIME): readings of two processes of one boot compare.
    public var elapsed: Duration {
        var reading = timespec()
        // Cannot fail: the clock exists since Linux 2.6.39 and the address is ours.
        _ = clock_gettime(CLOCK_BOOTTIME, &reading)
        return .seconds(reading.tv_sec) + .nanoseconds(reading.tv_nsec)
    }
    /// The judgement of the current reading.
    public var quality: ClockQuality { judge(now) }
    /// Sleeps on the host's boot-time clock.
    public func sleep(for duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
}
