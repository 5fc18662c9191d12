import StationAPI
import StationCore
import Synchronization
import Uplink

/// What the way to upstream looks like, for the status; written by the transmission, read by everybody.
final class TransmissionStatus: Sendable {
    private struct State {
        var isConfigured = false
        var isSending = false
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

    /// Upstream's time minus ours at its last answer.
    var clockOffset: Int64? { state.withLock { $0.offset } }

    /// Takes the lane's condition.
    func changed(to condition: LaneCondition, isSending: Bool) {
        let now = clock.elapsed
        state.withLock {
            $0.condition = condition
            $0.conditionAt = now
            $0.isSending = isSending
        }
    }

    /// Takes the time that upstream stated in a valid answer.
    func answered(receivedAt: Timestamp?) {
        let now = clock.now
        state.withLock {
            $0.lastAnswer = now
            if let receivedAt { $0.offset = receivedAt.milliseconds - now.milliseconds }
        }
    }

    /// The report for the status.
    func report(recipientKeyId: String?) -> StationStatus.Uplink {
        let state = state.withLock { $0 }
        let problem = state.condition.flatMap { condition in
            condition.code.map { Problem($0, condition.problem) }
        }
        let next = state.condition?.nextAttempt.map { clock.now.adding($0 - (clock.elapsed - state.conditionAt)) }
        return .init(
            state: Self.word(state), lastAnswer: state.lastAnswer, nextAttempt: next, problem: problem,
            recipientKeyId: recipientKeyId)
    }

    private static func word(_ state: State) -> StationStatus.Uplink.State {
        guard state.isConfigured else { return .unconfigured }
        if state.isSending { return .sending }
        switch state.condition?.state {
        case nil, .open: return .idle
        case .waiting, .probing: return .waiting
        case .paused, .stopped, .held: return .stopped
        }
    }
}
