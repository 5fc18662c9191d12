package import StationCore
import Synchronization

/// The daemon's side of `intake-usb`: follows the inventory as long as the service is there, and comes back to it when
/// it was away. Everything works without it, with fewer facts.
package final class USBServiceClient: Sendable {
    private struct State {
        var connection: USBServiceConnection?
        /// The one reset that is under way.
        var pending: (port: USBPort, answer: Outcome<ResetAnswer>)?
    }

    private let path: String
    private let clock: any StationClock
    private let state = Mutex(State())

    /// - Parameter path: the service's socket.
    package init(path: String, clock: any StationClock) {
        self.path = path
        self.clock = clock
    }

    /// Tells every inventory, and nil once when the service is away, until the task is cancelled.
    package func follow(_ tell: (_ devices: [USBDevice]?) async -> Void) async {
        var isAway = false
        while !Task.isCancelled {
            if let connection = try? USBServiceConnection(path: path) {
                state.withLock { $0.connection = connection }
                for await message in connection.messages {
                    if let answer = message.reset { settle(answer) }
                    if let devices = message.devices {
                        isAway = false
                        await tell(devices)
                    }
                }
                connection.end()
                state.withLock { $0.connection = nil }
                settle(nil)
            }
            if Task.isCancelled { return }
            if !isAway { await tell(nil) }
            isAway = true
            try? await clock.sleep(for: Limits.USB.retryDuration)
        }
    }

    /// Resets the reader at a port. One at a time; a service that is away, busy or silent has failed.
    package func reset(_ port: USBPort) async -> ResetAnswer {
        let answer = Outcome<ResetAnswer>()
        let sent = state.withLock { state in
            guard state.pending == nil, let connection = state.connection, connection.requestReset(of: port) else {
                return false
            }
            state.pending = (port, answer)
            return true
        }
        guard sent else { return ResetAnswer(port: port, outcome: .failed, detail: "intake-usb is away or busy") }
        let watchdog = Task { [clock] in
            do { try await clock.sleep(for: Limits.USB.resetDuration) } catch { return }
            answer.settle(ResetAnswer(port: port, outcome: .failed, detail: "no answer"))
        }
        defer {
            watchdog.cancel()
            state.withLock { if $0.pending?.answer === answer { $0.pending = nil } }
        }
        return await answer.value
    }

    /// Hands on an answer to the reset under way; nil when none can come any more.
    private func settle(_ answer: ResetAnswer?) {
        let waiting = state.withLock { state in
            if let answer, answer.port != state.pending?.port { return nil as Outcome<ResetAnswer>? }
            return state.pending?.answer
        }
        let port = state.withLock { $0.pending?.port }
        waiting?.settle(answer ?? ResetAnswer(port: port, outcome: .failed, detail: "intake-usb went away"))
    }
}
