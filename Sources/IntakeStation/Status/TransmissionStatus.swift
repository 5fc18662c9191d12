import StationAPI
import StationCore
import Synchronization
import Uplink

/// What the way to upstream looks like, for the status; written by the transmission, read by everybody.
final class TransmissionStatus: Sendable {
    private struct State {
        var isConfigured = false
        var condition: LaneCondition?
        var conditionAt: Duration = .zero
        var lastAnswer: Timestamp?
        var offset: Int64?
    }

    private let state = Mutex(State())
    private let clock: any StationClock

    init(clock: any StationClock) { self.clock = clock }

    /// Says that there is an upstream.
    func configured() { state.withLock { $0.isConfigured = true } }

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
        state.withLock {
            $0.lastAnswer = now
            $0.offset = offsetMilliseconds
        }
    }

    /// The report for the status.
    func report(recipientKeyId: String?) -> StationStatus.Uplink {
        let state = state.withLock { $0 }
        let problem = state.condition.flatMap { condition in
            condition.state == .held
                ? Problem(.transmissionPaused) : condition.code.map { Problem($0, condition.problem) }
        }
        let next = state.condition?.nextAttempt.map { clock.now.adding($0 - (clock.elapsed - state.conditionAt)) }
        return .init(
            state: Self.word(state), lastAnswer: state.lastAnswer, nextAttempt: next, problem: problem,
            recipientKeyId: recipientKeyId)
    }

    private static func word(_ state: State) -> StationStatus.Uplink.State {
        guard state.isConfigured else { return .unconfigured }
        switch state.condition?.state {
        case nil, .open: return .open
        case .waiting, .probing: return .waiting
        case .paused, .stopped, .held: return .stopped
        }
    }
}
