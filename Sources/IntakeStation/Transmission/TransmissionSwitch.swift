import StationCore
import Synchronization
import Uplink

/// Whether an administrator holds the transmission back: remembered beside the spool, so that a restart lets nothing go.
final class TransmissionSwitch: Sendable {
    private struct Position: Codable {
        let paused: Bool
    }

    private let file: StateFile<Position>
    /// File, status and lane are moved together: two orders at a time must not leave them apart.
    private let moving = Mutex(())
    private let uplink = Mutex<UplinkService?>(nil)
    private let decisions = Mutex<DecisionFollower?>(nil)
    private let status: TransmissionStatus

    /// - Parameters:
    ///   - stateDirectory: where it is remembered.
    ///   - status: who says how it stands.
    init(stateDirectory: String, status: TransmissionStatus) {
        file = StateFile(path: stateDirectory + "/transmission.json")
        self.status = status
    }

    /// Throws `upstreamNotConfigured` when there is nobody to send to.
    func requireUpstream() throws(Failure) {
        guard uplink.withLock({ $0 != nil }) else { throw Failure(.upstreamNotConfigured) }
    }

    /// Whether nothing is to go out.
    var isPaused: Bool { file.read()?.paused == true }

    /// Takes who sends and who asks, before they run, in the position that was left.
    func connect(_ service: UplinkService, _ follower: DecisionFollower) {
        uplink.withLock { $0 = service }
        decisions.withLock { $0 = follower }
        guard isPaused else { return }
        status.held(true)
        service.hold()
    }

    /// Sends nothing from now on. Throws `diskWriteFailed`; then nothing has changed.
    func pause() throws(Failure) { try move(paused: true) }

    /// Sends again. Throws as `pause`.
    func resume() throws(Failure) { try move(paused: false) }

    private func move(paused: Bool) throws(Failure) {
        try moving.withLock { (_) throws(Failure) in
            try file.write(Position(paused: paused))
            status.held(paused)
            let service = uplink.withLock { $0 }
            if paused { service?.hold() } else { service?.resume() }
        }
    }

    /// Tries what is due now, within the rules of sending.
    func hasten() { uplink.withLock { $0 }?.hasten() }

    /// Tries everything now.
    func flush() {
        uplink.withLock { $0 }?.flush()
        decisions.withLock { $0 }?.flush()
    }
}
