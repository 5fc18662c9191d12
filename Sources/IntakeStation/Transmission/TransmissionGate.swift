import HostIntegration
import StationCore
import Synchronization
import Uplink

/// Holds the transmission to the station's rules: quiet hours and metered links.
///
/// With a suspect clock quiet hours do not hold: a clock that may be wrong must not keep applications back. A person's
/// flush opens the gate until the rule that held has ended by itself.
final class TransmissionGate: SendingGate {
    private struct State {
        var rules: TransmissionRules
        var isOpened = false
        var hourBegan: Duration?
        var bytesThisHour = 0
    }

    private let state: Mutex<State>
    private let clock: any StationClock
    private let interfaces: @Sendable () -> [String]

    /// - Parameter interfaces: names those that carry a default route, the preferred first.
    init(
        rules: TransmissionRules, clock: any StationClock,
        interfaces: @escaping @Sendable () -> [String] = { DefaultRoute.interfaces() }
    ) {
        state = Mutex(State(rules: rules))
        self.clock = clock
        self.interfaces = interfaces
    }

    /// Puts other rules in force.
    func replace(_ rules: TransmissionRules) {
        state.withLock { $0.rules = rules }
    }

    func permit() -> SendingPermit {
        let rules = state.withLock { $0.rules }
        let restriction = quiet(rules) ?? metered(rules)
        return state.withLock { state in
            guard let restriction else {
                state.isOpened = false
                return .everything
            }
            return state.isOpened ? .everything : restriction
        }
    }

    func sent(bytes: Int) {
        state.withLock { state in
            let now = clock.elapsed
            if let began = state.hourBegan, now - began < Self.hour {
                state.bytesThisHour += bytes
            } else {
                state.hourBegan = now
                state.bytesThisHour = bytes
            }
        }
    }

    func flushed() { state.withLock { $0.isOpened = true } }

    private static let hour: Duration = .seconds(3_600)

    private func quiet(_ rules: TransmissionRules) -> SendingPermit? {
        guard clock.quality != .suspect, let left = rules.quietLeft(at: clock.now) else { return nil }
        return .correctionsOnly(.transmissionQuietHours, left: left)
    }

    private func metered(_ rules: TransmissionRules) -> SendingPermit? {
        guard !rules.meteredInterfaces.isEmpty, let way = interfaces().first, rules.isMetered(way) else { return nil }
        // Another way out is an event of the kernel; asked for now and then all the same.
        guard rules.meteredBytesPerHour > 0 else {
            return .correctionsOnly(.transmissionMetered, left: Limits.Network.lookInterval)
        }
        let left = state.withLock { state -> Duration? in
            guard let began = state.hourBegan, clock.elapsed - began < Self.hour,
                state.bytesThisHour >= rules.meteredBytesPerHour
            else { return nil }
            return Self.hour - (clock.elapsed - began)
        }
        return left.map { .correctionsOnly(.transmissionMetered, left: min($0, Limits.Network.lookInterval)) }
    }
}
