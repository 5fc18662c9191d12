package import StationCore

/// How the lane to upstream stands, for status and alerts.
package struct LaneCondition: Hashable, Sendable {
    /// The lane's state in one word.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Work flows, or there is none.
        case open
        /// Waiting out a back-off or upstream's Retry-After.
        case waiting
        /// Nothing but corrections and questions for now: quiet hours, or a metered link.
        case resting
        /// Network faults in a row: one item at a time tries the way.
        case probing
        /// Upstream does not speak our form: one item an hour tries.
        case paused
        /// Upstream does not let this station in, or our certificate has expired: one item tries at the longest
        /// back-off.
        case stopped
        /// An administrator holds the lane.
        case held
    }

    /// The state.
    package let state: State
    /// The last cause of trouble; nil after success.
    package let code: FailureCode?
    /// The upstream problem's name, where there is one.
    package let problem: String?
    /// Network faults since the last answer of upstream.
    package let faults: Int
    /// How long until the next attempt; nil when nothing is waited for.
    package let nextAttempt: Duration?

    /// Whether a person should look: stopped, paused, or so many network faults that it is no passing one.
    package var isAlert: Bool {
        switch state {
        case .stopped, .paused: true
        case .open, .waiting, .resting, .probing, .held: faults >= Limits.Uplink.alertFaults
        }
    }
}
