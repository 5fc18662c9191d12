import Logging
import StationCore
import Store
import Synchronization
import USBInventory

/// Resets a reader that does not answer any more, where the administrator allows it: noticed by the time limit of every
/// command, never more than once a minute at one port, each time with a line in the audit.
///
/// Nothing is left to repair afterwards: the thread that waits for the old answer ends with the reset, and the next read
/// connects anew, with a context of its own.
final class WedgedReaders: Sendable {
    private let isAllowed: @Sendable () -> Bool
    private let reset: @Sendable (USBPort) async -> ResetAnswer
    private let audit: @Sendable (AuditNote) async throws(Failure) -> Void
    private let clock: any StationClock
    private let logger: Logger
    /// When each port was last reset.
    private let last = Mutex<[USBPort: Duration]>([:])

    /// - Parameters:
    ///   - isAllowed: the policy in force.
    ///   - reset: resets the reader at a port.
    ///   - audit: keeps what was done.
    init(
        isAllowed: @escaping @Sendable () -> Bool, reset: @escaping @Sendable (USBPort) async -> ResetAnswer,
        audit: @escaping @Sendable (AuditNote) async throws(Failure) -> Void, clock: any StationClock, logger: Logger
    ) {
        self.isAllowed = isAllowed
        self.reset = reset
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// Takes the end of a read.
    /// - Parameter port: where the reader is plugged in; nil for one that USB does not know, which stays as it is.
    /// - Returns: whether the reader was reset.
    @discardableResult
    func note(_ failure: Failure, port: USBPort?) async -> Bool {
        guard failure.code == .readerWedged, let port, isAllowed(), isDue(port) else { return false }
        let answer = await reset(port)
        logger.warning(
            "reader reset",
            metadata: [
                "port": "\(port)", "outcome": "\(answer.outcome.rawValue)", "detail": "\(answer.detail ?? "-")",
            ])
        if let actor = WireName("station"), let action = WireName("reader.reset") {
            let note = AuditNote(
                actor: actor, action: action, object: WireName(port.text), detail: WireName(answer.outcome.rawValue))
            do { try await audit(note) } catch {
                logger.error("audit", metadata: ["code": "\(error.code.rawValue)"])
            }
        }
        return answer.outcome == .done || answer.outcome == .returning
    }

    private func isDue(_ port: USBPort) -> Bool {
        let now = clock.elapsed
        return last.withLock { last in
            if let before = last[port], now - before < Limits.USB.resetInterval { return false }
            last = last.filter { now - $0.value < Limits.USB.resetInterval }
            last[port] = now
            return true
        }
    }
}
