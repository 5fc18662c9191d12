import StationAPI
import StationCore
import Synchronization
import Uplink

/// What the way to upstream looks like, for the status; written by the transmission, read by everybody.
final class TransmissionStatus: Sendable {
    private struct State {
        var isConfigured = false
        var isHeld = false
        var condition: LaneCondition?
        var conditionAt: Duration = .zero
        var lastAnswer: Timestamp?
        var offset: Int64?
        var certificateNotAfter: Timestamp?
    }

    private let state = Mutex(State())
    private let clock: any StationClock

    private let measured: @Sendable (Duration) -> Void

    /// - Parameter measured: told of upstream's time less ours at each answer that shows it.
    init(clock: any StationClock, measured: @escaping @Sendable (Duration) -> Void = { _ in }) {
        self.clock = clock
        self.measured = measured
    }

    /// Says that there is an upstream, and until when the station's certificate holds.
    func configured(certificateNotAfter: Timestamp) {
        state.withLock {
            $0.isConfigured = true
            $0.certificateNotAfter = certificateNotAfter
        }
    }

    /// Says whether an administrator holds the transmission back. It is told at once: the lane gets to it when what is on its
    /// way is over.
    func held(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    /// Upstream's time minus ours, in milliseconds, at its last answer.
    var clockOffset: Int64? { state.withLock { $0.offset } }

    /// Takes the lane's condition.
    func changed(to condition: LaneCondition) {
        let now = clock.elapsed
        state.withLock {
            $0.condition = condition
            $0.conditionAt = now
        }
    }

    /// Takes upstream's time minus ours, as a valid answer showed it.
    func answered(offsetMilliseconds: Int64) {
        let now = clock.now
        measured(.milliseconds(offsetMilliseconds))
        state.withLock {
            $0.lastAnswer = now
            $0.offset = offsetMilliseconds
        }
    }

    /// The report for the status.
    func report(recipientKeyId: String?, recipientKeyNotAfter: Timestamp?) -> StationStatus.Uplink {
        let state = state.withLock { $0 }
        let problem =
            state.isHeld
            ? Problem(.transmissionPaused)
            : state.condition.flatMap { condition in condition.code.map { Problem($0, condition.problem) } }
        let next = state.condition?.nextAttempt.map { clock.now.adding($0 - (clock.elapsed - state.conditionAt)) }
        return .init(
            state: Self.word(state), lastAnswer: state.lastAnswer, nextAttempt: next, problem: problem,
            recipientKeyId: recipientKeyId, recipientKeyNotAfter: recipientKeyNotAfter,
            certificateNotAfter: state.certificateNotAfter)
    }

    private static func word(_ state: State) -> StationStatus.Uplink.State {
        guard state.isConfigured else { return .unconfigured }
        guard !state.isHeld else { return .stopped }
        switch state.condition?.state {
        case nil, .open, .held: return .open
        case .waiting, .probing, .resting: return .waiting
        case .paused, .stopped: return .stopped
        }
    }
}
